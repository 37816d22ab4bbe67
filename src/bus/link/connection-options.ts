import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Clock } from '../../time/clock.js'
import type { Limits } from '../limits.js'
import type { Log } from '../log.js'
import type {
  Notification,
  RegisterCompoundMethod,
  Request,
  UnregisterCompoundMethod,
  Unsubscribe,
} from '../wire/message.js'
import type { Connection } from './connection.js'

/** Who we are towards the other side. */
export interface Identity {
  /** Short name of the module. */
  readonly abbreviation: string
  /** Compression that we ask for, 0 (none) to 9. */
  readonly compressionRate: number
}

/** What one side may ask of the other. */
export type Asked = Request | Unsubscribe | RegisterCompoundMethod | UnregisterCompoundMethod | Notification

/** Answers what the other side asks. */
export interface Answerer {
  asked(message: Asked): void
  /** The connection is gone. */
  closed(): void
}

export interface ConnectionOptions {
  readonly socket: WebSocket
  /** What the WebSocket writes to. */
  readonly stream: Duplex
  /** Whether our side opened the connection, and so speaks first. */
  readonly isDialler: boolean
  readonly identity: Identity
  readonly answerer: (connection: Connection) => Answerer
  readonly limits: Limits
  readonly clock: Clock
  readonly log: Log
  /** Answer peers that follow the papers of the protocol with their success values. */
  readonly statusOfPapers?: boolean
}
