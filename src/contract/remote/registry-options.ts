import type { Clock } from '../../time/clock.js'
import type { ContractSettings } from './contract-changes.js'
import type { NodeEnvironment } from './contract-environment.js'
import type { RecordQueries } from './record-queries.js'
import type { RecordSource } from './record-source.js'
import type { RegistryStore } from './registry-rows.js'
import type { SecretBox } from './secret-box.js'

/** What a registry needs of its node. */
export interface NodeRegistryOptions {
  readonly store: RegistryStore
  readonly records: Pick<RecordSource, 'chainId' | 'count'>
  readonly queries: Pick<RecordQueries, 'define' | 'undefine'>
  readonly box: SecretBox
  readonly node: NodeEnvironment
  /** For what people do not say. */
  readonly defaults: ContractSettings
  readonly clock: Clock
  /** Something could not be noted that nobody waits for. */
  readonly onFault: (error: unknown) => void
}
