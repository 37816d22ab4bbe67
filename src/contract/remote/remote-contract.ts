/** Serial: one invocation at a time, in the order of the chain. Parallel: begun in that order, many at once. */
export type ExecutionOrder = 'serial' | 'parallel'

/** Records of these places invoke the contract: those after `after`, up to `upTo` (inclusive; null: no end yet). */
export interface ActiveSpan {
  /** Places are ordinals: the how-manieth record of its type in the chain, counted from 1. */
  readonly after: number
  readonly upTo: number | null
}

/** When a contract is invoked without a transaction. */
export type Schedule =
  | { readonly seconds: number }
  /** Five fields, in the time zone UTC. */
  | { readonly cron: string }

/** A contract that runs somewhere else and is told of the records of one type. Plain JSON data. */
export interface RemoteContract {
  /** A UUID. */
  readonly id: string
  /** The type of records that invoke it, and its name. */
  readonly txnType: string
  /** Inactive: neither invoked nor served; what waits for it goes on waiting. */
  readonly state: 'active' | 'inactive'
  readonly executionOrder: ExecutionOrder
  /** What becomes of a serial contract whose oldest invocation is dead: the next one begins, or it stands still. */
  readonly onDead: 'continue' | 'halt'
  /** Blocks that must stand on a record, its own included, before it invokes; at least 1. */
  readonly confirmations: number
  /** An invocation whose client says nothing for so long is given to another. */
  readonly leaseMs: number
  /** The most one attempt may take, however often its client says that it goes on. */
  readonly maxRuntimeMs: number
  /** From 90 % of so many waiting invocations on, this node takes no more records of the type from its callers. */
  readonly maxBacklog: number
  readonly schedule: Schedule | null
  /** Ascending; the last one is open while the contract is active. */
  readonly spans: readonly ActiveSpan[]
  /** Grows with every change of environment and secrets. */
  readonly envVersion: number
  /** In ms since 1970. */
  readonly createdMs: number
}

/** What the code of a contract is given besides the transaction. For memory alone: it holds secrets. */
export interface ContractEnvironment {
  readonly version: number
  /** By the documented names: TZ, ENVIRONMENT, ..., SC_ENV_*. */
  readonly env: Readonly<Record<string, string>>
  /** By SC_SECRET_*. */
  readonly secrets: Readonly<Record<string, string>>
}
