import { Delivery } from './delivery.js'
import type { Digests, PayloadHasher } from './payload-hasher.js'
import type { PayloadSink } from './payload-sink.js'
import type { StretchBuffer } from './stretch-buffer.js'
import type { TxScanner } from './tx-scanner.js'

/** What all payloads made of transactions have in common: scanned, hashed and handed on slice by slice, then verified. */
export abstract class PayloadReader implements PayloadSink {
  protected readonly delivery = new Delivery()
  protected abstract readonly scanner: TxScanner
  protected abstract readonly hasher: PayloadHasher
  /** Where the payload is handed on in stretches. */
  protected abstract readonly stretches: StretchBuffer | undefined
  #isEnding = false
  #isOver = false

  push(slice: Uint8Array): void | Promise<void> {
    let from = 0
    while (from < slice.length && !this.#isOver) {
      const to = Math.min(slice.length, from + (this.stretches?.room ?? slice.length))
      let wait: void | Promise<void>
      try {
        wait = this.#take(slice.subarray(from, to))
      } catch (error) {
        return this.#fail(error)
      }
      from = to
      if (wait) return this.#pushAfter(wait, slice.subarray(from))
    }
  }

  async end(): Promise<void> {
    if (this.#isOver) return
    this.#isEnding = true
    try {
      this.scanner.finish()
      const [digests] = await Promise.all([this.hasher.finish(), this.delivery.idle()])
      await this.complete(digests)
      this.#isOver = true
      this.stretches?.release()
    } catch (error) {
      await this.#fail(error)
    }
  }

  async abort(reason: Error): Promise<void> {
    if (!this.#isEnding) await this.#giveUp(reason)
  }

  /** Looks at the bytes first. @throws {ProtocolError} if they are not wanted. */
  protected abstract inspect(part: Uint8Array, position: number): void
  /** Keeps the bytes, where there are no stretches. */
  protected abstract keep(part: Uint8Array, position: number): void
  /** All has come. @throws {ProtocolError} if it is not sound. */
  protected abstract complete(digests: Digests): Promise<void>
  /** It will never be complete. */
  protected abstract aborted(reason: Error): Promise<void>

  #take(part: Uint8Array): void | Promise<void> {
    const { position } = this.scanner
    this.inspect(part, position)
    this.scanner.push(part)
    const hashed = this.hasher.take(part)
    if (!this.stretches) this.keep(part, position)
    const delivered = this.stretches?.add(part)
    return hashed && delivered ? Promise.all([hashed, delivered]).then(() => undefined) : (hashed ?? delivered)
  }

  async #pushAfter(wait: Promise<void>, rest: Uint8Array): Promise<void> {
    try {
      await wait
    } catch (error) {
      if (this.#isOver) return
      await this.#fail(error)
    }
    await this.push(rest)
  }

  async #fail(error: unknown): Promise<never> {
    const reason = error instanceof Error ? error : new Error('a handler failed', { cause: error })
    try {
      await this.#giveUp(reason)
    } catch (another) {
      throw new AggregateError([reason, another], 'a message was aborted, and the handler that was told so failed')
    }
    throw reason
  }

  async #giveUp(reason: Error): Promise<void> {
    if (this.#isOver) return
    this.#isOver = true
    this.hasher.drop()
    await this.delivery.close()
    this.stretches?.release()
    await this.aborted(reason)
  }
}
