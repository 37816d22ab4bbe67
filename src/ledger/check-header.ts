import { assert } from '../base/errors.js'
import type { BlockHeader } from './block.js'
import type { Chain } from './chain.js'
import { compactToTarget } from './difficulty.js'
import { ensure } from './shape.js'

/**
 * Throws unless the header is well-formed: all that can be told without its parent. Cheap, and meant to come before
 * anything is stored or passed on. @throws {RuleError}
 */
export function checkHeader(header: BlockHeader, chain: Chain): void {
  const target = compactToTarget(header.bits)
  assert(target !== undefined, 'a decoded header has canonical bits')
  ensure(target <= chain.powLimit, 'HDR-12', 'the target is easier than the pow limit')
  ensure(BigInt(`0x${header.hash}`) <= target, 'HDR-13', 'the hash does not meet the target')
  if (header.height > 0) return
  ensure(
    header.previousHash === chain.id,
    'HDR-14',
    'block 0 does not name the chain id as its previous hash',
  )
  ensure(header.timestamp >= chain.settings.genesisTime, 'HDR-15', 'block 0 is older than genesis_time')
}
