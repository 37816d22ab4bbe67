import type { BlockHeader } from './block.js'
import type { Chain } from './chain.js'
import { nextBits } from './retarget.js'
import { ensure } from './shape.js'
import { medianTimePast } from './timestamps.js'

/** What a header is to follow. */
export interface Branch {
  readonly parent: BlockHeader
  /** Of the last headers up to the parent: the last `MEDIAN_SPAN`, or all where there are fewer. */
  readonly timestamps: readonly number[]
}

/**
 * Throws unless a well-formed header may follow `branch` (undefined for block 0) at the time `nowMs` of this node's
 * clock. Of all rules only HDR-19 may be kept later by a header that breaks it now. @throws {RuleError}
 */
export function checkHeaderInBranch(
  header: BlockHeader,
  branch: Branch | undefined,
  chain: Chain,
  nowMs: number,
): void {
  const { parent, timestamps } = branch ?? {}
  ensure(
    header.height === (parent ? parent.height + 1 : 0),
    'HDR-16',
    'the height is not one above the parent',
  )
  ensure(
    !parent || header.previousHash === parent.hash,
    'HDR-16',
    'previous_hash is not the hash of the parent',
  )
  ensure(
    !timestamps || header.timestamp > medianTimePast(timestamps),
    'HDR-17',
    'not later than the median time past',
  )
  ensure(
    header.bits === nextBits(chain, branch),
    'HDR-18',
    'bits is not the target that the pace of the branch asks for',
  )
  const latest = nowMs + chain.settings.maxFutureMs
  ensure(header.timestamp <= latest, 'HDR-19', 'the timestamp lies too far ahead of the clock')
}
