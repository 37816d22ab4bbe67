import { sha256 as hash } from '@noble/hashes/sha2.js'

/**
 * SHA-256 over `prefix` and the parts that follow it. All calls share one working memory: for the short messages of a
 * chain, making it anew takes as long as hashing.
 */
export function sha256After(prefix: Uint8Array): (...parts: readonly Uint8Array[]) => Uint8Array {
  const start = hash.create().update(prefix)
  const work = start.clone()
  return (...parts) => {
    start._cloneInto(work)
    for (const part of parts) work.update(part)
    return work.digest()
  }
}

export const sha256 = sha256After(new Uint8Array())
