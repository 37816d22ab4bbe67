import type { Steps } from '../../../base/steps.js'
import type { PlacedRecord, RecordSource } from '../record-source.js'
import type { RemoteContract } from '../remote-contract.js'
import { activeBetween, nextActive } from '../active-spans.js'
import { BEFORE_ALL, type BacklogPlace } from './rows.js'
import type { TableChange, Tables } from './tables.js'

/** Heights back to which a reorg is followed exactly. */
const MARKED_HEIGHTS = 1000
/** Marks read, or forgotten, in a row. */
const STEP = 16
/** What was taken up may stand so many records later after a reorg. */
const SLACK = 1000

/** The records that invoke a contract, and how far it has come. */
export class Backlog {
  readonly #source: RecordSource
  readonly #tables: Tables
  readonly #contractId: string
  #place: BacklogPlace

  constructor(source: RecordSource, tables: Tables, contractId: string, place: BacklogPlace) {
    this.#source = source
    this.#tables = tables
    this.#contractId = contractId
    this.#place = place
  }

  get place(): BacklogPlace {
    return this.#place
  }

  /** How many invoke the contract and are not taken up. */
  waiting({ txnType, spans }: RemoteContract): number {
    return activeBetween(spans, this.#place.ordinal, this.#source.count(txnType))
  }

  /** The next to be taken up; undefined: there is none, or too few blocks stand on it. */
  next(contract: RemoteContract): PlacedRecord | undefined {
    const record = this.peek(contract, this.#place.ordinal)
    if (!record || record.height > this.#source.height() - contract.confirmations + 1) return undefined
    return record
  }

  /** The first after an ordinal that invokes the contract. */
  peek({ txnType, spans }: RemoteContract, after: number): PlacedRecord | undefined {
    const ordinal = nextActive(spans, after)
    return ordinal === undefined ? undefined : this.#source.at(txnType, ordinal)
  }

  /** Ordinal of a record that invokes the contract and is not taken up; undefined: there is none such. */
  ordinalOf(contract: RemoteContract, transactionId: string): number | undefined {
    const ordinal = this.#source.ordinalOf(contract.txnType, transactionId)
    if (ordinal === undefined || ordinal <= this.#place.ordinal) return undefined
    return nextActive(contract.spans, ordinal - 1) === ordinal ? ordinal : undefined
  }

  /** The record is taken up. What is to be written besides the place itself. */
  advance({ ordinal, height }: PlacedRecord): TableChange[] {
    const before = this.#place
    const isNewBlock = before.height !== height
    const blockHash = isNewBlock ? (this.#source.hashAt(height) ?? '') : before.blockHash
    this.#place = { ordinal, height, blockHash }
    if (!isNewBlock || before.ordinal === 0) return []
    return [this.#change(before.height, before), ...this.#oldMarks(height - MARKED_HEIGHTS)]
  }

  /** REM-5: whether the chain still leads to the place. */
  isOnChain(): boolean {
    const { ordinal, height, blockHash } = this.#place
    return ordinal === 0 || this.#source.hashAt(height) === blockHash
  }

  /** The last place up to this one that the chain leads to. */
  agreed(): BacklogPlace {
    if (this.isOnChain()) return this.#place
    let end = this.#place.height
    for (;;) {
      const marks = this.#marks(0, end, true)
      const agreed = marks.find(({ height, blockHash }) => this.#source.hashAt(height) === blockHash)
      const last = marks.at(-1)
      if (agreed || !last) return agreed ?? BEFORE_ALL
      end = last.height
    }
  }

  /** Where those of the ids stand that the chain still has: after one ordinal, and not far after another. */
  *find(
    txnType: string,
    ids: ReadonlySet<string>,
    after: number,
    around: number,
  ): Steps<Map<string, PlacedRecord>> {
    const found = new Map<string, PlacedRecord>()
    const last = Math.min(this.#source.count(txnType), around + SLACK)
    for (let ordinal = after + 1; ordinal <= last && found.size < ids.size; ordinal++) {
      const record = this.#source.at(txnType, ordinal)
      if (record && ids.has(record.transactionId)) found.set(record.transactionId, record)
      yield
    }
    return found
  }

  /** Goes back to a place. What is to be written besides the place itself. */
  rewind(place: BacklogPlace): TableChange[] {
    const changes = this.#marks(place.height, this.#place.height, false, MARKED_HEIGHTS * 2)
    this.#place = place
    return changes.map(({ height }) => this.#change(height, undefined))
  }

  #oldMarks(upTo: number): TableChange[] {
    return this.#marks(0, upTo, false).map(({ height }) => this.#change(height, undefined))
  }

  #marks(from: number, to: number, reverse: boolean, limit = STEP): BacklogPlace[] {
    if (to <= from) return []
    const range = { start: [this.#contractId, from], end: [this.#contractId, to], reverse, limit }
    return this.#tables.range('marks', range).map(({ value }) => value as BacklogPlace)
  }

  #change(height: number, place: BacklogPlace | undefined): TableChange {
    return { table: 'marks', key: [this.#contractId, height], value: place }
  }
}
