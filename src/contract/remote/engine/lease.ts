import type { Session } from './session.js'
import type { LiveRow, LogRow } from './rows.js'

/** The right to work on an invocation. Times are those of the monotonic clock. */
export interface Lease {
  /** Nobody else knows it. */
  readonly token: Uint8Array
  readonly instanceId: string
  /** Undefined: its stream is lost. */
  session: Session | undefined
  /** It ends then unless its client says that it goes on. */
  expiresMs: number
  /** Whatever the client says. */
  readonly endsMs: number
  /** Of the transaction. */
  readonly bytes: number
  /** False: it is on its way to the disk. */
  isSent: boolean
  /** The last that the client told. */
  logs: LogRow | undefined
}

/** An invocation that has not ended. */
export interface Live {
  row: LiveRow
  lease: Lease | undefined
}
