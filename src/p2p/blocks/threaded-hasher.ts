import type { HashThread } from './hash-thread.js'
import type { Digests, HashOptions, PayloadHasher } from './payload-hasher.js'
import type { ScanOptions } from './tx-scanner.js'

const SLAB_BYTES = 1 << 19
const SLABS = 4

export interface Assignment {
  readonly thread: HashThread
  readonly job: number
  readonly hash: HashOptions
}

/** Memory that this thread fills and the others read. */
interface Slab {
  readonly index: number
  readonly bytes: Uint8Array
  /** Threads that have not read it yet. */
  readers: number
}

/** Hands a payload to other threads: copied once, into a few slabs that all of them read. */
export class ThreadedHasher implements PayloadHasher {
  readonly #assignments: readonly Assignment[]
  readonly #slabs: readonly Slab[]
  readonly #free: Slab[]
  readonly #digests: Digests[] = []
  #filling: Slab | undefined
  #filled = 0
  #error: Error | undefined
  /** Called at any change. */
  #wake: () => void = () => undefined

  constructor(scan: ScanOptions, assignments: readonly Assignment[]) {
    this.#assignments = assignments
    const memories = Array.from({ length: SLABS }, () => new SharedArrayBuffer(Math.min(SLAB_BYTES, scan.length)))
    this.#slabs = memories.map((memory, index) => ({ index, bytes: new Uint8Array(memory), readers: 0 }))
    this.#free = [...this.#slabs]
    for (const { thread, job, hash } of assignments)
      thread.open({ type: 'open', job, slabs: memories, scan, hash }, this.#listener())
  }

  take(slice: Uint8Array): void | Promise<void> {
    let from = 0
    while (from < slice.length) {
      if (this.#error) throw this.#error
      const slab = (this.#filling ??= this.#free.pop())
      if (!slab) return this.#takeLater(slice.subarray(from))
      const part = slice.subarray(from, from + slab.bytes.length - this.#filled)
      slab.bytes.set(part, this.#filled)
      this.#filled += part.length
      from += part.length
      if (this.#filled === slab.bytes.length) this.#send()
    }
  }

  async finish(): Promise<Digests> {
    if (this.#filled > 0) this.#send()
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

  #send(): void {
    const slab = this.#filling
    if (!slab) return
    slab.readers = this.#assignments.length
    for (const { thread, job } of this.#assignments)
      thread.post({ type: 'slab', job, slab: slab.index, length: this.#filled })
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

  #listener(): Parameters<HashThread['open']>[1] {
    return {
      onTaken: (index) => {
        const slab = this.#slabs[index]
        if (!slab || --slab.readers > 0) return
        this.#free.push(slab)
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
