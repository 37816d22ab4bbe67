import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** Why a peer refused what it was sent. BTC nodes of today never send it. */
export interface Reject {
  /** The command of the refused message; empty where the peer could not read it. */
  readonly message: string
  /** One byte; codes that nobody knows survive as they are. */
  readonly code: number
  readonly reason: string
  /** Of the refused transaction or block, 32 bytes in internal order; absent where the peer could not read it. */
  readonly hash?: Uint8Array
}

/** The codes that have names. */
export const REJECT_CODES = {
  MALFORMED: 0x01,
  INVALID: 0x10,
  OBSOLETE: 0x11,
  DUPLICATE: 0x12,
  SOFT_CONSENSUS_FREEZE: 0x13,
  NONSTANDARD: 0x40,
  DUST: 0x41,
  INSUFFICIENTFEE: 0x42,
  CHECKPOINT: 0x43,
  TOOBUSY: 0x44,
  RATE_EXCEEDED: 0x45,
  STREAM_SETUP: 0x60,
  AUTH_CONN_SETUP: 0x70,
} as const

const names = new Map<number, string>(Object.entries(REJECT_CODES).map(([name, code]) => [code, name]))

/** The name of a code, or its number as text. */
export function rejectName(code: number): string {
  return names.get(code) ?? String(code)
}

const MAX_COMMAND_BYTES = 12
const MAX_REASON_BYTES = 111

export function encodeReject({ message, code, reason, hash }: Reject): Uint8Array {
  const writer = new ByteWriter(160).varString(message).u8(code).varString(reason)
  if (hash !== undefined) writer.hash(hash)
  return writer.finish()
}

export function decodeReject(payload: Uint8Array): Reject {
  const reader = new ByteReader(payload)
  const message = reader.varString(MAX_COMMAND_BYTES)
  const code = reader.u8()
  const reason = reader.varString(MAX_REASON_BYTES)
  if (reader.remaining === 0) return { message, code, reason }
  const hash = reader.hash()
  reader.end()
  return { message, code, reason, hash }
}
