import { Thread } from '../threads/thread.js'
import type { Item } from './check-queue.js'
import { packChecks } from './packed-checks.js'

export interface VerifyLaneOptions {
  readonly module: URL
  /** The thread answered: there is room for more. */
  readonly onRoom: () => void
  /** The thread died; these it did not answer. */
  readonly onDeath: (error: Error, unanswered: readonly Item[]) => void
}

/** While the thread works on one chunk the next one waits there: it never waits for the main thread. */
const CHUNKS_AHEAD = 2

/** Of small chunks, as single transactions make them, more may wait there: as long as they hold fewer checks than this. */
const CHECKS_AHEAD = 32

/** Deaths in a row after which a lane is left closed: what killed the thread would kill the next. */
const MOST_DEATHS = 3

/** A worker thread, started when it is first needed, and what it was given and has not answered. */
export class VerifyLane {
  readonly #options: VerifyLaneOptions
  #thread: Thread<ArrayBuffer, readonly boolean[]> | undefined
  #sent: (readonly Item[])[] = []
  /** Checks in all of them. */
  #unanswered = 0
  #deaths = 0
  #isClosed = false

  constructor(options: VerifyLaneOptions) {
    this.#options = options
  }

  get hasRoom(): boolean {
    return !this.#isClosed && (this.#sent.length < CHUNKS_AHEAD || this.#unanswered < CHECKS_AHEAD)
  }

  get isBusy(): boolean {
    return this.#sent.length > 0
  }

  send(items: readonly Item[]): void {
    const packed = packChecks(items.map(({ check }) => check))
    this.#thread ??= this.#start()
    this.#thread.hold(true)
    this.#sent.push(items)
    this.#unanswered += items.length
    this.#thread.post(packed, [packed])
  }

  /** Ends the thread. Returns what it did not answer. */
  async close(): Promise<readonly Item[]> {
    this.#isClosed = true
    const unanswered = this.#takeBack()
    await this.#thread?.close()
    return unanswered
  }

  #start(): Thread<ArrayBuffer, readonly boolean[]> {
    return new Thread({
      module: this.#options.module,
      onMessage: (answers: readonly boolean[]) => this.#answered(answers),
      onDeath: (error) => this.#died(error),
    })
  }

  #answered(answers: readonly boolean[]): void {
    this.#deaths = 0
    const items = this.#sent.shift() ?? []
    this.#unanswered -= items.length
    for (const [i, { job }] of items.entries()) job.answer(answers[i] === true)
    if (!this.isBusy) this.#thread?.hold(false)
    this.#options.onRoom()
  }

  #died(error: Error): void {
    this.#thread = undefined
    this.#deaths += 1
    this.#isClosed ||= this.#deaths === MOST_DEATHS
    this.#options.onDeath(error, this.#takeBack())
  }

  #takeBack(): readonly Item[] {
    const unanswered = this.#sent.flat()
    this.#sent = []
    this.#unanswered = 0
    return unanswered
  }
}
