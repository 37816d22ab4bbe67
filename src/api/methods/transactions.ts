import { Type as T } from '@sinclair/typebox'
import type { Json } from '../../base/json.js'
import { decodeTransaction } from '../../ledger/decode-transaction.js'
import type { Added } from '../../ledger/mempool.js'
import type { Place } from '../../ledger/place.js'
import type { PoolEntry } from '../../ledger/pool-graph.js'
import { RuleError } from '../../ledger/rule-error.js'
import type { Transaction } from '../../ledger/transaction.js'
import { VALIDATION_CODE } from '../../ledger/validation-code.js'
import { type ErrorBody, fail, ruleBroken } from '../errors.js'
import { exampleBlock, exampleBytes, exampleTransfer } from '../examples/block.js'
import { methods } from '../method.js'
import type { ChainPort } from '../ports/chain.js'
import type { PendingPort } from '../ports/pending.js'
import { Count, Hash } from '../schemas/common.js'
import { LooseJson, LooseObject } from '../schemas/loose.js'
import { cursorNumber, DEFAULT_LIMIT, NextCursor, pageOf, pageParams } from '../schemas/paging.js'
import {
  Submitted,
  TransactionAnswer,
  TransactionHeader,
  TransactionJson,
  transactionJson,
  TransactionStatus,
  valueOf,
} from '../schemas/transaction.js'

const method = methods<{ chain: ChainPort; pending: PendingPort }>()

/** Most transactions of one call: their signatures take well below 0.1 s to verify. */
const MAX_BATCH = 1000

const { id, transaction } = exampleTransfer
const added: TransactionHeader = {
  id,
  timestamp: transaction.timestamp,
  value: valueOf(transaction),
  fee: transaction.fee,
  bytes: exampleBytes,
  added: transaction.timestamp + 5,
}
const confirmed: TransactionStatus = {
  id,
  status: 'confirmed',
  confirmations: 1,
  block: {
    hash: exampleBlock.hash,
    height: exampleBlock.height,
    index: exampleTransfer.index,
    timestamp: exampleBlock.timestamp,
  },
  code: 0,
  code_name: 'VALID',
}
const submitted: Submitted = { id, status: 'pending', is_new: true, replaced: [], evicted: [] }

const Refused = T.Object(
  {
    id: T.Union([Hash, T.Null()], { description: 'null: it is no transaction that could have an id.' }),
    error: T.Object({
      code: T.String(),
      message: T.String(),
      details: T.Object({}, { additionalProperties: true }),
    }),
  },
  { additionalProperties: false },
)

const notHere = 'a transaction waits until a block holds it, another replaces it, or it is too old'
const undeletable = { DELETE: `nobody can take back what others signed: ${notHere}` }

export const transactions = {
  'transactions.list': method({
    summary: 'Transactions that wait for a block, in the order of arrival',
    params: T.Object(pageParams('^\\d{1,16}$'), { additionalProperties: false }),
    result: T.Object(
      {
        transaction_count: T.Integer({ minimum: 0, description: 'How many wait, on all pages.' }),
        total_bytes: Count,
        transaction_headers: T.Array(TransactionHeader),
        next_cursor: NextCursor,
      },
      { additionalProperties: false },
    ),
    http: 'GET /transactions/',
    refuses: undeletable,
    changesWith: ['transactions.pending', 'transactions.dropped', 'chain.tip'],
    example: {
      params: {},
      result: {
        transaction_count: 1,
        total_bytes: exampleBytes,
        transaction_headers: [added],
        next_cursor: null,
      },
    },
    handle: ({ limit = DEFAULT_LIMIT, cursor }, { pending }) => {
      const after = cursor === undefined ? -1 : cursorNumber(cursor, Number.MAX_SAFE_INTEGER)
      const page = pageOf(pending.after(after), limit, ({ sequence }) => String(sequence))
      return {
        transaction_count: pending.size,
        total_bytes: pending.bytes,
        transaction_headers: page.items.map(headerOf),
        next_cursor: page.next_cursor,
      }
    },
  }),
  'transactions.submit': method({
    summary: 'Hand in a signed transaction; answers when it is kept on disk',
    params: LooseObject,
    paramsShape: TransactionJson,
    result: Submitted,
    http: 'POST /transactions/',
    errors: ['RULE_BROKEN', 'BODY_TOO_LARGE'],
    example: { params: transaction, result: submitted },
    handle: async (json, { pending }) => {
      const decoded = decodeTransaction(json as Json)
      const answer = await pending.submit(decoded).catch(ruleErrorOf)
      return outcomeOf(decoded, answer)
    },
  }),
  'transactions.submit_batch': method({
    summary: 'Hand in many signed transactions, each on its own: the answers come in their order',
    params: T.Object(
      {
        transactions: T.Array(LooseJson, { maxItems: MAX_BATCH, description: 'Transactions as in blocks.' }),
      },
      { additionalProperties: false },
    ),
    paramsShape: T.Object(
      { transactions: T.Array(TransactionJson, { maxItems: MAX_BATCH }) },
      { additionalProperties: false },
    ),
    result: T.Object(
      { accepted: Count, results: T.Array(T.Union([Submitted, Refused])) },
      { additionalProperties: false },
    ),
    http: 'POST /transactions/batch/',
    errors: ['BODY_TOO_LARGE'],
    example: {
      params: { transactions: [transaction] },
      result: { accepted: 1, results: [submitted] },
    },
    handle: async ({ transactions: items }, { pending }) => {
      const decoded = items.map((item) => decoding(item as Json))
      const sound = decoded.flatMap((each) => (each instanceof RuleError ? [] : [each]))
      const answers = await pending.submitMany(sound)
      const answerOf = new Map(sound.map((each, i) => [each, answers[i]]))
      const results = decoded.map((each) => {
        if (each instanceof RuleError) return refused(null, each)
        return settled(each, answerOf.get(each))
      })
      return { accepted: results.filter((result) => !('error' in result)).length, results }
    },
  }),
  'transactions.get': method({
    summary: 'One transaction, pending or in the chain, and what became of it',
    params: T.Object({ tid: Hash }, { additionalProperties: false }),
    result: TransactionAnswer,
    http: 'GET /transactions/{tid}/',
    refuses: undeletable,
    errors: ['TRANSACTION_NOT_FOUND'],
    changesWith: ['chain.tip', 'transactions.pending', 'transactions.dropped'],
    example: { params: { tid: id }, result: { ...confirmed, transaction } },
    handle: async ({ tid }, { chain, pending }) => {
      const waiting = pending.get(tid)
      if (waiting) return { ...pendingStatus(tid), transaction: transactionJson(waiting) }
      const place = chain.locate(tid) ?? notFound(tid)
      const hash = chain.activeHash(place.height) ?? notFound(tid)
      const found = (await chain.block(hash))?.transactions[place.index]
      // A reorg may have put another block there meanwhile.
      if (found?.id !== tid) notFound(tid)
      return { ...confirmedStatus(chain, tid, place), transaction: transactionJson(found) }
    },
  }),
  'transactions.status': method({
    summary: 'What became of one transaction, without its content',
    params: T.Object({ tid: Hash }, { additionalProperties: false }),
    result: TransactionStatus,
    http: 'GET /transactions/{tid}/status/',
    errors: ['TRANSACTION_NOT_FOUND'],
    changesWith: ['chain.tip', 'transactions.pending', 'transactions.dropped'],
    example: { params: { tid: id }, result: confirmed },
    handle: ({ tid }, { chain, pending }) => {
      if (pending.get(tid)) return pendingStatus(tid)
      return confirmedStatus(chain, tid, chain.locate(tid) ?? notFound(tid))
    },
  }),
}

