import { fail } from '../../api/errors.js'
import type { ContractsPort } from '../../api/ports/contracts.js'
import { messageOf } from '../../base/errors.js'
import type { Profile } from '../../nodes/profile.js'
import type { ClientChain } from '../client-chain.js'
import type { NodeEvents } from '../node-events.js'
import type { Surroundings } from '../node.js'
import type { Place } from '../place.js'
import { DEFAULTS } from '../settings/defaults.js'
import type { NodeSettings } from '../settings/node-settings.js'
import { timerSleep } from '../timer-sleep.js'
import type { ContractsOptions } from './contracts-options.js'
import { laterContracts } from './later-contracts.js'
import { laterRemote, type RemotePorts } from './later-remote.js'
import type { OpenContracts } from './open-contracts.js'

/** What the operations of the method table need of contracts. */
export interface NodePorts extends RemotePorts {
  readonly contracts: ContractsPort
}

/** The contracts of a node, opened when its doors are open or when somebody asks for them first. */
export interface NodeContracts {
  readonly ports: NodePorts
  /** Opens them in a moment, unless no port is wanted for them. */
  start(): void
  /** The node has answered somebody: now is the time. */
  answered(): void
  stop(): Promise<void>
}

export interface NodeContractsOptions {
  readonly place: Place
  readonly settings: Pick<NodeSettings, 'ip' | 'contracts'>
  readonly profile: Profile
  readonly chain: ClientChain
  readonly events: NodeEvents
  readonly surroundings: Surroundings
}

function optionsOf({ place, settings, surroundings, ...rest }: NodeContractsOptions): ContractsOptions {
  const { ip, contracts } = settings
  const own = { folder: place.folder.path, ip, port: place.door.port, settings: contracts }
  return { sleep: timerSleep, ...surroundings, ...own, ...rest }
}

/** The first answer is on its way by then. */
const AFTER_ANSWER_MS = 20

/** Loading what contracts need takes longer than all else; no first answer waits for it. */
export function nodeContracts(given: NodeContractsOptions): NodeContracts {
  const options = optionsOf(given)
  const { settings, profile, log } = options
  const wantsDoor = (settings.port ?? (profile === 'dev' ? 1 : 0)) !== 0
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
    if (opening || isStopped || !wantsDoor) return
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
      if (wantsDoor) timer = setTimeout(openNow, DEFAULTS.contract.start_delay * 1000)
    },
    answered() {
      if (!wantsDoor || hasAnswered || opening) return
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
