import { sha256 } from '@noble/hashes/sha2.js'
import { utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * A hash for one purpose: SHA-256 over the tag's hash twice, then the message. What is hashed under one tag can never
 * pass for something hashed under another.
 */
export function taggedHash(tag: string): (message: Uint8Array) => Uint8Array {
  const tagHash = sha256(utf8ToBytes(tag))
  const prefixed = sha256.create().update(tagHash).update(tagHash)
  return (message) => prefixed.clone().update(message).digest()
}
