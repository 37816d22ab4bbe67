import { sha256 as hash } from '@noble/hashes/sha2.js'

/** Messages up to this length are hashed here: calling Node takes as long as their two blocks. */
const SHORT_BYTES = 128
/** For longer ones memory is taken anew. */
const SCRATCH_BYTES = 8192

interface NodeCrypto {
  hash(algorithm: 'sha256', data: Uint8Array, encoding: 'buffer'): Uint8Array
}

/** Not imported: the ledger runs without Node, too, where this is undefined. */
const nodeCrypto = (
  globalThis as { process?: { getBuiltinModule?(name: 'node:crypto'): NodeCrypto } }
).process?.getBuiltinModule?.('node:crypto')

type Hash = (...parts: readonly Uint8Array[]) => Uint8Array

/** SHA-256 over `prefix` and the parts that follow it. */
export function sha256After(prefix: Uint8Array): Hash {
  const short = ownSha256(prefix)
  const long = nodeSha256(prefix)
  if (!long) return short
  return (...parts) => (lengthOf(parts) > SHORT_BYTES ? long(...parts) : short(...parts))
}

export const sha256 = sha256After(new Uint8Array())

/** All calls share one working memory: for the short messages of a chain, making it anew takes as long as hashing. */
function ownSha256(prefix: Uint8Array): Hash {
  const start = hash.create().update(prefix)
  const work = start.clone()
  return (...parts) => {
    start._cloneInto(work)
    for (const part of parts) work.update(part)
    return work.digest()
  }
}

function nodeSha256(prefix: Uint8Array): Hash | undefined {
  if (!nodeCrypto) return undefined
  const scratch = new Uint8Array(prefix.length + SCRATCH_BYTES)
  scratch.set(prefix)
  return (...parts) => {
    const length = prefix.length + lengthOf(parts)
    const message = length <= scratch.length ? scratch : new Uint8Array(length)
    if (message !== scratch) message.set(prefix)
    let at = prefix.length
    for (const part of parts) {
      message.set(part, at)
      at += part.length
    }
    return nodeCrypto.hash('sha256', message.subarray(0, length), 'buffer')
  }
}

function lengthOf(parts: readonly Uint8Array[]): number {
  let length = 0
  for (const part of parts) length += part.length
  return length
}
