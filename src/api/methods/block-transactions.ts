import { Type as T } from '@sinclair/typebox'
import type { Block } from '../../ledger/block.js'
import { merklePath } from '../../ledger/merkle.js'
import type { Transaction } from '../../ledger/transaction.js'
import { blockAt } from '../block-at.js'
import { ApiError, fail } from '../errors.js'
import {
  exampleBlock,
  exampleInput,
  exampleOutput,
  exampleProof,
  exampleTransfer,
} from '../examples/block.js'
import { methods } from '../method.js'
import type { ChainPort } from '../ports/chain.js'
import { BlockTransaction, headerJson, InputJson, OutputJson, ProofJson } from '../schemas/block.js'
import { Bid, Hash, Height, Index, type Tid, Tid as TidSchema } from '../schemas/common.js'
import { cursorNumber, DEFAULT_LIMIT, NextCursor, pageParams } from '../schemas/paging.js'
import { transactionJson } from '../schemas/transaction.js'

const method = methods<{ chain: ChainPort }>()

const MAX_U32 = 0xffffffff

const inBlock = { bid: Bid, tid: TidSchema }
const example = { bid: exampleBlock.height, tid: exampleTransfer.index }
const notFound = ['BLOCK_NOT_FOUND', 'TRANSACTION_NOT_FOUND'] as const

export const blockTransactions = {
  'blocks.transactions': method({
    summary: 'The transactions of one block',
    params: T.Object({ bid: Bid, ...pageParams('^\\d{1,10}$') }, { additionalProperties: false }),
    result: T.Object(
      {
        hash: Hash,
        height: Height,
        transaction_count: T.Integer({ minimum: 1 }),
        transactions: T.Array(BlockTransaction),
        next_cursor: NextCursor,
      },
      { additionalProperties: false },
    ),
    http: 'GET /blocks/{bid}/transactions/',
    errors: ['BLOCK_NOT_FOUND'],
    changesWith: ['chain.tip'],
    example: {
      params: { bid: exampleBlock.height, limit: 1, cursor: '1' },
      result: {
        hash: exampleBlock.hash,
        height: exampleBlock.height,
        transaction_count: 2,
        transactions: [exampleTransfer],
        next_cursor: null,
      },
    },
    handle: async ({ bid, limit = DEFAULT_LIMIT, cursor }, { chain }) => {
      const { header, transactions } = await blockAt(chain, bid)
      const from = cursor === undefined ? 0 : cursorNumber(cursor, MAX_U32)
      const end = from + limit
      return {
        hash: header.hash,
        height: header.height,
        transaction_count: header.transactionCount,
        transactions: transactions.slice(from, end).map((each, i) => placed(each, from + i)),
        next_cursor: end < transactions.length ? String(end) : null,
      }
    },
  }),
  'blocks.transaction': method({
    summary: 'One transaction of one block',
    params: T.Object(inBlock, { additionalProperties: false }),
    result: BlockTransaction,
    http: 'GET /blocks/{bid}/transactions/{tid}/',
    errors: notFound,
    changesWith: ['chain.tip'],
    example: { params: example, result: exampleTransfer },
    handle: async ({ bid, tid }, { chain }) => {
      const { transaction, index } = find(await blockAt(chain, bid), tid)
      return placed(transaction, index)
    },
  }),
  'blocks.inputs': method({
    summary: 'The inputs of one transaction, each with what it spends',
    params: T.Object(inBlock, { additionalProperties: false }),
    result: T.Array(InputJson),
    http: 'GET /blocks/{bid}/transactions/{tid}/inputs/',
    errors: notFound,
    changesWith: ['chain.tip'],
    example: { params: example, result: [exampleInput] },
    handle: async ({ bid, tid }, { chain }) => inputsOf(chain, await blockAt(chain, bid), tid),
  }),
  'blocks.input': method({
    summary: 'One input of one transaction',
    params: T.Object({ ...inBlock, iid: Index }, { additionalProperties: false }),
    result: InputJson,
    http: 'GET /blocks/{bid}/transactions/{tid}/inputs/{iid}/',
    errors: [...notFound, 'INPUT_NOT_FOUND'],
    changesWith: ['chain.tip'],
    example: { params: { ...example, iid: 0 }, result: exampleInput },
    handle: async ({ bid, tid, iid }, { chain }) => {
      const inputs = inputsOf(chain, await blockAt(chain, bid), tid)
      return inputs[iid] ?? fail('INPUT_NOT_FOUND', `the transaction has ${inputs.length} inputs`, { iid })
    },
  }),
  'blocks.outputs': method({
    summary: 'The outputs of one transaction',
    params: T.Object(inBlock, { additionalProperties: false }),
    result: T.Array(OutputJson),
    http: 'GET /blocks/{bid}/transactions/{tid}/outputs/',
    errors: notFound,
    changesWith: ['chain.tip'],
    example: { params: example, result: [exampleOutput] },
    handle: async ({ bid, tid }, { chain }) => outputsOf(chain, await blockAt(chain, bid), tid),
  }),
  'blocks.output': method({
    summary: 'One output of one transaction',
    params: T.Object({ ...inBlock, oid: Index }, { additionalProperties: false }),
    result: OutputJson,
    http: 'GET /blocks/{bid}/transactions/{tid}/outputs/{oid}/',
    errors: [...notFound, 'OUTPUT_NOT_FOUND'],
    changesWith: ['chain.tip'],
    example: { params: { ...example, oid: 0 }, result: exampleOutput },
    handle: async ({ bid, tid, oid }, { chain }) => {
      const outputs = outputsOf(chain, await blockAt(chain, bid), tid)
      return (
        outputs[oid] ?? fail('OUTPUT_NOT_FOUND', `the transaction has ${outputs.length} outputs`, { oid })
      )
    },
  }),
  'blocks.proof': method({
    summary: 'A proof that a transaction stands in a block, for somebody who trusts only its hash',
    params: T.Object(inBlock, { additionalProperties: false }),
    result: ProofJson,
    http: 'GET /blocks/{bid}/transactions/{tid}/proof/',
    errors: notFound,
    changesWith: ['chain.tip'],
    example: { params: example, result: exampleProof },
    handle: async ({ bid, tid }, { chain }) => {
      const block = await blockAt(chain, bid)
      const { transaction, index } = find(block, tid)
      const ids = block.transactions.map(({ id }) => id)
      return {
        transaction_id: transaction.id,
        index,
        path: [...merklePath(ids, index)],
        header: headerJson(block.header),
      }
    },
  }),
}

