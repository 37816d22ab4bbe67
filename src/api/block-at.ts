import type { Block, BlockHeader } from '../ledger/block.js'
import { fail } from './errors.js'
import type { ChainPort } from './ports/chain.js'
import type { Bid } from './schemas/common.js'

type Reader = Pick<ChainPort, 'tip' | 'entry' | 'activeHash' | 'block'>

/** The header that a bid names. @throws {ApiError} BLOCK_NOT_FOUND */
export function headerAt(chain: Omit<Reader, 'block'>, bid: Bid): BlockHeader {
  const hash = hashOf(chain, bid)
  const header = hash === undefined ? undefined : chain.entry(hash)?.header
  return header ?? notFound(chain, bid)
}

/** The block that a bid names, of any branch. @throws {ApiError} BLOCK_NOT_FOUND */
export async function blockAt(chain: Reader, bid: Bid): Promise<Block> {
  const { hash } = headerAt(chain, bid)
  const block = await chain.block(hash)
  return block ?? fail('BLOCK_NOT_FOUND', 'of this block only the header is known', { bid })
}

function hashOf(chain: Pick<Reader, 'tip' | 'activeHash'>, bid: Bid): string | undefined {
  if (bid === 'last') return chain.tip()?.hash
  return typeof bid === 'number' ? chain.activeHash(bid) : bid
}

function notFound(chain: Pick<Reader, 'tip'>, bid: Bid): never {
  const height = chain.tip()?.height ?? -1
  const message = height < 0 ? 'the chain has no block yet' : `the chain ends at height ${height}`
  return fail('BLOCK_NOT_FOUND', message, { bid, height })
}
