import { canonicalJson } from '../base/canonical-json.js'
import type { Block, HeaderFields } from '../ledger/block.js'
import { BLOCK_VERSION } from '../ledger/block.js'
import { encodeHeaderJson } from '../ledger/encode-block.js'
import { sealHeader } from '../ledger/header.js'
import type { Mempool } from '../ledger/mempool.js'
import { merkleRoot } from '../ledger/merkle.js'
import { nextBits } from '../ledger/retarget.js'
import { blockReward } from '../ledger/reward.js'
import { sealTransaction } from '../ledger/seal-transaction.js'
import { MAX_TIMESTAMP } from '../ledger/timestamps.js'
import { type Transaction, TRANSACTION_VERSION } from '../ledger/transaction.js'
import type { Blockchain } from './blockchain.js'

const NO_NONCE = '0'.repeat(16)

/**
 * The block that would follow the tip now, paying `rewardAddress`; all it lacks is a nonce that meets its target. Call it
 * while no block goes in or out ({@link Blockchain.alone}).
 */
export function blockTemplate(
  blockchain: Blockchain,
  pool: Mempool,
  rewardAddress: string,
  nowMs: number,
): Block {
  const { chain } = blockchain
  const branch = blockchain.branch()
  const height = blockchain.height() + 1
  const timestamp = Math.max(nowMs, blockchain.medianTimePast() + 1)
  const empty = frame({
    chainId: chain.id,
    height,
    timestamp,
    rewardAddress,
    amount: Number.MAX_SAFE_INTEGER,
  })
  const chosen = pool.select(chain.settings.maxBlockBytes - empty)
  const fees = chosen.reduce((sum, { fee }) => sum + fee, 0)
  const amount = blockReward(chain, height) + fees
  const transactions = [coinbase({ chainId: chain.id, height, timestamp, rewardAddress, amount }), ...chosen]
  const header = sealHeader({
    version: BLOCK_VERSION,
    height,
    previousHash: branch?.parent.hash ?? chain.id,
    merkleRoot: merkleRoot(transactions.map(({ id }) => id)),
    transactionCount: transactions.length,
    timestamp,
    bits: nextBits(chain, branch),
    nonce: NO_NONCE,
  })
  return { header, transactions }
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
    transactionCount: 0xffffffff,
    timestamp: MAX_TIMESTAMP,
    bits: 0xffffffff,
    nonce: NO_NONCE,
  }
  const json = canonicalJson({ ...encodeHeaderJson({ ...header, hash: '0'.repeat(64) }), transactions: [] })
  return json.length + coinbase(facts).bytes + 1
}
