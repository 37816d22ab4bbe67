import type { ContractDoor } from '../schemas/contract.js'
import type {
  NewRecord,
  RecordAnswer,
  RecordFilters,
  RecordTypeJson,
  SubmittedRecord,
  SubmittedRecords,
} from '../schemas/record.js'
import type {
  AuditPage,
  BacklogJson,
  CustomFieldJson,
  HeapValue,
  InvocationJson,
  InvocationState,
  InvocationSummary,
  KeyJson,
  LogLineJson,
  NewKey,
  RegisterParams,
  RemoteContractJson,
  RemoteDetails,
  RemoteSummary,
  StreamJson,
  UpdateParams,
} from '../schemas/remote.js'
import type { Part } from './contracts.js'

/** At once, or later where it is not open yet. */
type Told<T> = T | Promise<T>

/** What a client needs besides its key. */
export interface RemoteDoor {
  readonly chain_id: string
  readonly door: ContractDoor
  /** PEM, to know the door by; null where it speaks no TLS. */
  readonly tls_root_certificate: string | null
}

/** The remote contracts of a node, named by id or by type. Every method throws {@link ApiError}s of the one table. */
export interface RemotePort {
  door(): Told<RemoteDoor>
  /** By type, after the one given. */
  list(after: string | undefined, limit: number): Told<Part<RemoteSummary>>
  register(params: RegisterParams): Promise<{ readonly contract: RemoteContractJson; readonly key: NewKey }>
  get(contract: string): Told<RemoteDetails>
  update(params: UpdateParams): Promise<RemoteContractJson>
  pause(contract: string): Promise<RemoteContractJson>
  resume(contract: string): Promise<RemoteContractJson>
  /** Returns the id. */
  delete(contract: string): Promise<string>
  keys(contract: string): Told<readonly KeyJson[]>
  /** `expiresAt` in ms since 1970; undefined: never. */
  createKey(contract: string, expiresAt: number | undefined): Promise<NewKey>
  revokeKey(contract: string, keyId: string): Promise<void>
  backlog(contract: string): Told<BacklogJson>
  /** The oldest first. `next`: the id of the last one. */
  invocations(
    contract: string,
    state: InvocationState | undefined,
    after: string | undefined,
    limit: number,
  ): Told<Part<InvocationSummary>>
  invocation(invocationId: string): Told<InvocationJson>
  retry(invocationId: string): Promise<InvocationSummary>
  discard(invocationId: string): Promise<void>
  /** Returns the id of the invocation. */
  invoke(contract: string, payload: unknown): Promise<string>
  /** The last `tail`, the oldest first. */
  logs(contract: string, sinceMs: number, tail: number): Told<readonly LogLineJson[]>
  heap(contract: string, key: string): Told<HeapValue>
  heapKeys(contract: string, prefix: string, after: string | undefined, limit: number): Told<Part<string>>
  streams(contract: string | undefined): Told<readonly StreamJson[]>
  /** From the record of this place on. */
  audit(contract: string, from: number, limit: number): Told<AuditPage>
}

/** Typed data on the chain, and its types. Every method throws {@link ApiError}s of the one table. */
export interface RecordsPort {
  types(after: string | undefined, limit: number): Told<Part<RecordTypeJson>>
  type(txnType: string): Told<RecordTypeJson>
  registerType(txnType: string, fields: readonly CustomFieldJson[]): Promise<RecordTypeJson>
  deleteType(txnType: string): Promise<void>
  submit(record: NewRecord): Promise<SubmittedRecord>
  /** Each on its own; not judged by any schema yet. */
  submitMany(records: readonly unknown[]): Promise<SubmittedRecords>
  get(transactionId: string): Promise<RecordAnswer>
  /** `next`, `after`: a place in the chain. */
  list(
    filters: RecordFilters,
    after: RecordPlace | undefined,
    limit: number,
  ): Told<Part<RecordAnswer, RecordPlace>>
}

export interface RecordPlace {
  readonly height: number
  readonly index: number
}
