import { assert } from '../base/errors.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import { isBranchWorth } from '../ledger/fork-choice.js'
import { growAside, growTree, requireEntry, type TreeEntry } from '../ledger/header-tree.js'
import { invalidate, reconsider } from '../ledger/invalidate.js'
import type { ConsensusSettings } from '../ledger/settings.js'
import { BlockChecks, type BlockChecksOptions } from './block-checks.js'
import { BranchChoice } from './branch-choice.js'
import { ChainEvents } from './chain-events.js'
import { ChainView, type ChainViewOptions } from './chain-view.js'
import type { Endorsements } from './endorsements.js'
import { type BlockVerdict, Intake } from './intake.js'
import type { PutAside } from './put-aside.js'
import { Steps, type StepsOptions } from './steps.js'
import { Turns } from './turns.js'

export type { VerifyAll } from './verify-all.js'

export interface BlockchainOptions extends ChainViewOptions, BlockChecksOptions, StepsOptions {
  /** What the operator put aside. */
  readonly putAside: PutAside
}

/**
 * The chain of one node: the rules of the ledger with files and index around them. Blocks go in one at a time. After a
 * kill at any moment the next start brings files and index into step (`restore.ts`).
 */
export class Blockchain extends ChainView {
  readonly events = new ChainEvents()
  readonly steps: Steps
  readonly putAside: PutAside
  readonly endorsements: Endorsements
  readonly #maxBranchDepth: number
  readonly #turns = new Turns()
  readonly #checks: BlockChecks
  readonly #branches: BranchChoice
  readonly #intake: Intake

  constructor(options: BlockchainOptions) {
    super(options)
    this.#maxBranchDepth = options.maxBranchDepth
    this.putAside = options.putAside
    this.endorsements = options.endorsements
    const { events, putAside } = this
    const steps = new Steps(options)
    const checks = new BlockChecks(this, options)
    const branches = new BranchChoice(this, steps, events)
    this.steps = steps
    this.#checks = checks
    this.#branches = branches
    this.#intake = new Intake({ view: this, steps, events, checks, branches, putAside, turns: this.#turns })
  }

  /** Whether a branch of this work, all its headers together, is worth keeping (FORK-3). */
  isEnoughWork(work: bigint): boolean {
    return isBranchWorth(work, this.tipEntry(), this.#maxBranchDepth)
  }

  /** Runs `job` while no block goes in or out. */
  alone<T>(job: () => Promise<T> | T): Promise<T> {
    return this.#turns.take(job)
  }

  /**
   * Whether chain and pool are whole at this very moment: no block goes in or out, or one waits for its file, before which
   * nothing has changed.
   */
  get isWhole(): boolean {
    return this.#turns.isFree
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
   * Holds a block that is put aside, or follows one that is, where it stays beside the chain until it is reconsidered. Only
   * for callers whose turn it is ({@link alone}). @throws {RuleError} when it breaks a rule that needs no state
   */
  keepAsideAlone(block: Block): Promise<void> {
    return this.#intake.keepAside(block)
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
   * @throws {RuleError} of the first, when it breaks a rule; later ones end the list in silence, and so does one that is
   * put aside.
   */
  submitHeaders(headers: readonly BlockHeader[]): Promise<number> {
    return this.alone(() => {
      const fresh = headers.filter((header) => !this.index.entry(header.hash))
      if (fresh.length === 0) return 0
      const checked = this.#checks.headers(fresh)
      const aside = checked.findIndex(({ hash }) => this.putAside.has(hash))
      const taken = aside === -1 ? checked : checked.slice(0, aside + 1)
      this.index.write(() => {
        for (const header of taken) this.#growBy(header)
      })
      return taken.length
    })
  }

  /**
   * Puts a block and all that follow it aside, as if it broke a rule, and takes the best branch that is left. It stays so,
   * whatever becomes of the index, until it is reconsidered.
   */
  invalidate(hash: string): Promise<void> {
    return this.alone(async () => {
      requireEntry(this.index, hash)
      await this.putAside.add(hash)
      this.#put(invalidate(this.index, hash))
      await this.#branches.takeBest()
    })
  }

  /** Gives a block that was put aside, and all around it, another chance. */
  reconsider(hash: string): Promise<void> {
    return this.alone(async () => {
      const changed = reconsider(this.index, hash)
      await this.putAside.remove(changed.filter(({ invalid }) => !invalid).map(({ header }) => header.hash))
      this.#put(changed)
      await this.#branches.takeBest()
    })
  }

  /** Marks what is put aside in an index that may have been lost since. Only for callers whose turn it is ({@link alone}). */
  markAsideAlone(): void {
    for (const hash of this.putAside) if (this.index.entry(hash)) this.#put(invalidate(this.index, hash))
  }

  #put(entries: readonly TreeEntry[]): void {
    this.index.write(() => {
      for (const entry of entries) this.index.putEntry(entry)
    })
  }

  #growBy(header: BlockHeader): void {
    const { index } = this
    const sequence = index.nextSequence()
    const isAside = this.putAside.has(header.hash)
    index.grow(isAside ? growAside(index, header, sequence, 'itself') : growTree(index, header, sequence))
  }

  /** Moves the chain to the branch with the most work. Only for callers whose turn it is ({@link alone}). */
  takeBestBranch(): Promise<void> {
    return this.#branches.takeBest()
  }
}
