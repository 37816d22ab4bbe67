import type { VerifyAll } from '../chain/verify-all.js'
import { workerModule } from '../threads/worker-module.js'
import { SignatureVerifier } from '../wallet/signature-verifier.js'
import { CheckQueue, type Item } from './check-queue.js'
import { VerifyLane } from './verify-lane.js'

export interface VerifyPoolOptions {
  /** Worker threads; 0: everything is verified on the calling thread. */
  readonly threads: number
  /** A thread died. What it had not answered is verified on the calling thread; nothing is lost. */
  readonly onThreadDeath: (error: Error) => void
  /** The module that threads run; as built by default. */
  readonly module?: URL | undefined
}

/**
 * Fewer than these are verified on the calling thread: to wake another takes it about as long as a verification. Where it
 * is busy more come together in a turn of its event loop, and travel.
 */
const FEW = 8

/** Checks that travel together. */
const SMALLEST_CHUNK = 8
const LARGEST_CHUNK = 64

/** Checks in a row on the calling thread, which has others to serve: about a millisecond. */
const SLICE = 16

/**
 * Verifies signatures on worker threads, and on the calling thread what these have no room for. What is asked for in one
 * turn of the event loop travels together; a thread is given little more than it can work on at any time.
 */
export class VerifyPool {
  readonly #options: VerifyPoolOptions
  readonly #queue = new CheckQueue()
  readonly #verifier = new SignatureVerifier()
  readonly #lanes: readonly VerifyLane[]
  #isScheduled = false

  constructor(options: VerifyPoolOptions) {
    this.#options = options
    const module = options.module ?? workerModule('verification/verify-worker.js')
    this.#lanes = module ? Array.from({ length: options.threads }, () => this.#lane(module)) : []
  }

  /** Never blocks the thread for more than a few milliseconds. */
  readonly verifyAll: VerifyAll = async (checks) => {
    if (checks.length === 0) return
    const done = this.#queue.add(checks)
    this.#schedule()
    await done
  }

  /** Ends the threads. What is verified now or later is verified on the calling thread. */
  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(async (lane) => this.#redo(await lane.close())))
  }

  #lane(module: URL): VerifyLane {
    return new VerifyLane({
      module,
      onRoom: () => this.#fillLanes(),
      onDeath: (error, unanswered) => {
        this.#redo(unanswered)
        this.#options.onThreadDeath(error)
      },
    })
  }

  #redo(items: readonly Item[]): void {
    this.#queue.giveBack(items)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => this.#work())
  }

  /** One slice of the calling thread's share; the next follows once others had their turn. */
  #work(): void {
    this.#isScheduled = false
    this.#fillLanes()
    this.#verifyHere(this.#queue.take(SLICE))
    if (this.#queue.waiting > 0) this.#schedule()
  }

  #fillLanes(): void {
    const { waiting } = this.#queue
    const even = Math.ceil(waiting / (4 * this.#lanes.length))
    const size = Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, even))
    // Round after round, so that a little work is spread over all threads.
    for (let lane = this.#freeLane(); lane && this.#queue.waiting >= FEW; lane = this.#freeLane()) {
      this.#send(lane, this.#queue.take(size))
    }
  }

  #send(lane: VerifyLane, items: readonly Item[]): void {
    try {
      lane.send(items)
    } catch (error) {
      for (const { job } of items) job.fail(error)
    }
  }

  #freeLane(): VerifyLane | undefined {
    return (
      this.#lanes.find(({ isBusy, hasRoom }) => hasRoom && !isBusy) ??
      this.#lanes.find((each) => each.hasRoom)
    )
  }

  #verifyHere(items: readonly Item[]): void {
    for (const { job, check } of items) {
      try {
        job.answer(this.#verifier.verify(check.publicKey, check.message, check.signature))
      } catch (error) {
        job.fail(error)
      }
    }
  }
}
