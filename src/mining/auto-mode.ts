import { Bell } from './bell.js'
import type { ModeContext, RunMode } from './mode.js'

/** A block shortly after a transaction arrives; without transactions only those that make the first coins spendable. */
export const autoMode: RunMode = async (context, signal) => {
  const { maker, blockchain, pool, rewardAddress, gatherMs, sleep } = context
  const bell = new Bell()
  // The tip, too: a reorg gives transactions back, and a full block leaves some behind.
  blockchain.events.on('pending', bell.ring).on('tip', bell.ring)
  try {
    await mineFirstCoins(context, signal)
    bell.ring()
    while (!signal.aborted) {
      await bell.rung(signal)
      bell.silence()
      if (pool().size === 0) continue
      await sleep(gatherMs, signal)
      bell.silence()
      await maker.mine({ rewardAddress, allowEmpty: false }, signal)
    }
  } finally {
    blockchain.events.off('pending', bell.ring).off('tip', bell.ring)
  }
}

/** Until the coinbase of block 0 may be spent there is nothing anybody could send. */
async function mineFirstCoins(
  { maker, blockchain, rewardAddress }: ModeContext,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted && blockchain.height() < blockchain.chain.settings.coinbaseMaturity) {
    await maker.mine({ rewardAddress, allowEmpty: true }, signal)
  }
}
