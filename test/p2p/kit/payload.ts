import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { sha256d } from '../../../src/p2p/hash.js'

/** Bytes that need not be in memory all at once. */
export interface Payload {
  readonly length: number
  /** Writes the bytes from `offset` on until `target` is full. */
  fill(target: Uint8Array, offset: number): void
  /** The first four bytes of the double SHA-256. */
  checksum(): Promise<Uint8Array>
}

const HASHED_AT_ONCE = 1 << 20
const CHUNKS_PER_TURN = 16

/** A payload that is in memory. */
export function payloadOf(bytes: Uint8Array): Payload {
  return {
    length: bytes.length,
    fill: (target, offset) => target.set(bytes.subarray(offset, offset + target.length)),
    checksum: () => Promise.resolve(sha256d(bytes).subarray(0, 4)),
  }
}

/** The double SHA-256 of a payload, in bounded memory, with turns for others. */
export async function hashPayload(payload: Pick<Payload, 'length' | 'fill'>): Promise<Uint8Array> {
  const hash = createHash('sha256')
  const chunk = new Uint8Array(HASHED_AT_ONCE)
  for (let offset = 0, turn = 1; offset < payload.length; offset += chunk.length, turn++) {
    const part = chunk.subarray(0, Math.min(chunk.length, payload.length - offset))
    payload.fill(part, offset)
    hash.update(part)
    if (turn % CHUNKS_PER_TURN === 0) await setImmediate()
  }
  return createHash('sha256').update(hash.digest()).digest()
}
