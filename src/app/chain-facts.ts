import type { ChainFacts } from '../rest/pages/home-page.js'
import type { ChainActivities } from './chain-activities.js'
import type { ClientChain } from './client-chain.js'

const LISTED_BLOCKS = 10

/** What the page at the root of a node shows of its chain. */
export function chainFacts(
  { blockchain }: ClientChain,
  { miner }: ChainActivities,
  nowMs: number,
): ChainFacts {
  const { index } = blockchain
  const first = Math.max(0, blockchain.height() - LISTED_BLOCKS + 1)
  const heights = Array.from({ length: blockchain.height() + 1 - first }, (_, at) => first + at).reverse()
  return {
    blocks: heights.flatMap((height) => {
      const hash = index.activeHash(height)
      return (hash === undefined ? undefined : index.entry(hash)?.header) ?? []
    }),
    mining: {
      mode: miner.settings.mode,
      interval: miner.intervalMs / 1000,
      blocks_mined: miner.blocksMined,
    },
    nowMs,
  }
}
