import { messageOf } from '../../../base/errors.js'
import { outputId } from '../../../ledger/payload/output.js'
import type { Desk } from './desk.js'
import type { GroupCommit } from './group-commit.js'
import { outputOf, type OutputOrigin } from './output-transaction.js'
import type { EndedRow } from './rows.js'
import type { TableChange } from './tables.js'

/** Outputs read, or forgotten, in a row. */
const STEP = 64
const LAST = Number.MAX_SAFE_INTEGER
/** One that was dropped is not put back at once: there was a reason. */
const AFTER_DROP_MS = 2_000

interface WaitingOutput {
  readonly number: number
  readonly transactionId: string
  readonly outputId: string
}

/** How far the outputs stood in the chain when this was its tip. */
interface Review {
  readonly height: number
  readonly blockHash: string
  readonly clearedTo: number
}

/**
 * Brings the outputs of one contract to the chain, in the order of their invocations' ends: some at a time wait for a block,
 * and none is forgotten before enough blocks stand on it.
 */
export class Outbox {
  readonly #desk: Desk
  readonly #commit: GroupCommit
  readonly #waiting = new Map<number, WaitingOutput>()
  /** Outputs up to this number stand in the chain. */
  #clearedTo = 0
  /** Outputs up to this number are looked at. */
  #loadedTo = 0
  #missing = 0
  readonly #reviews: Review[] = []
  #running: Promise<void> | undefined
  #runAgain = false
  #isClosed = false
  readonly #complained = new Set<string>()

  constructor(desk: Desk, commit: GroupCommit) {
    this.#desk = desk
    this.#commit = commit
    this.#restart(0)
  }

  /** Outputs that stand in no block, as far as is known. */
  get missing(): number {
    return this.#missing
  }

  /** The number of the oldest output that is not forgotten. */
  oldest(): number | undefined {
    return this.#numbersAfter(0, 1)[0]
  }

  /** There is another output, which is on its way to the disk. */
  expect(): void {
    this.#missing += 1
  }

  /** It is on the disk. */
  added(): void {
    if (this.#waiting.size < this.#desk.limits.outputsAtOnce) this.#start(() => this.#fill())
  }

  /** The chain is another. */
  onTip(): void {
    this.#start(async () => {
      if (await this.#review()) await this.#fill()
    })
  }

  onDropped(transactionId: string): void {
    for (const output of this.#waiting.values()) {
      if (output.transactionId !== transactionId) continue
      this.#desk.parts.after(AFTER_DROP_MS, () => this.onTip())
      return
    }
  }

  /** What is on the disk is what counts. */
  reread(): void {
    this.#reviews.length = 0
    this.#restart(0)
    this.onTip()
  }

  /** Resolves when nothing is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running
  }

  #start(work: () => Promise<void>): void {
    if (this.#isClosed) return
    if (this.#running) {
      this.#runAgain = true
      return
    }
    this.#running = this.#run(work).finally(() => {
      this.#running = undefined
      if (!this.#runAgain) return
      this.#runAgain = false
      this.onTip()
    })
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      this.#desk.parts.log(`outputs of the remote contract ${this.#desk.contractId}: ${messageOf(error)}`)
    }
  }

  #restart(clearedTo: number): void {
    this.#waiting.clear()
    this.#clearedTo = clearedTo
    this.#loadedTo = clearedTo
    const { contractId, parts } = this.#desk
    this.#missing = parts.tables.count('outbox', [contractId, clearedTo + 1], [contractId, LAST])
  }

  /** REM-34: what stands in the chain, what does not any more, and what can be forgotten. */
  async #review(): Promise<boolean> {
    const { source, tables } = this.#desk.parts
    this.#unwind()
    const lost: EndedRow[] = []
    for (const [number, output] of this.#waiting) {
      if (source.carrierOf(output.outputId) !== undefined) this.#carried(number)
      else if (!source.isPending(output.transactionId)) {
        const row = tables.get('ended', [this.#desk.contractId, number])
        if (row) lost.push(row as EndedRow)
      }
    }
    this.#clearedTo = this.#cleared()
    this.#note()
    await this.#forget()
    return this.#submit(lost)
  }

  /** After a reorg only what was known before it counts. */
  #unwind(): void {
    const { source } = this.#desk.parts
    let hasLeft = false
    for (let last = this.#reviews.at(-1); last; last = this.#reviews.at(-1)) {
      if (source.hashAt(last.height) === last.blockHash) break
      this.#reviews.pop()
      hasLeft = true
    }
    if (hasLeft) this.#restart(this.#reviews.at(-1)?.clearedTo ?? 0)
  }

