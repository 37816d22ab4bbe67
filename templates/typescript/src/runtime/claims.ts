/**
 * Tells which of a thread's jobs have begun, in memory that the thread shares with the one that gives it jobs: every job is
 * either begun there or taken back here, never both. Jobs have numbers one after the other, from 1.
 */
export class Claims {
  readonly shared: SharedArrayBuffer
  readonly #last: BigInt64Array

  constructor(shared = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)) {
    this.shared = shared
    this.#last = new BigInt64Array(shared)
  }

  /** For the thread, which takes its jobs in their order. False: it was taken back. */
  begin(job: bigint): boolean {
    return Atomics.compareExchange(this.#last, 0, job - 1n, job) === job - 1n
  }

  /** For the giver: no job up to the one given last begins any more. The last one that has begun. */
  takeBack(last: bigint): bigint {
    return Atomics.exchange(this.#last, 0, last)
  }

  /** For the giver, of a job that was not taken back. */
  hasBegun(job: bigint): boolean {
    return Atomics.load(this.#last, 0) >= job
  }
}
