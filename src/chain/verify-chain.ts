import type { Block } from '../ledger/block.js'
import { checkBlock } from '../ledger/check-block.js'
import { checkHeaderInBranch } from '../ledger/check-header-in-branch.js'
import type { Chain } from '../ledger/chain.js'
import { branchAfter } from '../ledger/header-tree.js'
import { RuleError } from '../ledger/rule-error.js'
import { blockSignatureChecks } from '../ledger/signature-checks.js'
import type { Steps } from './steps.js'
import type { VerifyAll } from './verify-all.js'

export interface VerifyChainOptions {
  /** From block 0 up. */
  readonly blocks: AsyncIterable<Block>
  /** Over an index that is empty and thrown away afterwards. */
  readonly steps: Pick<Steps, 'connect' | 'effects' | 'prepare'>
  readonly chain: Chain
  readonly verify: VerifyAll
  /** First height whose signatures are verified; the state below is built all the same. */
  readonly from: number
  /** Milliseconds since 1970. */
  readonly nowMs: number
  readonly onProgress: (height: number) => void
}

/** What was found right. */
export interface VerifyReport {
  readonly blocks: number
  readonly transactions: number
}

/** A block of a folder breaks a rule. */
export class ChainFault extends Error {
  override readonly name = 'ChainFault'
  readonly height: number
  readonly rule: string

  constructor(height: number, error: RuleError) {
    super(`block ${height} breaks rule ${error.rule}: ${error.message}`, { cause: error })
    this.height = height
    this.rule = error.rule
  }
}

/** Checks a folder's chain against every rule, from block 0 up. @throws {ChainFault} at the first block that breaks one */
export async function verifyChain(options: VerifyChainOptions): Promise<VerifyReport> {
  const { blocks, chain, steps, from, nowMs, verify, onProgress } = options
  let branch: ReturnType<typeof branchAfter> | undefined
  let height = 0
  const report = { blocks: 0, transactions: 0 }
  for await (const block of blocks) {
    try {
      checkBlock(block, chain)
      checkHeaderInBranch(block.header, branch, chain, nowMs)
      if (height >= from) await verify(blockSignatureChecks(block))
      await steps.prepare(block)
      steps.connect(block, steps.effects(block, branch, chain))
    } catch (error) {
      if (error instanceof RuleError) throw new ChainFault(height, error)
      throw error
    }
    branch = branchAfter(branch, block.header)
    if (height >= from) {
      report.blocks++
      report.transactions += block.transactions.length
    }
    onProgress(height++)
  }
  return report
}
