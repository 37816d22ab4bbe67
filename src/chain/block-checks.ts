import { assert } from '../base/errors.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import { checkBlockInSteps } from '../ledger/check-block.js'
import { type Branch, checkHeaderInBranch } from '../ledger/check-header-in-branch.js'
import { checkHeader } from '../ledger/check-header.js'
import { checkBranchWork } from '../ledger/fork-choice.js'
import { branchAfter, branchBelow, requireEntry, workOf } from '../ledger/header-tree.js'
import { RuleError } from '../ledger/rule-error.js'
import { blockSignatureChecks } from '../ledger/signature-checks.js'
import { inSlices } from '../time/in-slices.js'
import type { ChainView } from './chain-view.js'
import type { Endorsements } from './endorsements.js'
import type { VerifyAll } from './verify-all.js'

export interface BlockChecksOptions {
  readonly verify: VerifyAll
  readonly endorsements: Endorsements
  /** Blocks of the tip's own target that a branch may lie behind to be kept. */
  readonly maxBranchDepth: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Judges headers and blocks by every rule that needs no state. Changes nothing. */
export class BlockChecks {
  readonly #view: ChainView
  readonly #options: BlockChecksOptions
  readonly #ahead = new WeakMap<Block, Promise<void>>()

  constructor(view: ChainView, options: BlockChecksOptions) {
    this.#view = view
    this.#options = options
  }

  /**
   * Checks blocks before their turn, as far as that goes without the state, one after another while others have theirs:
   * signatures are verified while earlier blocks are written. The outcome shows when they are submitted.
   */
  lookAhead(blocks: readonly Block[]): void {
    let last: Promise<unknown> = Promise.resolve()
    for (const block of blocks) {
      const checked = last.then(() => new Promise(setImmediate)).then(() => this.#contentNow(block))
      last = checked.catch(() => undefined)
      this.#ahead.set(block, checked)
    }
  }

  /** The headers up to the first that is wrong. @throws {RuleError} when that is the first of all. */
  headers(headers: readonly BlockHeader[]): readonly BlockHeader[] {
    const { chain, index } = this.#view
    const [first] = headers
    assert(first, 'there is a header to check')
    const nowMs = this.#options.now()
    const checked: BlockHeader[] = []
    let branch = branchBelow(index, first)
    let work = branch ? requireEntry(index, branch.parent.hash).work : 0n
    try {
      for (const header of headers) {
        checkHeader(header, chain)
        checkHeaderInBranch(header, branch, chain, nowMs)
        branch = branchAfter(branch, header)
        work += workOf(header)
        checked.push(header)
      }
    } catch (error) {
      if (!(error instanceof RuleError) || checked.length === 0) throw error
    }
    checkBranchWork(work, this.#view.tipEntry(), this.#options.maxBranchDepth)
    return checked
  }

  /** Everything but the state: the header in its branch, the body, the signatures. */
  async block(block: Block): Promise<Branch | undefined> {
    const { index } = this.#view
    const { header } = block
    const branch = branchBelow(index, header)
    if (branch && !requireEntry(index, branch.parent.hash).hasBody) {
      throw new RuleError('FORK-1', 'the parent block is not held')
    }
    // A known header was judged when it came, with all of its branch at hand: alone it may look like too little work.
    if (!index.entry(header.hash)) this.headers([header])
    await this.content(block)
    return branch
  }

  /** What can be told of a block without the state, unless that was done ahead. @throws {RuleError} */
  content(block: Block): Promise<void> {
    return this.#ahead.get(block) ?? this.#contentNow(block)
  }

  async #contentNow(block: Block): Promise<void> {
    await inSlices(checkBlockInSteps(block, this.#view.chain))
    const { verify, endorsements } = this.#options
    await Promise.all([verify(blockSignatureChecks(block)), endorsements.prepare(block.transactions)])
  }
}
