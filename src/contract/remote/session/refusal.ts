import { Metadata, status } from '@grpc/grpc-js'
import { MAX_FRAME_BYTES, MAX_STREAMS, RETRY_AFTER_MS } from './settings.js'

/** Why the node ends a stream, or answers a call with an error; the client sees code and text. */
export interface Refusal {
  readonly code: status
  readonly details: string
  /** The client shall not come back earlier. */
  readonly retryAfterMs?: number
}

/** A refusal as grpc-js takes it. */
export interface RefusalStatus {
  readonly code: status
  readonly details: string
  readonly metadata: Metadata
}

const RETRY_AFTER = 'retry-after-ms'

export function statusOf({ code, details, retryAfterMs }: Refusal): RefusalStatus {
  const metadata = new Metadata()
  if (retryAfterMs !== undefined) metadata.set(RETRY_AFTER, String(Math.ceil(retryAfterMs)))
  return { code, details, metadata }
}

const {
  ABORTED,
  FAILED_PRECONDITION,
  INVALID_ARGUMENT,
  NOT_FOUND,
  RESOURCE_EXHAUSTED,
  UNAUTHENTICATED,
  UNAVAILABLE,
} = status

/** Those that stand for the same thing wherever it is found out. */
export const REFUSALS = {
  noKey: { code: UNAUTHENTICATED, details: 'missing API key' },
  noChain: { code: FAILED_PRECONDITION, details: 'missing chain ID' },
  noContract: { code: FAILED_PRECONDITION, details: 'missing smart contract ID' },
  badKey: { code: UNAUTHENTICATED, details: 'invalid API key' },
  otherChain: { code: NOT_FOUND, details: 'unknown chain ID' },
  otherContract: {
    code: status.PERMISSION_DENIED,
    details: 'this API key is not for this smart contract',
  },
  unknownContract: { code: NOT_FOUND, details: 'unknown smart contract' },
  inactive: { code: FAILED_PRECONDITION, details: 'the smart contract is inactive' },
  superseded: { code: ABORTED, details: 'superseded by same instance' },
  stopping: { code: UNAVAILABLE, details: 'the node is shutting down' },
  silent: {
    code: UNAVAILABLE,
    details: 'nothing was heard of the client for too long: Heartbeat is missing',
  },
  notReading: { code: UNAVAILABLE, details: 'the client does not read what it is sent' },
  notKept: { code: UNAVAILABLE, details: 'results cannot be kept at the moment' },
  noHello: { code: status.DEADLINE_EXCEEDED, details: 'no Hello came in time' },
  firstFrame: { code: INVALID_ARGUMENT, details: 'the first frame must be Hello' },
  secondHello: { code: INVALID_ARGUMENT, details: 'Hello came twice' },
  noRoom: {
    code: RESOURCE_EXHAUSTED,
    details: `the smart contract has ${MAX_STREAMS} streams, and no more may come`,
    retryAfterMs: RETRY_AFTER_MS,
  },
  tooLarge: {
    code: RESOURCE_EXHAUSTED,
    details: `a frame is larger than ${MAX_FRAME_BYTES} bytes`,
  },
  junk: { code: INVALID_ARGUMENT, details: 'a frame is no ClientFrame' },
} as const satisfies Readonly<Record<string, Refusal>>
