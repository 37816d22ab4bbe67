import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { sha256, sha256After } from './sha256.js'

/**
 * A hash for one purpose: SHA-256 over the tag's hash twice, then the message. What is hashed under one tag can never
 * pass for something hashed under another.
 */
export function taggedHash(tag: string): (message: Uint8Array) => Uint8Array {
  const tagHash = sha256(utf8ToBytes(tag))
  return sha256After(concatBytes(tagHash, tagHash))
}
