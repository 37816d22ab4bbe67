import type { HashThread, JobListener, Slab } from './hash-thread.js'
import type { Digests, HashOptions, PayloadHasher } from './payload-hasher.js'
import type { ScanOptions } from './tx-scanner.js'

const SLAB_BYTES = 1 << 19
/** For two threads: each has one in work and one that waits, the others are filled or on their way. */
const SLABS = 6

export interface Assignment {
  readonly thread: HashThread
  readonly job: number
  readonly hash: HashOptions
}

/**
 * Hands a payload to other threads: copied once, into a few slabs that go from one thread to the next and come back. They
 * are not shared, since copies into shared memory take three times as long.
 */
export class ThreadedHasher implements PayloadHasher {
  readonly #assignments: readonly Assignment[]
  readonly #slabBytes: number
  readonly #free: ArrayBuffer[] = []
  /** Slabs there are. */
  #slabs = 0
  readonly #digests: Digests[] = []
  #filling: Uint8Array | undefined
  #filled = 0
  #error: Error | undefined
  /** Called at any change. */
  #wake: () => void = () => undefined

  constructor(scan: ScanOptions, assignments: readonly Assignment[]) {
    this.#assignments = assignments
    this.#slabBytes = Math.min(SLAB_BYTES, scan.length)
    for (const [index, { thread, job, hash }] of assignments.entries())
      thread.open({ type: 'open', job, scan, hash }, this.#listener(assignments[index + 1]))
  }

  take(slice: Uint8Array): void | Promise<void> {
    let from = 0
    while (from < slice.length) {
      if (this.#error) throw this.#error
      const slab = (this.#filling ??= this.#nextSlab())
      if (!slab) return this.#takeLater(slice.subarray(from))
      const part = slice.subarray(from, from + slab.length - this.#filled)
      slab.set(part, this.#filled)
      this.#filled += part.length
      from += part.length
      if (this.#filled === slab.length) this.#send()
    }
  }

  async finish(): Promise<Digests> {
    if (this.#filled > 0) this.#send()
    await this.#until(() => this.#free.length === this.#slabs)
    for (const { thread, job } of this.#assignments) thread.post({ type: 'finish', job })
    await this.#until(() => this.#digests.length === this.#assignments.length)
    return Object.assign({}, ...this.#digests) as Digests
  }

  drop(): void {
    this.#error ??= new Error('the payload was given up')
    this.#wake()
    for (const { thread, job } of this.#assignments) thread.post({ type: 'drop', job })
  }

  async #takeLater(slice: Uint8Array): Promise<void> {
    await this.#until(() => this.#free.length > 0)
    await this.take(slice)
  }

  #nextSlab(): Uint8Array | undefined {
    const free = this.#free.pop()
    if (free) return new Uint8Array(free)
    if (this.#slabs === SLABS) return undefined
    this.#slabs++
    return new Uint8Array(new ArrayBuffer(this.#slabBytes))
  }

  #send(): void {
    const memory = this.#filling?.buffer as ArrayBuffer
    const [{ thread, job }] = this.#assignments as readonly [Assignment]
    thread.post({ type: 'slab', job, memory, length: this.#filled })
    this.#filling = undefined
    this.#filled = 0
  }

  /** @throws what a thread failed of. */
  async #until(isSo: () => boolean): Promise<void> {
    while (!this.#error && !isSo())
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    if (this.#error) throw this.#error
  }

  /** @param next who reads the slabs after this one */
  #listener(next: Assignment | undefined): JobListener {
    return {
      onTaken: ({ memory, length }: Slab) => {
        if (this.#error) return
        if (next) {
          next.thread.post({ type: 'slab', job: next.job, memory, length })
          return
        }
        this.#free.push(memory)
        this.#wake()
      },
      onDone: (digests) => {
        this.#digests.push(digests)
        this.#wake()
      },
      onFailed: (error) => {
        this.#error ??= error
        this.#wake()
      },
    }
  }
}
