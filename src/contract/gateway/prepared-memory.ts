import { createHash } from 'node:crypto'
import type { CallTransaction } from './gateway-calls.js'

interface Remembered {
  readonly transaction: CallTransaction
  readonly bytes: number
}

/**
 * Transactions that were prepared here and not yet submitted. A client sends an envelope back as it got it, so that what
 * is in it need not be read and compared again. The oldest are forgotten; their envelopes are then read like any other.
 */
export class PreparedMemory {
  /** By SHA-256 of the envelope's payload, the oldest first. */
  readonly #remembered = new Map<string, Remembered>()
  readonly #maxBytes: number
  #bytes = 0

  /** @param maxBytes of all payloads together; what is held for them takes about twice as much */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  put(payload: Uint8Array, transaction: CallTransaction): void {
    const bytes = payload.length
    const key = digestOf(payload)
    this.#forget(key)
    this.#remembered.set(key, { transaction, bytes })
    this.#bytes += bytes
    for (const oldest of this.#remembered.keys()) {
      if (this.#bytes <= this.#maxBytes) return
      this.#forget(oldest)
    }
  }

  /** Once. */
  take(payload: Uint8Array): CallTransaction | undefined {
    return this.#forget(digestOf(payload))
  }

  #forget(key: string): CallTransaction | undefined {
    const found = this.#remembered.get(key)
    if (!found) return undefined
    this.#remembered.delete(key)
    this.#bytes -= found.bytes
    return found.transaction
  }
}

function digestOf(payload: Uint8Array): string {
  return createHash('sha256').update(payload).digest('base64')
}
