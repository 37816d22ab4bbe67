import { ApiError, errorBody, fail, ruleBroken } from '../../api/errors.js'
import type { Part } from '../../api/ports/contracts.js'
import type { RecordPlace, RecordsPort } from '../../api/ports/remote.js'
import {
  NewRecord,
  type RecordAnswer,
  type RecordFilters,
  type RecordTypeJson,
  type RefusedRecord,
  type SubmittedRecord,
  type SubmittedRecords,
} from '../../api/schemas/record.js'
import type { CustomFieldJson } from '../../api/schemas/remote.js'
import { compile } from '../../api/validator.js'
import type { Json } from '../../base/json.js'
import type { Steps } from '../../base/steps.js'
import { RuleError } from '../../ledger/rule-error.js'
import type { Transaction } from '../../ledger/transaction.js'
import { inSlices } from '../../time/in-slices.js'
import { roomFor } from './backlog-limit.js'
import type { NodeRegistry } from './node-registry.js'
import { payloadFault } from './payload-fault.js'
import type { PrimeReports } from './prime-reports.js'
import { foundAnswer, transactionAnswer } from './record-answer.js'
import { recordQuery } from './record-filters.js'
import { RecordFieldError, type RecordQueries } from './record-queries.js'
import type { RecordMaker } from './record-maker.js'
import type { RecordType } from './record-type.js'

/** The chain and its mempool, as far as records have to do with them. */
export interface RecordChain {
  readonly id: string
  /** This node has just made the signature of a transaction: it need not be verified here. */
  vouch(transaction: Transaction): void
  /** Each on its own; resolves when those that were taken are kept on disk. */
  submitMany(transactions: readonly Transaction[]): Promise<readonly unknown[]>
  /** Pending (no place) or in the chain. */
  find(
    transactionId: string,
  ): Promise<{ readonly transaction: Transaction; readonly place: RecordPlace | null } | undefined>
}

export interface RecordsServiceOptions {
  readonly registry: NodeRegistry
  readonly reports: Pick<PrimeReports, 'backlogOf'>
  readonly queries: Pick<RecordQueries, 'find' | 'fieldsOf'>
  readonly chain: RecordChain
  readonly maker: RecordMaker
}

/** Canonical JSON of a transaction, in bytes: what contracts are given. */
const MAX_TRANSACTION_BYTES = 1 << 20
/** Transactions that are handed to the mempool at once. */
const CHUNK = 500
/** How often one is made anew, a little later, that is there already. */
const MAX_TRIES = 12
const KNOWN: ReadonlySet<string> = new Set(['POOL-1', 'POOL-3'])
const POOL_FULL = 'POOL-8'

const validate = compile(NewRecord)

/** The records of a node, as the method table reaches them. */
export class RecordsService implements RecordsPort {
  readonly #options: RecordsServiceOptions

  constructor(options: RecordsServiceOptions) {
    this.#options = options
  }

