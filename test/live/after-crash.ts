import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { chainOf } from '../../src/ledger/chain.js'
import { ChainIndex } from '../../src/store/index/chain-index.js'
import { openTestChain, removeFolder, TestClock } from '../support/chain.js'
import { indexDigest } from '../support/index-digest.js'
import { memoryFolder } from '../support/memory-folder.js'
import { verifyBlocks } from '../support/verify-blocks.js'
import { LIVE_SETTINGS } from './branches.js'

/** An index as a process left it. */
export interface Left {
  readonly height: number
  readonly isBeingRebuilt: boolean
}

/** What the next start finds. */
export interface Found {
  readonly height: number
  /** How the index lay there before that start. */
  readonly before: Left
  /** Whether a transaction is in the chain or waits for a block. */
  has(id: string): boolean
  isConfirmed(id: string): boolean
}

/**
 * What the next start makes of the folder of a process that is gone, seen on a copy of it. Fails unless every block
 * keeps every rule and the index says what one built from nothing but the block files says.
 */
export async function afterCrash(folder: string): Promise<Found> {
  const copy = await memoryFolder()
  try {
    await cp(folder, copy, { recursive: true })
    const clock = new TestClock()
    clock.nowMs = Date.now()
    const before = await leftIn(copy)
    const chain = await openTestChain(copy, clock, { settings: LIVE_SETTINGS })
    const { blockchain, pending } = chain
    const { index } = blockchain
    try {
      expect(indexDigest(index)).toEqual(await verifyBlocks(copy, LIVE_SETTINGS, clock.nowMs))
      const confirmed = new Set(
        [...index.contents()].flatMap(({ table, key }) => (table === 'transactions' ? [key] : [])),
      )
      const waiting = new Set([...pending.pool.pending()].map(({ transaction }) => transaction.id))
      return {
        height: blockchain.height(),
        before,
        has: (id) => confirmed.has(id) || waiting.has(id),
        isConfirmed: (id) => confirmed.has(id),
      }
    } finally {
      await chain.close()
    }
  } finally {
    await removeFolder(copy)
  }
}

async function leftIn(folder: string): Promise<Left> {
  const index = ChainIndex.open(join(folder, 'index'), chainOf(LIVE_SETTINGS).id)
  const { isBeingRebuilt } = index
  const height = index.entry(index.tipHash() ?? '')?.header.height ?? -1
  await index.close()
  return { height, isBeingRebuilt }
}
