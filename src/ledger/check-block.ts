import { canonicalJson } from '../base/canonical-json.js'
import { runSteps, type Steps } from '../base/steps.js'
import type { Block } from './block.js'
import type { Chain } from './chain.js'
import { checkHeader } from './check-header.js'
import { checkTransaction, isCoinbase } from './check-transaction.js'
import { encodeHeaderJson } from './encode-block.js'
import { merkleRootInSteps } from './merkle.js'
import { ensure } from './shape.js'

/**
 * Throws unless the block is well-formed: all that can be told without its parent, without the state of the chain and
 * without verifying signatures. A failure says nothing about the header's hash: another body may belong to it, so
 * only failures of `checkHeader` may be remembered under it. @throws {RuleError}
 */
export function checkBlock(block: Block, chain: Chain): void {
  runSteps(checkBlockInSteps(block, chain))
}

/** {@link checkBlock} in steps. */
export function* checkBlockInSteps(block: Block, chain: Chain): Steps<void> {
  checkHeader(block.header, chain)
  yield* checkBody(block, chain)
  for (const [i, transaction] of block.transactions.entries()) {
    if (i % STEP === 0) yield
    checkTransaction(transaction, chain)
  }
}

/** Transactions looked at in one step. */
const STEP = 32

/** Length of the block's canonical JSON. */
export function blockBytes({ header, transactions }: Block): number {
  const frame = canonicalJson({ ...encodeHeaderJson(header), transactions: [] }).length
  const commas = Math.max(0, transactions.length - 1)
  return transactions.reduce((sum, transaction) => sum + transaction.bytes, frame + commas)
}

function* checkBody(block: Block, { settings }: Chain): Steps<void> {
  const { header, transactions } = block
  const [first, ...others] = transactions
  ensure(
    transactions.length === header.transactionCount,
    'BLK-3',
    'transaction_count is not the count of transactions',
  )
  const bytes = blockBytes(block)
  ensure(
    bytes <= settings.maxBlockBytes,
    'BLK-4',
    `block takes ${bytes} bytes, more than ${settings.maxBlockBytes}`,
  )
  const ids = transactions.map((transaction) => transaction.id)
  ensure(new Set(ids).size === ids.length, 'BLK-5', 'a transaction stands twice in the block')
  const root = yield* merkleRootInSteps(ids)
  ensure(root === header.merkleRoot, 'BLK-6', 'merkle_root is not that of the transactions')
  ensure(first?.payload?.kind === 'coinbase', 'BLK-7', 'the first transaction is no coinbase')
  ensure(!others.some(isCoinbase), 'BLK-8', 'a coinbase stands behind the first transaction')
  ensure(first.payload.height === header.height, 'BLK-9', "the coinbase has not the block's height")
}
