import { createHash } from 'node:crypto'
import type { Json } from '../../../src/base/json.js'
import type { PlacedRecord, RecordSource } from '../../../src/contract/remote/record-source.js'
import { outputId } from '../../../src/ledger/payload/output.js'
import { RuleError } from '../../../src/ledger/rule-error.js'
import type { Transaction } from '../../../src/ledger/transaction.js'

export interface TestRecord {
  readonly transactionId: string
  readonly txnType: string
  readonly tag: string
  readonly timestamp: number
  readonly payload: Json
}

interface TestBlock {
  readonly hash: string
  readonly records: readonly TestRecord[]
  readonly outputs: readonly Transaction[]
}

/** A chain of records and outputs in memory, with a pool. */
export class MemoryRecords implements RecordSource {
  readonly chainId = 'c'.repeat(64)
  readonly blocks: TestBlock[] = []
  readonly pool = new Map<string, Transaction>()
  readonly #tips = new Set<() => void>()
  readonly #drops = new Set<(id: string) => void>()
  #hashes = 0
  /** Records by type, as the chain is now. */
  #byType = new Map<string, PlacedRecord[]>()
  #carriers = new Map<string, string>()
  refuses: string | undefined
  submissions = 0

  height(): number {
    return this.blocks.length - 1
  }

  hashAt(height: number): string | undefined {
    return this.blocks[height]?.hash
  }

  count(txnType: string): number {
    return this.#byType.get(txnType)?.length ?? 0
  }

  at(txnType: string, ordinal: number): PlacedRecord | undefined {
    return this.#byType.get(txnType)?.[ordinal - 1]
  }

  ordinalOf(txnType: string, transactionId: string): number | undefined {
    return this.#byType.get(txnType)?.find((each) => each.transactionId === transactionId)?.ordinal
  }

  *from(txnType: string, from: number): Iterable<PlacedRecord> {
    yield* (this.#byType.get(txnType) ?? []).slice(from - 1)
  }

  carrierOf(id: string): string | undefined {
    return this.#carriers.get(id)
  }

  isPending(transactionId: string): boolean {
    return this.pool.has(transactionId)
  }

  async submit(transaction: Transaction): Promise<void> {
    await Promise.resolve()
    this.submissions += 1
    if (this.refuses !== undefined) throw new RuleError('POOL-1', this.refuses)
    if (this.#carriers.has(outputIdOf(transaction))) throw new RuleError('UTX-9', 'it stands in the chain')
    this.pool.set(transaction.id, transaction)
  }

  onTip(listener: () => void): () => void {
    this.#tips.add(listener)
    return () => this.#tips.delete(listener)
  }

  onDropped(listener: (transactionId: string) => void): () => void {
    this.#drops.add(listener)
    return () => this.#drops.delete(listener)
  }

  /** A block with these records, and as many of the outputs that wait as fit in, the oldest first. */
  mine(records: readonly TestRecord[] = [], outputs = Infinity): void {
    this.#put(records, outputs)
    this.#changed()
  }

  /** Takes blocks off the tip and puts others on. `losesOutputs`: what was in them does not wait again. */
  reorg(depth: number, blocks: readonly (readonly TestRecord[])[], losesOutputs = false): void {
    const off = this.blocks.splice(Math.max(0, this.blocks.length - depth))
    const outputs = losesOutputs ? [] : off.flatMap((block) => block.outputs)
    for (const each of outputs) this.pool.set(each.id, each)
    for (const records of blocks) this.#put(records, 0)
    this.#changed()
  }

  /** The records of the last blocks. */
  recordsOfLast(depth: number): TestRecord[] {
    return depth === 0 ? [] : this.blocks.slice(-depth).flatMap(({ records }) => records)
  }

  drop(transactionId: string): void {
    this.pool.delete(transactionId)
    for (const listener of this.#drops) listener(transactionId)
  }

  outputs(): Transaction[] {
    return this.blocks.flatMap(({ outputs }) => outputs)
  }

  /** Listeners are gone, as when a node ends. */
  forgetListeners(): void {
    this.#tips.clear()
    this.#drops.clear()
  }

  #put(records: readonly TestRecord[], mostOutputs: number): void {
    const carried = new Set(this.outputs().map(outputIdOf))
    const outputs: Transaction[] = []
    for (const [id, transaction] of this.pool) {
      if (outputs.length >= mostOutputs) break
      this.pool.delete(id)
      const output = outputIdOf(transaction)
      if (carried.has(output)) continue
      carried.add(output)
      outputs.push(transaction)
    }
    const hash = createHash('sha256').update(String(this.#hashes++)).digest('hex')
    this.blocks.push({ hash, records, outputs })
  }

  #changed(): void {
    this.#byType = new Map()
    this.#carriers = new Map()
    for (const [height, { records, outputs }] of this.blocks.entries()) {
      for (const [index, record] of records.entries()) {
        const placed = this.#byType.get(record.txnType) ?? []
        this.#byType.set(record.txnType, placed)
        placed.push({ ...record, ordinal: placed.length + 1, height, index })
      }
      for (const output of outputs) this.#carriers.set(outputIdOf(output), output.id)
    }
    // Whoever reads in the meantime sees the chain as it is already.
    setImmediate(() => this.#tips.forEach((listener) => listener()))
  }
}

export function outputIdOf({ payload }: Transaction): string {
  if (payload?.kind !== 'output') throw new Error('it carries no output')
  return outputId(payload)
}
