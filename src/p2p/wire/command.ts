import { ProtocolError, UsageError } from '../errors.js'

/** Bytes that the name of a message takes. */
export const COMMAND_BYTES = 12

const FIRST_PRINTABLE = 0x20
const LAST_PRINTABLE = 0x7e

const isPrintable = (byte: number): boolean => byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE

/** Writes a name into `bytes` from `offset` on, which hold zeros there. @throws {UsageError} for a name that no message can have. */
export function writeCommand(bytes: Uint8Array, offset: number, command: string): void {
  if (command.length > COMMAND_BYTES) throw new UsageError(`${command} is too long for the name of a message`)
  for (let index = 0; index < command.length; index++) {
    const byte = command.charCodeAt(index)
    if (!isPrintable(byte)) throw new UsageError(`the name of a message has the character ${byte}`)
    bytes[offset + index] = byte
  }
}

/** Printable ASCII, then zeros alone. @throws {ProtocolError} for anything else. */
export function readCommand(bytes: Uint8Array, offset: number): string {
  let command = ''
  let ended = false
  for (const byte of bytes.subarray(offset, offset + COMMAND_BYTES)) {
    if (byte === 0) ended = true
    else if (ended || !isPrintable(byte))
      throw new ProtocolError('bad_command', 'the name of a message is not printable ASCII padded with zeros')
    else command += String.fromCharCode(byte)
  }
  return command
}
