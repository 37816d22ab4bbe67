import { ProtocolError } from '../errors.js'
import type { Family } from './family.js'
import type { MessageHeader } from './message-header.js'
import { EMPTY_COMMANDS } from './messages/empty.js'
import { LEAST_MAX_RECEIVE_BYTES } from './messages/protoconf.js'

/** The longest payloads to accept, in bytes. */
export interface MessageLimits {
  readonly maxBlockBytes: number
  readonly maxTxBytes: number
  /** Of everything else; on BSV our protoconf tells it to the peer. */
  readonly maxMessageBytes: number
}

const MIB = 1_048_576

/**
 * What the nodes of each family accept. A BSV block has no limit of its own: it is streamed, never held, and the other
 * messages that may be as long as a block are held to maxMessageBytes, because nobody has to ask for them.
 */
const DEFAULT_LIMITS: Readonly<Record<Family, MessageLimits>> = {
  bsv: { maxBlockBytes: Number.MAX_SAFE_INTEGER, maxTxBytes: 1_000_000_000, maxMessageBytes: 2 * MIB },
  bch: { maxBlockBytes: 32_000_000, maxTxBytes: 1_000_000, maxMessageBytes: 2 * MIB },
  btc: { maxBlockBytes: 4_000_000, maxTxBytes: 4_000_000, maxMessageBytes: 4_000_000 },
}

/** Messages whose every field has a fixed size, and their bytes. */
const FIXED_LENGTHS = new Map<string, number>([
  ...EMPTY_COMMANDS.map((command): [string, number] => [command, 0]),
  ['ping', 8],
  ['pong', 8],
  ['feefilter', 8],
  ['mempool', 8],
  ['sendcmpct', 9],
  ['authch', 40],
])

/** The limits of a family, but for those that `options` sets. */
export function messageLimits(family: Family, options: Partial<MessageLimits> = {}): MessageLimits {
  return { ...DEFAULT_LIMITS[family], ...options }
}

/** The longest payload that a message may have, in bytes. */
export function maxPayloadBytes(command: string, limits: MessageLimits): number {
  if (command === 'block') return limits.maxBlockBytes
  if (command === 'tx' || command === 'datareftx') return limits.maxTxBytes
  if (command === 'protoconf') return Math.min(LEAST_MAX_RECEIVE_BYTES, limits.maxMessageBytes)
  return FIXED_LENGTHS.get(command) ?? limits.maxMessageBytes
}

/** To be asked before anything is made of a payload. @throws {ProtocolError} when it would be too long. */
export function checkPayloadLength({ command, length }: MessageHeader, limits: MessageLimits): void {
  const max = maxPayloadBytes(command, limits)
  if (length > max)
    throw new ProtocolError(
      'oversize_message',
      `a ${command} of ${length} bytes is more than the ${max} allowed`,
    )
}