  types(after: string | undefined, limit: number): Part<RecordTypeJson> {
    const items: RecordTypeJson[] = []
    for (const each of this.#options.registry.recordTypes(after)) {
      const last = items.at(-1)
      if (items.length === limit && last) return { items, next: last.txn_type }
      items.push(this.#typeJson(each))
    }
    return { items, next: null }
  }

  type(txnType: string): RecordTypeJson {
    const found = this.#options.registry.recordType(txnType)
    return found ? this.#typeJson(found) : fail('RECORD_TYPE_NOT_FOUND', undefined, { txn_type: txnType })
  }

  async registerType(txnType: string, fields: readonly CustomFieldJson[]): Promise<RecordTypeJson> {
    return this.#typeJson(await this.#options.registry.registerType(txnType, fields))
  }

  deleteType(txnType: string): Promise<void> {
    return this.#options.registry.deleteType(txnType)
  }

  async submit(record: NewRecord): Promise<SubmittedRecord> {
    if (this.#roomOf(record.txn_type) === 0) throw full(record.txn_type)
    const [answer] = await this.#hand([this.#made(record)])
    if (answer instanceof ApiError) throw answer
    return answer ?? fail('INTERNAL')
  }

  async submitMany(records: readonly unknown[]): Promise<SubmittedRecords> {
    const made = await inSlices(this.#madeOf(records))
    const sound = made.filter((each): each is Made => !(each instanceof ApiError))
    const answers: (SubmittedRecord | ApiError)[] = []
    for (let i = 0; i < sound.length; i += CHUNK)
      answers.push(...(await this.#hand(sound.slice(i, i + CHUNK))))
    let next = 0
    const results = made.map((each) => resultOf(each instanceof ApiError ? each : answers[next++]))
    return { accepted: results.filter((result) => !('error' in result)).length, results }
  }

  async get(transactionId: string): Promise<RecordAnswer> {
    const { chain } = this.#options
    const found = await chain.find(transactionId)
    const answer = found && transactionAnswer(chain.id, found.transaction, found.place)
    return answer ?? fail('RECORD_NOT_FOUND', undefined, { transaction_id: transactionId })
  }

  list(
    filters: RecordFilters,
    after: RecordPlace | undefined,
    limit: number,
  ): Part<RecordAnswer, RecordPlace> {
    const { queries, chain } = this.#options
    const query = recordQuery(filters, queries.fieldsOf(filters.txn_type) ?? [])
    try {
      const { found, next } = queries.find({ ...query, limit, ...(after ? { after } : {}) })
      return { items: found.map((each) => foundAnswer(chain.id, each)), next }
    } catch (error) {
      if (error instanceof RecordFieldError) fail('INVALID_PARAMS', error.message, { path: '/field' })
      throw error
    }
  }

  /** Of a batch: those that are refused count for nothing, the others for the backlog of their type. */
  *#madeOf(records: readonly unknown[]): Steps<(Made | ApiError)[]> {
    const made: (Made | ApiError)[] = []
    const rooms = new Map<string, number>()
    for (const record of records) {
      made.push(this.#madeWithRoom(record, rooms))
      yield
    }
    return made
  }

  #madeWithRoom(record: unknown, rooms: Map<string, number>): Made | ApiError {
    try {
      const made = this.#made(record)
      const { txn_type: txnType } = made.record
      const room = rooms.get(txnType) ?? this.#roomOf(txnType)
      if (room === 0) return full(txnType)
      rooms.set(txnType, room - 1)
      return made
    } catch (error) {
      return apiErrorOf(error)
    }
  }

  /** @throws {ApiError} @throws {RuleError} */
  #made(given: unknown, laterMs = 0): Made {
    const fault = validate(given)
    if (fault) fail('INVALID_PARAMS', fault.message, { path: fault.path })
    const record = given as NewRecord
    const { registry, maker, chain } = this.#options
    const { txn_type: txnType, tag = '' } = record
    if (!registry.recordType(txnType))
      fail('INVALID_RECORD_TYPE', `the type ${JSON.stringify(txnType)} is not registered with this node`, {
        txn_type: txnType,
      })
    const payload = record.payload as Json
    const wrong = payloadFault(payload, '/payload')
    if (wrong) fail('INVALID_PARAMS', `${wrong.path} ${wrong.message}`, { path: wrong.path })
    const transaction = maker.make(chain.id, { txnType, tag, payload }, laterMs)
    if (transaction.bytes > MAX_TRANSACTION_BYTES)
      fail('BODY_TOO_LARGE', `a record takes at most ${MAX_TRANSACTION_BYTES} bytes`, {
        bytes: transaction.bytes,
      })
    return { record, transaction }
  }

  /** Hands them to the mempool; made anew where one of the same id was there already. */
  async #hand(made: readonly Made[], tries = 1): Promise<(SubmittedRecord | ApiError)[]> {
    const { chain } = this.#options
    for (const { transaction } of made) chain.vouch(transaction)
    const answers = await chain.submitMany(made.map(({ transaction }) => transaction))
    const results: (SubmittedRecord | ApiError)[] = []
    for (const [i, { record, transaction }] of made.entries()) {
      const answer = answers[i]
      if (!(answer instanceof RuleError))
        results.push({ transaction_id: transaction.id, timestamp: transaction.timestamp })
      else if (KNOWN.has(answer.rule) && tries < MAX_TRIES)
        results.push(...(await this.#hand([this.#made(record, 2 ** tries)], tries + 1)))
      else results.push(apiErrorOf(answer))
    }
    return results
  }

  /** How many more records of a type are taken. */
  #roomOf(txnType: string): number {
    const { registry, reports } = this.#options
    const contract = registry.ofType(txnType)
    return contract?.state === 'active' ? roomFor(contract, reports.backlogOf(contract.id)) : Infinity
  }

  #typeJson({ txnType, customFields, createdMs }: RecordType): RecordTypeJson {
    return {
      txn_type: txnType,
      custom_fields: customFields.map((field) => ({ ...field })),
      contract_id: this.#options.registry.ofType(txnType)?.id ?? null,
      created_at: createdMs,
    }
  }
}

interface Made {
  readonly record: NewRecord
  readonly transaction: Transaction
}

function full(txnType: string): ApiError {
  return new ApiError('BACKLOG_FULL', undefined, { txn_type: txnType })
}

function apiErrorOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (!(error instanceof RuleError)) throw error
  return error.rule === POOL_FULL
    ? new ApiError('BACKLOG_FULL', 'too many transactions wait for a block')
    : ruleBroken(error)
}

function resultOf(answer: SubmittedRecord | ApiError | undefined): SubmittedRecord | RefusedRecord {
  if (!(answer instanceof ApiError)) return answer ?? fail('INTERNAL')
  return errorBody(answer)
}
