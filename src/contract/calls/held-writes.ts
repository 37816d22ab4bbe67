import type { PrivateWrite } from '../call.js'

/** What a write takes beside its key and value, roughly. */
const OVERHEAD_BYTES = 200

interface Held {
  readonly writes: readonly PrivateWrite[]
  readonly bytes: number
}

/** Private values of calls that were endorsed and are still to be submitted; the oldest go when there are too many. */
export class HeldWrites {
  readonly #held = new Map<string, Held>()
  readonly #maxBytes: number
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  put(callId: string, writes: readonly PrivateWrite[]): void {
    this.take(callId)
    if (writes.length === 0) return
    const bytes = writes.reduce((sum, write) => sum + sizeOf(write), 0)
    this.#held.set(callId, { writes, bytes })
    this.#bytes += bytes
    for (const [oldest] of this.#held) {
      if (this.#bytes <= this.#maxBytes) return
      this.take(oldest)
    }
  }

  /** Those of a call, held no longer. */
  take(callId: string): readonly PrivateWrite[] | undefined {
    const found = this.#held.get(callId)
    if (!found) return undefined
    this.#held.delete(callId)
    this.#bytes -= found.bytes
    return found.writes
  }
}

function sizeOf({ key, value }: PrivateWrite): number {
  return key.length + (value?.length ?? 0) + OVERHEAD_BYTES
}
