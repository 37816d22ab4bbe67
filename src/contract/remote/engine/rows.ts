import type { InvocationReport } from '../prime-reports.js'

/** How far into the records of its type a contract has come: all up to here are taken up or do not invoke it. */
export interface BacklogPlace {
  /** 0: nothing yet. */
  readonly ordinal: number
  /** Of the block that brought it. */
  readonly height: number
  readonly blockHash: string
}

export const BEFORE_ALL: BacklogPlace = { ordinal: 0, height: -1, blockHash: '' }

export type FinalState = 'committed' | 'failed' | 'dead' | 'cancelled'

export interface ContractRow {
  readonly place: BacklogPlace
  /** Number of the invocation that ended last. */
  readonly lastEnded: number
  /** Those that ended up to this number may be forgotten. */
  readonly forgottenTo: number
  /** Number of the last invocation that no record stands behind. */
  readonly lastExtra: number
  /** The dead are those that are dead now, the others all there ever were. */
  readonly counts: Readonly<Record<FinalState, number>>
  readonly schedule: {
    /** JSON text of the schedule that it is about. */
    readonly of: string
    /** The last planned time that is dealt with, in ms since 1970. */
    readonly lastMs: number
  } | null
  /** A reorg took it back over records whose invocations had ended: they may come by again. */
  readonly hasGoneBack: boolean
  /** Its invocations are cancelled; the outputs still go to the chain. */
  readonly isDeleted: boolean
}

export const NEW_CONTRACT: ContractRow = {
  place: BEFORE_ALL,
  lastEnded: 0,
  forgottenTo: 0,
  lastExtra: 0,
  counts: { committed: 0, failed: 0, dead: 0, cancelled: 0 },
  schedule: null,
  hasGoneBack: false,
  isDeleted: false,
}

/** What invokes a contract. */
export interface Invoker {
  /** `<contract id>:<transaction id>` */
  readonly id: string
  readonly contractId: string
  /** Of the contract. */
  readonly txnType: string
  readonly kind: InvocationReport['kind']
  /** Of the transaction, or what stands for it. */
  readonly txnId: string
  /** Ordinal of the record; 0 where none stands behind it. */
  readonly ordinal: number
  /** Orders those without a record; 0 for the others. */
  readonly extra: number
  /** Of the transaction, or the planned time, in ms since 1970. */
  readonly timestampMs: number
  readonly tag: string
  /** JSON text where no record holds it. */
  readonly payloadJson: string | null
}

/** An invocation that was granted or waits, as it is kept: whether somebody works on it is known in memory alone. */
export interface LiveRow extends Invoker {
  readonly deliveries: number
  readonly failures: number
  /** How many of the failures were streams that were lost. */
  readonly losses: number
  readonly deliveriesAllowed: number
  readonly failuresAllowed: number
  /** Of the last lease; null: a result under it would not be taken any more. */
  readonly token: Uint8Array | null
  readonly startedMs: number | null
  /** Not before then is it tried again, in ms since 1970. */
  readonly retryAtMs: number | null
  readonly error: string | null
}

export interface EndedRow extends Invoker {
  /** Counts the ended invocations of the contract. */
  readonly number: number
  readonly state: FinalState
  readonly deliveries: number
  readonly failures: number
  readonly startedMs: number | null
  readonly finishedMs: number
  readonly error: string | null
  /** SHA-256 of the result; null: there was none. */
  readonly digest: Uint8Array | null
  readonly dataJson: string | null
  /** Id of the output's transaction. */
  readonly outputTxnId: string | null
  /** Cancelled because its record left the chain: it is taken up again when the record comes back. */
  readonly mayReturn: boolean
}

export interface LogRow {
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
}

/** Ended invocations whose ids stand together. */
const CHAPTER = 512
const ID_END = 24

/** The chapter that tells of an ended invocation. */
export function chapterOf(number: number): number {
  return Math.floor(number / CHAPTER)
}

/**
 * Where the number of an ended invocation stands. Ids are hashes, and a table of all of them in their order would have every
 * result written to another page of the disk; so those of one chapter stand together, and who looks for one goes through the
 * chapters.
 */
export function idKey(id: string, chapter: number): readonly (string | number)[] {
  return [contractOf(id), chapter, id.slice(-ID_END)]
}

/** Contract ids are UUIDs. */
const UUID_LENGTH = 36

export function invocationId(contractId: string, txnId: string): string {
  return `${contractId}:${txnId}`
}

export function txnIdOf(id: string): string {
  return id.slice(UUID_LENGTH + 1)
}

export function contractOf(id: string): string {
  return id.slice(0, UUID_LENGTH)
}
