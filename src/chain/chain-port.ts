import type { ChainControlPort } from '../api/methods/development.js'
import type { AccountsPort } from '../api/ports/accounts.js'
import type { ChainPort } from '../api/ports/chain.js'
import type { PendingPort } from '../api/ports/pending.js'
import type { Block } from '../ledger/block.js'
import { tipsOf } from '../ledger/fork-choice.js'
import { BlockCache } from './block-cache.js'
import type { Blockchain } from './blockchain.js'
import type { Pending } from './pending.js'

/** Of canonical JSON: two of the largest blocks. */
const CACHED_BYTES = 8_000_000

/** The chain as the method table's operations reach it. */
export function chainPort(blockchain: Blockchain): ChainPort {
  const { index } = blockchain
  const cache = new BlockCache(CACHED_BYTES)
  const activeHash = (height: number): string | undefined => index.activeHash(height)
  return {
    tip: () => blockchain.tip(),
    entry: (hash) => index.entry(hash),
    activeHash,
    block: async (hash) => {
      const cached = cache.get(hash)
      if (cached) return cached
      const block = await blockchain.block(hash)
      if (block) cache.put(block)
      return block
    },
    blocks: (from, to) => blocksInARow(blockchain, from, to),
    tips: () => {
      const tip = index.tipHash()
      return tipsOf(index, tip === undefined ? undefined : index.entry(tip), activeHash)
    },
    spentIn: (hash) => index.undoOf(hash)?.spent,
    isUnspent: (outpoint) => index.utxo(outpoint) !== undefined,
    locate: (id) => index.place(id),
    submit: (block) => blockchain.submit(block),
  }
}

/** Ends where a reorg put a block of another branch. */
async function* blocksInARow({ archive }: Blockchain, from: number, to: number): AsyncGenerator<Block> {
  let last: string | undefined
  for await (const block of archive.readMany(from, to)) {
    if (last !== undefined && block.header.previousHash !== last) return
    last = block.header.hash
    yield block
  }
}

export function pendingPort(pending: Pending): PendingPort {
  return {
    get size() {
      return pending.pool.size
    },
    get bytes() {
      return pending.pool.bytes
    },
    get: (id) => pending.get(id),
    after: (sequence) => pending.pool.after(sequence),
    touching: (address) => pending.pool.touching(address),
    spenderOf: (outpoint) => pending.pool.spenderOf(outpoint),
    submit: (transaction) => pending.submit(transaction),
    submitMany: (transactions) => pending.submitMany(transactions),
  }
}

export function accountsPort(blockchain: Blockchain): AccountsPort {
  const { index } = blockchain
  return {
    coinbaseMaturity: () => blockchain.chain.settings.coinbaseMaturity,
    count: () => index.totals().addresses,
    totals: (address) => index.addressTotals(address),
    coinsOf: (address, after, limit) => index.coinsOf(address, after, limit),
    coinsOfTransaction: (address, id) => index.coinsOfTransaction(address, id),
    historyOf: (address, before, limit) => index.historyOf(address, before, limit),
    richest: (limit, after) => index.richest(limit, after),
  }
}

export function chainControlPort(blockchain: Blockchain): ChainControlPort {
  return {
    invalidate: (hash) => blockchain.invalidate(hash),
    reconsider: (hash) => blockchain.reconsider(hash),
  }
}
