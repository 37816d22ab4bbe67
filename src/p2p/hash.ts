import { createHash } from 'node:crypto'

/** 32 bytes in internal order, as they travel; people read them reversed. */
export type Hash = Uint8Array

/** 32 zero bytes: as a stop it asks for as much as there is. */
export const ZERO_HASH: Hash = new Uint8Array(32)

/** SHA-256 of the SHA-256: the hash of headers, transactions and messages. */
export function sha256d(bytes: Uint8Array): Hash {
  const once = createHash('sha256').update(bytes).digest()
  return new Uint8Array(createHash('sha256').update(once).digest())
}

/** The 64 hex digits that people read: the bytes reversed. */
export function toDisplay(hash: Hash): string {
  return Buffer.from(hash).reverse().toString('hex')
}

/** The bytes in internal order of 64 hex digits that people read. */
export function fromDisplay(display: string): Hash {
  if (!/^[0-9a-f]{64}$/i.test(display)) throw new TypeError(`not a hash of 64 hex digits: ${display}`)
  return new Uint8Array(Buffer.from(display, 'hex').reverse())
}
