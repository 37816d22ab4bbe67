import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fail } from '../../api/errors.js'
import type { ContractsPort } from '../../api/ports/contracts.js'
import { messageOf } from '../../base/errors.js'
import type { Profile } from '../../nodes/profile.js'
import { urlOf } from '../../nodes/record.js'
import type { ClientChain } from '../client-chain.js'
import type { NodeEvents } from '../node-events.js'
import type { Surroundings } from '../node.js'
import type { OwnAddress } from '../own-address.js'
import type { Place } from '../place.js'
import { DEFAULTS } from '../settings/defaults.js'
import type { NodeSettings } from '../settings/node-settings.js'
import { timerSleep } from '../timer-sleep.js'
import type { ContractsOptions } from './contracts-options.js'
import { CONTRACTS_FOLDER, REMOTE_FOLDER } from './file-names.js'
import { laterContracts } from './later-contracts.js'
import { laterRemote, type RemotePorts } from './later-remote.js'
import type { OpenContracts } from './open-contracts.js'
import { wantsDoor } from './wants-door.js'

/** What the operations of the method table need of contracts. */
export interface NodePorts extends RemotePorts {
  readonly contracts: ContractsPort
}

/** The contracts of a node, opened when its doors are open or when somebody asks for them first. */
export interface NodeContracts {
  readonly ports: NodePorts
  /** Opens them in a moment, unless no port is wanted for them and there are no remote contracts. */
  start(): void
  /** The node has answered somebody: now is the time. */
  answered(): void
  stop(): Promise<void>
}

export interface NodeContractsOptions {
  readonly place: Place
  readonly settings: Pick<NodeSettings, 'ip' | 'allowHosts' | 'contracts'>
  readonly own: Pick<OwnAddress, 'record' | 'hosts'>
  readonly profile: Profile
  readonly chain: ClientChain
  readonly events: NodeEvents
  readonly surroundings: Surroundings
}

function optionsOf({ place, settings, own, surroundings, ...rest }: NodeContractsOptions): ContractsOptions {
  const { ip, allowHosts, contracts } = settings
  return {
    ...{ sleep: timerSleep, ...surroundings },
    ...{ folder: place.folder.path, ip, port: place.door.port, settings: contracts },
    ...{ url: urlOf(own.record), hosts: [...own.hosts, ...allowHosts] },
    ...rest,
  }
}

/** The first answer is on its way by then. */
const AFTER_ANSWER_MS = 20

/** Loading what contracts need takes longer than all else; no first answer waits for it. */
export function nodeContracts(given: NodeContractsOptions): NodeContracts {
  const options = optionsOf(given)
  const { folder, log } = options
  // Outputs that are due go to the chain, and schedules go on, whether or not programs may connect.
  const isWanted = wantsDoor(options) || existsSync(join(folder, CONTRACTS_FOLDER, REMOTE_FOLDER))
  let opening: Promise<OpenContracts> | undefined
  let timer: NodeJS.Timeout | undefined
  let hasAnswered = false
  let isStopped = false

  const open = (): Promise<OpenContracts> => {
    if (isStopped) return fail('NOT_READY')
    clearTimeout(timer)
    opening ??= import('./open-contracts.js').then(({ openContracts }) => openContracts(options))
    return opening
  }
  const openNow = (): void => {
    if (opening || isStopped || !isWanted) return
    open().catch((error: unknown) =>
      log.error({ err: error }, `contracts are not to be had: ${messageOf(error)}`),
    )
  }
  return {
    ports: {
      contracts: laterContracts(async () => (await open()).port),
      ...laterRemote(async () => (await open()).remote),
    },
    start() {
      if (isWanted) timer = setTimeout(openNow, DEFAULTS.contract.start_delay * 1000)
    },
    answered() {
      if (!isWanted || hasAnswered || opening) return
      hasAnswered = true
      clearTimeout(timer)
      timer = setTimeout(openNow, AFTER_ANSWER_MS)
    },
    async stop() {
      isStopped = true
      clearTimeout(timer)
      const opened = await opening?.catch(() => undefined)
      await opened?.close()
    },
  }
}
