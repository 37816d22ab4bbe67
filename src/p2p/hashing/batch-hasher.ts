import * as crypto from 'node:crypto'
import { DATA_AT } from './sha256-code.js'
import { instantiateSha256d } from './sha256d-module.js'

/** The most headers that are hashed at once. */
export const MAX_BATCH = 2048

const HEADER_BYTES = 80
const HASH_BYTES = 32

/** Headers side by side and their hashes in internal order: views that hold until the next call. */
export interface HashedHeaders {
  readonly count: number
  /** 80 bytes a header. */
  readonly raw: Uint8Array
  /** 32 bytes a header. */
  readonly hashes: Uint8Array
}

/** Hashes headers, many at a time. */
export interface BatchHasher {
  /** Vectors of WebAssembly, or what Node has. */
  readonly kind: 'simd' | 'node'
  /**
   * @param bytes `count` headers, each `stride` bytes after the one before
   * @param count at most {@link MAX_BATCH}
   * @param stride 80, or 81 as in a `headers` message
   */
  hash(bytes: Uint8Array, count: number, stride: number): HashedHeaders
}

/** The fastest hasher this machine has, or the one asked for. */
export function createBatchHasher(kind?: BatchHasher['kind']): BatchHasher {
  if (kind === 'node') return nodeHasher()
  try {
    return simdHasher()
  } catch (error) {
    if (kind === 'simd' || !(error instanceof WebAssembly.CompileError)) throw error
    return nodeHasher()
  }
}

function simdHasher(): BatchHasher {
  // While it is packed, a batch takes 81 bytes a header.
  const hashesAt = DATA_AT + MAX_BATCH * 81
  const { memory, headers } = instantiateSha256d(hashesAt + MAX_BATCH * HASH_BYTES)
  const raw = memory.subarray(DATA_AT, hashesAt)
  const hashes = memory.subarray(hashesAt)
  return {
    kind: 'simd',
    hash(bytes, count, stride) {
      pack(raw, bytes, count, stride)
      if (count > 0) headers(DATA_AT, hashesAt, Math.ceil(count / 4))
      return view(raw, hashes, count)
    },
  }
}

function nodeHasher(): BatchHasher {
  const raw = new Uint8Array(MAX_BATCH * 81)
  const hashes = new Uint8Array(MAX_BATCH * HASH_BYTES)
  const sha256 = sha256OfNode()
  return {
    kind: 'node',
    hash(bytes, count, stride) {
      pack(raw, bytes, count, stride)
      for (let i = 0; i < count; i++) {
        const header = raw.subarray(i * HEADER_BYTES, (i + 1) * HEADER_BYTES)
        hashes.set(sha256(sha256(header)), i * HASH_BYTES)
      }
      return view(raw, hashes, count)
    },
  }
}

/** crypto.hash came with Node 20.12 and makes no object for each hash. */
function sha256OfNode(): (bytes: Uint8Array) => Uint8Array {
  const { hash } = crypto as { hash?: (algorithm: string, data: Uint8Array, encoding: 'buffer') => Buffer }
  if (hash !== undefined) return (bytes) => hash('sha256', bytes, 'buffer')
  return (bytes) => crypto.createHash('sha256').update(bytes).digest()
}

function pack(raw: Uint8Array, bytes: Uint8Array, count: number, stride: number): void {
  if (count > MAX_BATCH) throw new RangeError(`${count} headers are more than the ${MAX_BATCH} of a batch`)
  raw.set(bytes.subarray(0, count * stride))
  if (stride === HEADER_BYTES) return
  for (let i = 1; i < count; i++) raw.copyWithin(i * HEADER_BYTES, i * stride, i * stride + HEADER_BYTES)
}

function view(raw: Uint8Array, hashes: Uint8Array, count: number): HashedHeaders {
  return {
    count,
    raw: raw.subarray(0, count * HEADER_BYTES),
    hashes: hashes.subarray(0, count * HASH_BYTES),
  }
}