function headerOf({ transaction: each, addedMs }: PoolEntry): TransactionHeader {
  const { id, timestamp, fee, bytes } = each
  return { id, timestamp, value: valueOf(each), fee, bytes, added: addedMs }
}

function notFound(tid: string): never {
  return fail('TRANSACTION_NOT_FOUND', 'the transaction is neither pending nor in the chain', { tid })
}

function ruleErrorOf(error: unknown): RuleError {
  if (error instanceof RuleError) return error
  throw error
}

function decoding(json: Json): Transaction | RuleError {
  try {
    return decodeTransaction(json)
  } catch (error) {
    return ruleErrorOf(error)
  }
}

/** What the node has already is no fault: handing in again must be safe for whoever got no answer. */
const KNOWN: Readonly<Record<string, 'pending' | 'confirmed'>> = {
  'POOL-1': 'pending',
  'POOL-3': 'confirmed',
}

/** @throws {RuleError} */
function outcomeOf({ id }: Transaction, answer: Added | RuleError): Submitted {
  if (!(answer instanceof RuleError)) {
    const ids = (list: readonly Transaction[]): string[] => list.map((each) => each.id)
    const { replaced, evicted } = answer
    return { id, status: 'pending', is_new: true, replaced: ids(replaced), evicted: ids(evicted) }
  }
  const status = KNOWN[answer.rule]
  if (!status) throw answer
  return { id, status, is_new: false, replaced: [], evicted: [] }
}

type Refusal = { readonly id: string | null } & ErrorBody

function settled(each: Transaction, answer: Added | RuleError | undefined): Submitted | Refusal {
  if (answer === undefined) return fail('INTERNAL')
  try {
    return outcomeOf(each, answer)
  } catch (error) {
    return refused(each.id, ruleErrorOf(error))
  }
}

function refused(id: string | null, error: RuleError): Refusal {
  const { code, message, details } = ruleBroken(error)
  return { id, error: { code, message, details } }
}

function pendingStatus(id: string): TransactionStatus {
  return { id, status: 'pending', confirmations: 0, block: null, code: null, code_name: null }
}

function confirmedStatus(
  chain: Pick<ChainPort, 'tip' | 'activeHash' | 'entry'>,
  id: string,
  { height, index, code }: Place,
): TransactionStatus {
  const hash = chain.activeHash(height) ?? notFound(id)
  const header = chain.entry(hash)?.header ?? notFound(id)
  return {
    id,
    status: 'confirmed',
    confirmations: (chain.tip()?.height ?? height) - height + 1,
    block: { hash, height, index, timestamp: header.timestamp },
    code,
    code_name: nameOf(code),
  }
}

function nameOf(code: number): string {
  const found = Object.entries(VALIDATION_CODE).find(([, value]) => value === code)
  return found?.[0] ?? String(code)
}
