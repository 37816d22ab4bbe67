import { hash } from 'node:crypto'
import { fail } from '../../api/errors.js'
import { canonicalJson } from '../../base/canonical-json.js'
import type { Json } from '../../base/json.js'
import { decodeRecord, encodeRecord } from '../../ledger/payload/record.js'
import { TRANSACTION_VERSION, type Transaction } from '../../ledger/transaction.js'
import type { KeyPair } from '../../wallet/keys.js'
import { signTransaction } from '../../wallet/sign-transaction.js'

export interface RecordContent {
  readonly txnType: string
  readonly tag: string
  readonly payload: Json
}

/** Contents whose last time is remembered. */
const MAX_REMEMBERED = 20_000
/** Blocks take no transaction that is far ahead of them. */
const MAX_AHEAD_MS = 30_000

/**
 * Makes transactions that carry records. Two that say the same in the same millisecond would be one transaction, so the time
 * of the second is a millisecond later.
 */
export class RecordMaker {
  readonly #keys: KeyPair
  readonly #now: () => number
  /** Times of the last ones by the hash of their content, the latest used last. */
  readonly #lastMs = new Map<string, number>()

  /** `now` in ms since 1970. */
  constructor(keys: KeyPair, now: () => number) {
    this.#keys = keys
    this.#now = now
  }

  /** `laterMs`: by how much its time is to be later than it would be. @throws {RuleError} @throws {ApiError} */
  make(chainId: string, content: RecordContent, laterMs = 0): Transaction {
    const record = { kind: 'record', ...content, invoker: this.#keys.address } as const
    const encoded = encodeRecord(record)
    const payload = decodeRecord(encoded)
    const timestamp = this.#timeOf(hashOf(encoded), laterMs)
    return signTransaction(
      { version: TRANSACTION_VERSION, chainId, timestamp, inputs: [], outputs: [], fee: 0, payload },
      [this.#keys],
    )
  }

  #timeOf(hash: string, laterMs: number): number {
    const nowMs = this.#now()
    const timeMs = Math.max(nowMs, (this.#lastMs.get(hash) ?? 0) + 1) + laterMs
    if (timeMs > nowMs + MAX_AHEAD_MS)
      fail('TOO_MANY_REQUESTS', 'the same record comes more than 1000 times a second, and that for long')
    this.#lastMs.delete(hash)
    this.#lastMs.set(hash, timeMs)
    if (this.#lastMs.size > MAX_REMEMBERED) {
      for (const oldest of this.#lastMs.keys()) {
        this.#lastMs.delete(oldest)
        break
      }
    }
    return timeMs
  }
}

function hashOf(json: Json): string {
  return hash('sha256', canonicalJson(json), 'base64')
}