  /** As many of the next as there is room for. */
  async #fill(): Promise<void> {
    const { contractId, limits, parts } = this.#desk
    while (!this.#isClosed && this.#waiting.size < limits.outputsAtOnce) {
      const numbers = this.#numbersAfter(
        this.#loadedTo,
        Math.min(STEP, limits.outputsAtOnce - this.#waiting.size),
      )
      if (numbers.length === 0) break
      const fresh: EndedRow[] = []
      for (const number of numbers) {
        const row = parts.tables.get('ended', [contractId, number]) as EndedRow | undefined
        this.#loadedTo = number
        if (row && this.#takeIn(row)) fresh.push(row)
      }
      if (!(await this.#submit(fresh))) break
      await new Promise(setImmediate)
    }
    this.#clearedTo = this.#cleared()
  }

  /** False: it stands in the chain. */
  #takeIn({ number, outputTxnId, contractId, txnId }: EndedRow): boolean {
    const { source, keys } = this.#desk.parts
    const id = outputId({ invoker: keys.address, contract: contractId, invokedBy: txnId })
    this.#waiting.set(number, { number, transactionId: outputTxnId ?? '', outputId: id })
    if (source.carrierOf(id) === undefined) return true
    this.#carried(number)
    return false
  }

  #carried(number: number): void {
    const output = this.#waiting.get(number)
    if (output) this.#complained.delete(output.transactionId)
    if (this.#waiting.delete(number)) this.#missing = Math.max(0, this.#missing - 1)
  }

  #cleared(): number {
    let cleared = this.#loadedTo
    for (const number of this.#waiting.keys()) cleared = Math.min(cleared, number - 1)
    return cleared
  }

  /** REM-33: those of a serial contract one after the other, so that they stand in the chain in that order. False: some were not taken. */
  async #submit(rows: readonly EndedRow[]): Promise<boolean> {
    if (this.#desk.contract()?.executionOrder !== 'serial') {
      const taken = await Promise.all(rows.map((row) => this.#submitOne(row)))
      return taken.every(Boolean)
    }
    for (const row of rows) if (!(await this.#submitOne(row))) return false
    return true
  }

  async #submitOne(row: EndedRow): Promise<boolean> {
    const { source, keys } = this.#desk.parts
    if (source.isPending(row.outputTxnId ?? '')) return true
    try {
      await source.submit(outputOf(this.#origin(row), row, keys))
      return true
    } catch (error) {
      const { id, outputTxnId } = row
      if (outputTxnId === null || this.#complained.has(outputTxnId)) return false
      this.#complained.add(outputTxnId)
      this.#desk.parts.log(
        `the output ${outputTxnId} of the invocation ${id} is not taken: ${messageOf(error)}`,
      )
      return false
    }
  }

  #origin({ txnType }: EndedRow): OutputOrigin {
    const { source, keys } = this.#desk.parts
    return { chainId: source.chainId, txnType, invoker: keys.address }
  }

  /** What stood in the chain with this tip. */
  #note(): void {
    const { source } = this.#desk.parts
    const height = source.height()
    const blockHash = source.hashAt(height)
    const last = this.#reviews.at(-1)
    if (blockHash === undefined || (last && last.height >= height)) return
    this.#reviews.push({ height, blockHash, clearedTo: this.#clearedTo })
  }

  /** REM-35 */
  async #forget(): Promise<void> {
    const { contractId, limits, parts } = this.#desk
    let settledTo = 0
    for (let first = this.#reviews[0]; first; first = this.#reviews[0]) {
      if (first.height > parts.source.height() - limits.settledBlocks + 1) break
      settledTo = first.clearedTo
      this.#reviews.shift()
    }
    for (let from = 0; from < settledTo && !this.#isClosed;) {
      const numbers = this.#numbersAfter(from, STEP).filter((number) => number <= settledTo)
      const changes = numbers.map((number): TableChange => ({
        table: 'outbox',
        key: [contractId, number],
        value: undefined,
      }))
      if (changes.length === 0) return
      await this.#commit.add(changes).durable
      from = numbers.at(-1) ?? settledTo
    }
  }

  #numbersAfter(number: number, limit: number): number[] {
    const { contractId, parts } = this.#desk
    return parts.tables
      .range('outbox', { start: [contractId, number + 1], end: [contractId, LAST], limit })
      .map(({ key }) => Number(key[1]))
  }
}
