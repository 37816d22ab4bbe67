import type { Json } from '../../base/json.js'
import type { Block } from '../../ledger/block.js'
import type { OutputPayload } from '../../ledger/payload/output.js'
import type { RecordPayload } from '../../ledger/payload/record.js'
import type { Transaction } from '../../ledger/transaction.js'
import { VALIDATION_CODE, type ValidationCode } from '../../ledger/validation-code.js'
import { afterPrefix, recordKey, recordPrefix } from './keys.js'
import type { BinaryTable } from './tables.js'
import { decodeRecordEntry, encodeRecordEntry, recordPlaceOf } from './values.js'

/** Records and the outputs of contracts are counted each on their own. */
export type RecordKind = 'record' | 'output'

/** A record or an output of the chain. */
export interface RecordEntry {
  readonly transactionId: string
  readonly height: number
  /** Within its block, counted from 0. */
  readonly index: number
  /** Of the transaction, in ms since 1970. */
  readonly timestamp: number
  readonly invoker: string
  readonly tag: string
  readonly payload: Json
  /** Of an output; empty for a record. */
  readonly contract: string
  readonly invokedBy: string
}

type Typed = RecordPayload | OutputPayload
type CodeOf = (transactionId: string, index: number) => ValidationCode

/** The records of the chain, and the outputs that count, by type, in chain order: the first of each type has the ordinal 1. */
export class RecordTables {
  readonly #records: BinaryTable

  constructor(records: BinaryTable) {
    this.#records = records
  }

  /** How many of a type there are: the ordinal of the last. */
  count(kind: RecordKind, txnType: string): number {
    if (isNoType(txnType)) return 0
    const prefix = recordPrefix(kind, txnType)
    const range = { start: afterPrefix(prefix), end: prefix, reverse: true, limit: 1, snapshot: false }
    for (const key of this.#records.getKeys(range)) return key.readUInt32BE(prefix.length)
    return 0
  }

  at(kind: RecordKind, txnType: string, ordinal: number): RecordEntry | undefined {
    if (isNoType(txnType)) return undefined
    const value = this.#records.getBinaryFast(recordKey(recordPrefix(kind, txnType), ordinal))
    return value && decodeRecordEntry(value)
  }

  /** Where it stands: {@link at} without reading what it says. */
  placeAt(
    kind: RecordKind,
    txnType: string,
    ordinal: number,
  ): Pick<RecordEntry, 'height' | 'index'> | undefined {
    if (isNoType(txnType)) return undefined
    const value = this.#records.getBinaryFast(recordKey(recordPrefix(kind, txnType), ordinal))
    return value && recordPlaceOf(value)
  }

  connect(block: Block, codeOf: CodeOf): void {
    const counts = new Map<string, number>()
    for (const { transaction, payload, index } of typedOf(block, codeOf)) {
      const { kind, txnType } = payload
      const name = `${kind} ${txnType}`
      const ordinal = (counts.get(name) ?? this.count(kind, txnType)) + 1
      counts.set(name, ordinal)
      const { id: transactionId, timestamp } = transaction
      const { contract, invokedBy } = payload.kind === 'output' ? payload : { contract: '', invokedBy: '' }
      const { invoker, tag, payload: json } = payload
      const place = { height: block.header.height, index }
      const entry = { transactionId, ...place, timestamp, invoker, tag, payload: json, contract, invokedBy }
      this.#records.putSync(recordKey(recordPrefix(kind, txnType), ordinal), encodeRecordEntry(entry))
    }
  }

  /** Takes out what {@link connect} put in: the block is the last, so its own are the last of each type. */
  disconnect(block: Block, codeOf: CodeOf): void {
    for (const { payload } of typedOf(block, codeOf)) {
      const { kind, txnType } = payload
      this.#records.removeSync(recordKey(recordPrefix(kind, txnType), this.count(kind, txnType)))
    }
  }
}

/** Beyond what a key holds, and what PAY-4 lets into a chain. */
function isNoType(txnType: string): boolean {
  return Buffer.byteLength(txnType) > 128
}

function* typedOf(
  { transactions }: Block,
  codeOf: CodeOf,
): Generator<{ readonly transaction: Transaction; readonly payload: Typed; readonly index: number }> {
  for (const [index, transaction] of transactions.entries()) {
    const { payload, id } = transaction
    if (payload?.kind !== 'record' && payload?.kind !== 'output') continue
    if (codeOf(id, index) === VALIDATION_CODE.VALID) yield { transaction, payload, index }
  }
}
