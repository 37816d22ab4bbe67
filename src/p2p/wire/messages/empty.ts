import { ByteReader } from '../reader.js'

/** Messages that say all by their name. */
export const EMPTY_COMMANDS = [
  'verack',
  'getaddr',
  'sendheaders',
  'sendaddrv2',
  'wtxidrelay',
  'filterclear',
] as const

export type EmptyCommand = (typeof EMPTY_COMMANDS)[number]

export function encodeEmpty(): Uint8Array {
  return new Uint8Array(0)
}

/** @throws {ProtocolError} when the payload is not empty. */
export function decodeEmpty(payload: Uint8Array): void {
  new ByteReader(payload).end()
}
