import { canonicalJson } from '../base/canonical-json.js'
import { runSteps, type Steps } from '../base/steps.js'
import type { Block, HeaderFields } from '../ledger/block.js'
import { BLOCK_VERSION } from '../ledger/block.js'
import { encodeHeaderJson } from '../ledger/encode-block.js'
import { sealHeader } from '../ledger/header.js'
import type { Mempool } from '../ledger/mempool.js'
import { merklePathInSteps, merkleRootFromFirst } from '../ledger/merkle.js'
import { nextBits } from '../ledger/retarget.js'
import { blockReward } from '../ledger/reward.js'
import { sealTransaction } from '../ledger/seal-transaction.js'
import { MAX_U32 } from '../ledger/shape.js'
import { MAX_TIMESTAMP } from '../ledger/timestamps.js'
import { type Transaction, TRANSACTION_VERSION } from '../ledger/transaction.js'
import type { Blockchain } from './blockchain.js'

const NO_NONCE = '0'.repeat(16)
/** Stands for the coinbase in a list of ids: the path from there does not depend on it. */
const NO_ID = '0'.repeat(64)
const NO_ADDRESS = `0x${'0'.repeat(40)}`

/**
 * The block that would follow the tip now, paying `rewardAddress`; all it lacks is a nonce that meets its target. Call it
 * while no block goes in or out ({@link Blockchain.alone}).
 */
export function blockTemplate(
  blockchain: Blockchain,
  pool: Pick<Mempool, 'select'>,
  rewardAddress: string,
  nowMs: number,
): Block {
  const filling = runSteps(fillingOf(pool.select(roomForTransactions(blockchain))))
  return templateOf(blockchain, filling, rewardAddress, nowMs)
}

/** All of a block but its coinbase, and what coinbase and header take from that. */
export interface Filling {
  readonly transactions: readonly Transaction[]
  /** In units. */
  readonly fees: number
  /** The merkle path of the coinbase. */
  readonly path: readonly string[]
}

/** Transactions looked at in one step. */
const STEP = 256

export function* fillingOf(transactions: readonly Transaction[]): Steps<Filling> {
  const ids = [NO_ID]
  let fees = 0
  for (const { id, fee } of transactions) {
    fees += fee
    if (ids.push(id) % STEP === 0) yield
  }
  return { transactions, fees, path: yield* merklePathInSteps(ids, 0) }
}

/** {@link blockTemplate} with this filling. */
export function templateOf(
  blockchain: Blockchain,
  { transactions, fees, path }: Filling,
  rewardAddress: string,
  nowMs: number,
): Block {
  const { chain } = blockchain
  const branch = blockchain.branch()
  const height = blockchain.height() + 1
  const timestamp = Math.max(nowMs, blockchain.medianTimePast() + 1)
  const amount = blockReward(chain, height) + fees
  const first = coinbase({ chainId: chain.id, height, timestamp, rewardAddress, amount })
  const header = sealHeader({
    version: BLOCK_VERSION,
    height,
    previousHash: branch?.parent.hash ?? chain.id,
    merkleRoot: merkleRootFromFirst(first.id, path),
    transactionCount: transactions.length + 1,
    timestamp,
    bits: nextBits(chain, branch),
    nonce: NO_NONCE,
  })
  return { header, transactions: [first, ...transactions] }
}

/** Bytes that the next block has for all but its frame and coinbase; each transaction takes one more than its own. */
export function roomForTransactions({ chain }: Blockchain): number {
  const empty = frame({
    chainId: chain.id,
    height: MAX_U32,
    timestamp: MAX_TIMESTAMP,
    rewardAddress: NO_ADDRESS,
    amount: Number.MAX_SAFE_INTEGER,
  })
  return chain.settings.maxBlockBytes - empty
}

/** The same block under another nonce, and perhaps a later time. */
export function withNonce(block: Block, nonce: string, timestamp = block.header.timestamp): Block {
  return { ...block, header: sealHeader({ ...block.header, nonce, timestamp }) }
}

interface CoinbaseFacts {
  readonly chainId: string
  readonly height: number
  readonly timestamp: number
  readonly rewardAddress: string
  /** In units. */
  readonly amount: number
}

function coinbase({ chainId, height, timestamp, rewardAddress, amount }: CoinbaseFacts): Transaction {
  return sealTransaction(
    {
      version: TRANSACTION_VERSION,
      chainId,
      timestamp,
      inputs: [],
      outputs: amount > 0 ? [{ address: rewardAddress, amount }] : [],
      fee: 0,
      payload: { kind: 'coinbase', height },
    },
    [],
  )
}

/** Bytes that everything but the chosen transactions takes at most. */
function frame(facts: CoinbaseFacts): number {
  const header: HeaderFields = {
    version: BLOCK_VERSION,
    height: facts.height,
    previousHash: '0'.repeat(64),
    merkleRoot: '0'.repeat(64),
    transactionCount: MAX_U32,
    timestamp: facts.timestamp,
    bits: MAX_U32,
    nonce: NO_NONCE,
  }
  const json = canonicalJson({ ...encodeHeaderJson({ ...header, hash: '0'.repeat(64) }), transactions: [] })
  return json.length + coinbase(facts).bytes + 1
}
