import { assert } from '../base/errors.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import { isBranchWorth } from '../ledger/fork-choice.js'
import { growTree, type TreeEntry } from '../ledger/header-tree.js'
import { invalidate, reconsider } from '../ledger/invalidate.js'
import type { ConsensusSettings } from '../ledger/settings.js'
import { BlockChecks, type BlockChecksOptions } from './block-checks.js'
import { BranchChoice } from './branch-choice.js'
import { ChainEvents } from './chain-events.js'
import { ChainView, type ChainViewOptions } from './chain-view.js'
import { type BlockVerdict, Intake } from './intake.js'
import { Steps, type StepsOptions } from './steps.js'
import { Turns } from './turns.js'

export type { VerifyAll } from './verify-all.js'

export interface BlockchainOptions extends ChainViewOptions, BlockChecksOptions, StepsOptions {}

/**
 * The chain of one node: the rules of the ledger with files and index around them. Blocks go in one at a time. After a
 * kill at any moment the next start brings files and index into step (`restore.ts`).
 */
export class Blockchain extends ChainView {
  readonly events = new ChainEvents()
  readonly steps: Steps
  readonly #maxBranchDepth: number
  readonly #turns = new Turns()
  readonly #checks: BlockChecks
  readonly #branches: BranchChoice
  readonly #intake: Intake

  constructor(options: BlockchainOptions) {
    super(options)
    this.#maxBranchDepth = options.maxBranchDepth
    const { events } = this
    const steps = new Steps(options)
    const checks = new BlockChecks(this, options)
    const branches = new BranchChoice(this, steps, events)
    this.steps = steps
    this.#checks = checks
    this.#branches = branches
    this.#intake = new Intake({ view: this, steps, events, checks, branches })
  }

  /** Whether a branch of this work, all its headers together, is worth keeping (FORK-3). */
  isEnoughWork(work: bigint): boolean {
    return isBranchWorth(work, this.tipEntry(), this.#maxBranchDepth)
  }

  /** Runs `job` while no block goes in or out. */
  alone<T>(job: () => Promise<T> | T): Promise<T> {
    return this.#turns.take(job)
  }

  /** Takes other settings, which makes another chain; only before block 0. */
  refound(settings: ConsensusSettings): Promise<void> {
    return this.alone(() => this.refoundAlone(settings))
  }

  /** {@link refound} for callers whose turn it is ({@link alone}). */
  refoundAlone(settings: ConsensusSettings): void {
    assert(this.index.tipHash() === undefined, 'a chain with blocks cannot be founded anew')
    this.found(settings)
    this.index.clear(this.chain.id)
  }

  /** Takes a block in. @throws {RuleError} when it breaks a rule; then nothing of it is kept. */
  submit(block: Block): Promise<BlockVerdict> {
    return this.alone(() => this.acceptAlone(block))
  }

  /** {@link submit} for callers whose turn it is ({@link alone}). */
  acceptAlone(block: Block): Promise<BlockVerdict> {
    return this.#intake.accept(block)
  }

  /**
   * Takes in blocks that follow each other, from one source: as one group of files where they extend the tip. Returns how
   * many were new. @throws {RuleError} when one breaks a rule; of those before it some or all are kept.
   */
  submitMany(blocks: readonly Block[]): Promise<number> {
    return this.alone(() => this.#intake.acceptMany(blocks))
  }

  /**
   * Checks blocks before their turn, as far as that goes without the state, one after another while others have theirs:
   * signatures are verified while earlier blocks are written. The outcome shows when they are submitted.
   */
  lookAhead(blocks: readonly Block[]): void {
    this.#checks.lookAhead(blocks)
  }

  /**
   * Takes in headers that follow each other and a known one, bodies to come later. Returns how many were new.
   * @throws {RuleError} of the first, when it breaks a rule; later ones end the list in silence.
   */
  submitHeaders(headers: readonly BlockHeader[]): Promise<number> {
    return this.alone(() => {
      const fresh = headers.filter((header) => !this.index.entry(header.hash))
      if (fresh.length === 0) return 0
      const checked = this.#checks.headers(fresh)
      this.index.write(() => {
        for (const header of checked) this.index.grow(growTree(this.index, header, this.index.nextSequence()))
      })
      return checked.length
    })
  }

  /** Puts a block and all that follow it aside, as if it broke a rule, and takes the best branch that is left. */
  invalidate(hash: string): Promise<void> {
    return this.#changeVerdicts(() => invalidate(this.index, hash))
  }

  /** Gives a block that was put aside, and all around it, another chance. */
  reconsider(hash: string): Promise<void> {
    return this.#changeVerdicts(() => reconsider(this.index, hash))
  }

  #changeVerdicts(change: () => readonly TreeEntry[]): Promise<void> {
    return this.alone(async () => {
      this.index.write(() => {
        for (const entry of change()) this.index.putEntry(entry)
      })
      await this.#branches.takeBest()
    })
  }

  /** Moves the chain to the branch with the most work. Only for callers whose turn it is ({@link alone}). */
  takeBestBranch(): Promise<void> {
    return this.#branches.takeBest()
  }
}
