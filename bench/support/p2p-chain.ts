import { bsv } from '../../src/p2p/networks/bsv.js'
import { bodyForBlock } from '../../test/p2p/kit/synthetic-body.js'
import { TestChain } from '../../test/p2p/kit/test-chain.js'

/** A chain of regtest, the same wherever it is made: so many blocks of that size, or of a coinbase alone. */
export interface ChainInput {
  readonly blocks: number
  readonly blockBytes?: number
}

const TX_BYTES = 65_748

export function p2pChain({ blocks, blockBytes }: ChainInput): TestChain {
  if (blockBytes === undefined) return TestChain.mine(bsv.regtest, blocks)
  const chain = TestChain.mine(bsv.regtest, 0)
  const body = bodyForBlock(blockBytes, TX_BYTES)
  for (let i = 0; i < blocks; i++) chain.mineBody(body)
  return chain
}
