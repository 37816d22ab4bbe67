import { ProtocolError, UsageError } from '../errors.js'
import { COMMAND_BYTES, readCommand, writeCommand } from './command.js'
import { DIALECTS, type Family } from './family.js'

/** What stands before every payload. */
export interface MessageHeader {
  readonly command: string
  /** Bytes of the payload. */
  readonly length: number
  /** The first four bytes of the double SHA-256 of the payload; an extended header has none. */
  readonly checksum?: Uint8Array
}

/** Bytes of a header. */
export const MESSAGE_HEADER_BYTES = 24

/** Bytes of a header of BSV for payloads above 4 GiB. */
export const EXTENDED_HEADER_BYTES = 44

/** The checksum of an empty payload. */
export const EMPTY_CHECKSUM: Uint8Array = Uint8Array.of(0x5d, 0xf6, 0xe0, 0xe2)

const EXTENDED_COMMAND = 'extmsg'
const EXTENDED_LENGTH = 0xffff_ffff
const LENGTH_OFFSET = 4 + COMMAND_BYTES
const CHECKSUM_OFFSET = LENGTH_OFFSET + 4

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** 24 bytes with a checksum, 44 without. @throws {UsageError} for a length that needs an extended header, with a checksum. */
export function encodeMessageHeader(
  magic: Uint8Array,
  { command, length, checksum }: MessageHeader,
): Uint8Array {
  const extended = checksum === undefined
  if (!extended && length >= EXTENDED_LENGTH)
    throw new UsageError(`${length} bytes need an extended header, which has no checksum`)
  const bytes = new Uint8Array(extended ? EXTENDED_HEADER_BYTES : MESSAGE_HEADER_BYTES)
  const view = viewOf(bytes)
  bytes.set(magic)
  writeCommand(bytes, 4, extended ? EXTENDED_COMMAND : command)
  view.setUint32(LENGTH_OFFSET, extended ? EXTENDED_LENGTH : length, true)
  if (!extended) {
    bytes.set(checksum, CHECKSUM_OFFSET)
    return bytes
  }
  writeCommand(bytes, MESSAGE_HEADER_BYTES, command)
  view.setBigUint64(MESSAGE_HEADER_BYTES + COMMAND_BYTES, BigInt(length), true)
  return bytes
}

/**
 * Reads a header from its first 24 bytes; undefined when it is an extended one of which these 24 are not the whole, so that
 * the caller comes back with 44.
 * @throws {ProtocolError} for the magic of another network, a malformed name, or an extended header where there are none
 */
export function decodeMessageHeader(
  bytes: Uint8Array,
  magic: Uint8Array,
  family: Family,
): MessageHeader | undefined {
  for (let index = 0; index < 4; index++)
    if (bytes[index] !== magic[index])
      throw new ProtocolError('bad_magic', 'a message does not start with the magic of the network')
  const command = readCommand(bytes, 4)
  const length = viewOf(bytes).getUint32(LENGTH_OFFSET, true)
  const checksum = bytes.slice(CHECKSUM_OFFSET, MESSAGE_HEADER_BYTES)
  if (command !== EXTENDED_COMMAND) return { command, length, checksum }
  if (!DIALECTS[family].extendedHeaders)
    throw new ProtocolError('extended_header_not_allowed', `there are no extended headers on ${family}`)
  if (length !== EXTENDED_LENGTH || checksum.some((byte) => byte !== 0))
    throw new ProtocolError('bad_value', 'an extended header has a length or a checksum where it has none')
  return bytes.length < EXTENDED_HEADER_BYTES ? undefined : decodeExtension(bytes)
}

function decodeExtension(bytes: Uint8Array): MessageHeader {
  const command = readCommand(bytes, MESSAGE_HEADER_BYTES)
  if (command === EXTENDED_COMMAND)
    throw new ProtocolError('bad_command', 'an extended header announces another one')
  const length = viewOf(bytes).getBigUint64(MESSAGE_HEADER_BYTES + COMMAND_BYTES, true)
  if (length > BigInt(Number.MAX_SAFE_INTEGER))
    throw new ProtocolError(
      'oversize_message',
      `a ${command} of ${length} bytes is more than anything can have`,
    )
  return { command, length: Number(length) }
}
