import type { Profile } from '../../nodes/profile.js'
import type { Sleep } from '../../time/sleep.js'
import type { ClientChain } from '../client-chain.js'
import type { Logger } from '../log.js'
import type { NodeEvents } from '../node-events.js'
import type { ContractSettings } from '../settings/node-settings.js'

/** What the contracts of a node need of it. */
export interface ContractsOptions {
  /** Data folder of the node. */
  readonly folder: string
  readonly settings: ContractSettings
  readonly profile: Profile
  /** Where the node listens. */
  readonly ip: string
  /** Of its REST door. */
  readonly port: number
  /** How others reach its REST door. */
  readonly url: string
  /** Names and addresses by which others reach it. */
  readonly hosts: readonly string[]
  readonly chain: Pick<ClientChain, 'blockchain' | 'pending'>
  readonly events: NodeEvents
  readonly now: () => number
  readonly random: () => number
  readonly sleep: Sleep
  readonly log: Logger
}
