import type {
  CallParams,
  CallPlace,
  ContractAnswer,
  ContractDoor,
  ContractEventJson,
  ContractSummary,
  Deployed,
  DeployParams,
  Evaluated,
  HistoryEntryJson,
  IdentityJson,
  Invoked,
  Issued,
  IssueParams,
  NodeKeyJson,
  QueryResult,
  StateEntry,
  Wait,
} from '../schemas/contract.js'

/** A part of a list; `next` says where the rest begins, null: nowhere. */
export interface Part<I, N = string> {
  readonly items: readonly I[]
  readonly next: N | null
}

export interface EventsWanted {
  readonly contract: string
  /** -1: from block 0 on. */
  readonly afterHeight: number
  /** Those of the calls after this one, in the block after `afterHeight`. */
  readonly afterCallId: string | undefined
  readonly limit: number
}

export interface InvokeParams extends CallParams {
  readonly is_init?: boolean
  readonly wait?: Wait
  readonly timeout?: number
  readonly retries?: number
}

/** The contracts of a node, as callers reach them. Every method throws {@link ApiError}s of the one table. */
export interface ContractsPort {
  /** What the node is to its contracts. */
  node(): Promise<{ readonly channel: string; readonly door: ContractDoor; readonly key: NodeKeyJson }>
  /** By name, after the one given. */
  list(after: string | undefined, limit: number): Promise<Part<ContractSummary>>
  get(contract: string): Promise<ContractAnswer>
  /** What the contract says of itself, its functions and their parameters. */
  metadata(contract: string): Promise<unknown>
  deploy(params: DeployParams): Promise<Deployed>
  invoke(params: InvokeParams): Promise<Invoked>
  evaluate(params: CallParams): Promise<Evaluated>
  call(callId: string): Promise<CallPlace>
  /** `next`: up to which height the blocks were read, to go on after; never null. */
  events(
    wanted: EventsWanted,
  ): Promise<{ readonly items: readonly ContractEventJson[]; readonly readTo: number }>
  value(contract: string, key: string): Promise<StateEntry | undefined>
  /** Keys from `start` (inclusive) to `end` (exclusive; empty: unbounded). `next`: the key to start from. */
  range(contract: string, start: string, end: string, limit: number): Promise<Part<StateEntry>>
  /** `next`: the bookmark of the next page. */
  query(contract: string, query: object, limit: number, bookmark: string): Promise<Part<QueryResult>>
  /** The newest first; `skip` so many. */
  history(contract: string, key: string, skip: number, limit: number): Promise<Part<HistoryEntryJson, number>>
  identities(): Promise<readonly IdentityJson[]>
  issue(params: IssueParams): Promise<Issued>
  /** `connection`: a connection.json; null: dial it no longer. */
  connect(
    id: string,
    connection: object | null,
  ): Promise<{ readonly id: string; readonly address: string | null }>
}
