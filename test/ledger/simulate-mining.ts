import { sealHeader } from '../../src/ledger/header.js'
import type { BlockHeader } from '../../src/ledger/block.js'
import type { Chain } from '../../src/ledger/chain.js'
import type { Branch } from '../../src/ledger/check-header-in-branch.js'
import { asertTarget, compactToTarget, targetToCompact, workOfTarget } from '../../src/ledger/difficulty.js'
import { branchAfter } from '../../src/ledger/header-tree.js'

/** How the target of the next block is found. */
export type Rule = (chain: Chain, branch: Branch | undefined) => number

/** A stretch of time with miners of one strength; none at all where it is 0. */
export interface Phase {
  readonly seconds: number
  readonly hashesPerSecond: number
}

export interface Mined {
  readonly timestamp: number
  /** Hashes the block stands for on average. */
  readonly work: number
}

/** The form that was not taken: the target follows from how far the whole chain is behind a schedule. */
export const byPlan: Rule = ({ settings, powLimit }, branch) => {
  if (!branch) return settings.powLimitBits
  const { height, timestamp } = branch.parent
  const paceMs = settings.blockTime * 1000
  const behindMs = timestamp - settings.genesisTime - paceMs * (height + 1)
  const target = asertTarget(powLimit, BigInt(behindMs), BigInt(settings.halfLifeBlocks * paceMs))
  return targetToCompact(target > powLimit ? powLimit : target)
}

/** Blocks as honest miners would find them; the same for the same seed. One list for each phase. */
export function simulateMining(
  chain: Chain,
  rule: Rule,
  phases: readonly Phase[],
  seed: number,
): readonly (readonly Mined[])[] {
  const random = randomOf(seed)
  let nowMs = chain.settings.genesisTime
  let branch: Branch | undefined
  return phases.map(({ seconds, hashesPerSecond }) => {
    const endMs = nowMs + seconds * 1000
    const mined: Mined[] = []
    for (;;) {
      const bits = rule(chain, branch)
      const work = Number(workOfTarget(compactToTarget(bits) ?? 1n))
      nowMs += (-Math.log(random()) * work * 1000) / hashesPerSecond
      if (nowMs >= endMs) break
      mined.push({ timestamp: Math.floor(nowMs), work })
      branch = branchAfter(branch, headerOf(chain, branch?.parent, Math.floor(nowMs), bits))
    }
    // Finding has no memory, so that the search can start anew where the next phase begins.
    nowMs = endMs
    return mined
  })
}

function headerOf(
  chain: Chain,
  parent: BlockHeader | undefined,
  timestamp: number,
  bits: number,
): BlockHeader {
  return sealHeader({
    version: 1,
    height: parent ? parent.height + 1 : 0,
    previousHash: parent?.hash ?? chain.id,
    merkleRoot: '00'.repeat(32),
    transactionCount: 1,
    timestamp,
    bits,
    nonce: '00'.repeat(8),
  })
}

/** Numbers above 0, up to 1 (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 1) / 2 ** 32
  }
}
