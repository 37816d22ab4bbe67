import { messageOf } from '../../base/errors.js'
import type { ContractsPort } from '../../api/ports/contracts.js'
import type { DeployParams } from '../../api/schemas/contract.js'
import {
  type ContractDefinition,
  encodeDefinition,
  readDefinition,
} from '../../ledger/contracts/definition.js'
import { isContractName } from '../../ledger/contracts/namespaces.js'
import type { WorldView } from '../../ledger/world-state.js'
import type { Logger } from '../log.js'

export interface AutoDeployOptions {
  readonly world: WorldView
  readonly deploy: ContractsPort['deploy']
  /** Ids of the processes that are connected. */
  readonly connected: () => readonly string[]
  /** Address of the node's key. */
  readonly owner: string
  readonly log: Logger
}

/**
 * On a developer's machine: a contract that connects and is not deployed is deployed, under the name before the colon of its
 * id; one that this node deployed under another id is deployed anew once nothing runs under that id.
 */
export class AutoDeploy {
  readonly #options: AutoDeployOptions
  readonly #underWay = new Set<string>()

  constructor(options: AutoDeployOptions) {
    this.#options = options
  }

  /** A process registered under this id. */
  connected(id: string): void {
    const { log, world } = this.#options
    const { name, version } = partsOf(id)
    if (!isContractName(name)) {
      log.warn({ id }, `no contract can be called ${name}: deploy it with --id ${id} under another name`)
      return
    }
    const before = readDefinition(world, name)
    if (before && before.owner !== this.#options.owner)
      log.warn(
        { id, name, owner: before.owner },
        `${name} was deployed by another node, whose definition holds`,
      )
    const params = before ? this.#renewed(before, id, version) : { name, id, version }
    if (!params || this.#underWay.has(name)) return
    this.#underWay.add(name)
    this.#deploy(params)
      .catch((error: unknown) =>
        log.error({ err: error, name }, `${name} was not deployed: ${messageOf(error)}`),
      )
      .finally(() => this.#underWay.delete(name))
  }

  /** Undefined where all is as it should be, or somebody else's. */
  #renewed(before: ContractDefinition, id: string, version: string): DeployParams | undefined {
    const { owner, connected } = this.#options
    if (before.id === id || before.owner !== owner || connected().includes(before.id)) return undefined
    const { init_required, organisations, endorsement_policy, collections } = encodeDefinition(
      before,
    ) as unknown as Required<DeployParams>
    return { name: before.name, id, version, init_required, organisations, endorsement_policy, collections }
  }

  async #deploy(params: DeployParams): Promise<void> {
    const { log, deploy } = this.#options
    const { summary } = await deploy({ ...params, wait: 'pending' })
    const { name, id, sequence } = summary
    log.info({ name, id, sequence }, `deployed ${name}: it can be called once a block holds that`)
  }
}

function partsOf(id: string): { readonly name: string; readonly version: string } {
  const colon = id.indexOf(':')
  const version = colon === -1 ? '' : id.slice(colon + 1)
  return {
    name: colon === -1 ? id : id.slice(0, colon),
    version: version === '' ? '1.0' : version.slice(0, 64),
  }
}
