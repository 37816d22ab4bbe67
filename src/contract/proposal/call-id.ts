import { createHash } from 'node:crypto'

/** The transaction id of a call: 64 hex digits. */
export function callIdOf(nonce: Uint8Array, creator: Uint8Array): string {
  return createHash('sha256').update(nonce).update(creator).digest('hex')
}
