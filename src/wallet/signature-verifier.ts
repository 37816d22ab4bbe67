import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { LruMap } from './lru-map.js'
import { isPublicKey } from './public-key.js'

/** SubjectPublicKeyInfo around the 32 bytes of an Ed25519 public key (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')
const SIGNATURE = /^[0-9a-f]{128}$/

/**
 * Verifies Ed25519 signatures. Remembers the keys last used, because importing a key costs as much as verifying with it;
 * `capacity` bounds how many (about 1 KB each).
 */
export class SignatureVerifier {
  readonly #keys: LruMap<KeyObject>

  constructor(capacity = 4096) {
    this.#keys = new LruMap(capacity)
  }

  /**
   * Whether `signature` (128 hex digits) over `message` was made with the private half of `publicKey` (64 hex digits).
   * Anything malformed, upper-case hex and keys of small order included, is false; nothing throws.
   */
  verify(publicKey: string, message: Uint8Array, signature: string): boolean {
    if (!SIGNATURE.test(signature)) return false
    const key = this.#keyOf(publicKey)
    return key !== undefined && verify(null, message, key, Buffer.from(signature, 'hex'))
  }

  #keyOf(publicKey: string): KeyObject | undefined {
    const known = this.#keys.get(publicKey)
    if (known) return known
    if (!isPublicKey(publicKey)) return undefined
    const key = importKey(publicKey)
    this.#keys.set(publicKey, key)
    return key
  }
}

function importKey(publicKey: string): KeyObject {
  const der = Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'hex')])
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}