interface Found {
  readonly transaction: Transaction
  readonly index: number
}

/** @throws {ApiError} TRANSACTION_NOT_FOUND */
function find({ transactions }: Block, tid: Tid): Found {
  const index = typeof tid === 'number' ? tid : transactions.findIndex(({ id }) => id === tid)
  const transaction = transactions[index]
  if (transaction) return { transaction, index }
  throw new ApiError(
    'TRANSACTION_NOT_FOUND',
    `the block has ${transactions.length} transactions, none is it`,
    {
      tid,
    },
  )
}

function placed(transaction: Transaction, index: number): BlockTransaction {
  return { id: transaction.id, index, transaction: transactionJson(transaction) }
}

function inputsOf(chain: Pick<ChainPort, 'spentIn'>, block: Block, tid: Tid): InputJson[] {
  const { transaction, index } = find(block, tid)
  const spent = chain.spentIn(block.header.hash)
  const before = block.transactions.slice(0, index).reduce((sum, { inputs }) => sum + inputs.length, 0)
  return transaction.inputs.map(({ transactionId, outputIndex }, i) => {
    const entry = spent?.[before + i]
    return {
      index: i,
      transaction_id: transactionId,
      output_index: outputIndex,
      address: entry?.address ?? null,
      amount: entry?.amount ?? null,
    }
  })
}

function outputsOf(chain: Pick<ChainPort, 'isUnspent' | 'activeHash'>, block: Block, tid: Tid): OutputJson[] {
  const { transaction } = find(block, tid)
  const isActive = chain.activeHash(block.header.height) === block.header.hash
  return transaction.outputs.map(({ address, amount }, index) => ({
    index,
    address,
    amount,
    unspent: isActive && chain.isUnspent({ transactionId: transaction.id, outputIndex: index }),
  }))
}
