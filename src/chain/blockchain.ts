import { assert } from '../base/errors.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import { type Chain, chainOf } from '../ledger/chain.js'
import { checkBlock } from '../ledger/check-block.js'
import { type Branch, checkHeaderInBranch } from '../ledger/check-header-in-branch.js'
import { checkHeader } from '../ledger/check-header.js'
import { condemnsHeader } from '../ledger/condemns-header.js'
import { type BlockEffects, connectBlock } from '../ledger/connect-block.js'
import { bestBlock, checkBranchWork, reorgPath } from '../ledger/fork-choice.js'
import { acceptBody, branchAfter, branchAt, branchBelow, growTree, requireEntry, workOf } from '../ledger/header-tree.js'
import { invalidate, reconsider } from '../ledger/invalidate.js'
import type { EndorsementPolicy } from '../ledger/judge-call.js'
import { RuleError } from '../ledger/rule-error.js'
import type { ConsensusSettings } from '../ledger/settings.js'
import { blockSignatureChecks, type SignatureCheck } from '../ledger/signature-checks.js'
import { medianTimePast } from '../ledger/timestamps.js'
import type { Transaction } from '../ledger/transaction.js'
import { disconnectBlock } from '../ledger/undo.js'
import { coinsOf } from '../ledger/utxo.js'
import type { ChainIndex } from '../store/index/chain-index.js'
import type { BlockArchive } from './block-archive.js'
import { ChainEvents } from './chain-events.js'
import { Turns } from './turns.js'

/** Verifies signatures, wherever it likes. Rejects with RuleError TX-22 when one is wrong. */
export type VerifyAll = (checks: readonly SignatureCheck[]) => Promise<void>

export interface BlockchainOptions {
  readonly settings: ConsensusSettings
  readonly archive: BlockArchive
  readonly index: ChainIndex
  readonly verify: VerifyAll
  readonly endorsementPolicy: EndorsementPolicy
  /** Blocks of the tip's own target that a branch may lie behind to be kept. */
  readonly maxBranchDepth: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** What became of a block: on the tip (perhaps after a reorg), kept beside the chain, or held already. */
export type BlockVerdict = 'connected' | 'side' | 'known'

/**
 * The chain of one node: the rules of the ledger with files and index around them. Blocks go in one at a time; whatever
 * a kill leaves behind, the next start finds the files and the index in step, or brings them there.
 */
export class Blockchain {
  readonly events = new ChainEvents()
  readonly #options: BlockchainOptions
  readonly #turns = new Turns()
  #chain: Chain

  constructor(options: BlockchainOptions) {
    this.#options = options
    this.#chain = chainOf(options.settings)
  }

  /** The settings and what follows from them. */
  get chain(): Chain {
    return this.#chain
  }

  get index(): ChainIndex {
    return this.#options.index
  }

  get archive(): BlockArchive {
    return this.#options.archive
  }

  /** The last block's header; undefined before block 0. */
  tip(): BlockHeader | undefined {
    const hash = this.index.tipHash()
    return hash === undefined ? undefined : requireEntry(this.index, hash).header
  }

  /** -1 before block 0. */
  height(): number {
    return this.tip()?.height ?? -1
  }

  /** The branch that the next block follows; undefined before block 0. */
  branch(): Branch | undefined {
    const tip = this.tip()
    return tip && branchAt(this.index, tip)
  }

  /** Of the branch the next block follows, in ms since 1970. */
  medianTimePast(): number {
    return medianTimeBelow(this.branch(), this.#chain)
  }

  /** A block the node holds, of any branch. */
  async block(hash: string): Promise<Block | undefined> {
    const entry = this.index.entry(hash)
    if (!entry?.hasBody) return undefined
    const { height } = entry.header
    const isActive = this.index.activeHash(height) === hash
    const first = isActive ? await this.archive.read(height) : await this.archive.readSide(hash)
    if (first?.header.hash === hash) return first
    // It may have changed places while it was read.
    const second = isActive ? await this.archive.readSide(hash) : await this.archive.read(height)
    return second?.header.hash === hash ? second : undefined
  }

  /** The chain's block at a height. */
  async blockAt(height: number): Promise<Block | undefined> {
    const hash = this.index.activeHash(height)
    return hash === undefined ? undefined : this.block(hash)
  }

  /** Runs `job` while no block goes in or out. */
  alone<T>(job: () => Promise<T> | T): Promise<T> {
    return this.#turns.take(job)
  }

  /** Takes other settings, which makes another chain; only before block 0. */
  refound(settings: ConsensusSettings): Promise<void> {
    return this.alone(() => {
      assert(this.index.tipHash() === undefined, 'a chain with blocks cannot be founded anew')
      this.#chain = chainOf(settings)
      this.index.clear(this.#chain.id)
    })
  }

  /** Takes a block in. @throws {RuleError} when it breaks a rule; then nothing of it is kept. */
  submit(block: Block): Promise<BlockVerdict> {
    return this.alone(() => this.#accept(block))
  }

  /**
   * Takes in blocks that follow each other, from one source: as one group of files where they extend the tip. Returns how
   * many were new. @throws {RuleError} of the first that breaks a rule; those before it are kept.
   */
  submitMany(blocks: readonly Block[]): Promise<number> {
    return this.alone(async () => {
      const fresh = blocks.filter((block) => !this.index.entry(block.header.hash)?.hasBody)
      const [first] = fresh
      if (!first) return 0
      if (this.#extendsTip(first) && fresh.length > 1) await this.#extendMany(fresh)
      else for (const block of fresh) await this.#accept(block)
      return fresh.length
    })
  }

  /**
   * Takes in headers that follow each other and a known one, bodies to come later. Returns how many were new.
   * @throws {RuleError} of the first that breaks a rule; those before it are kept.
   */
  submitHeaders(headers: readonly BlockHeader[]): Promise<number> {
    return this.alone(() => {
      const fresh = headers.filter((header) => !this.index.entry(header.hash))
      const [first] = fresh
      if (!first) return 0
      const checked = this.#checkHeaders(fresh, first)
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

  #changeVerdicts(change: () => ReturnType<typeof invalidate>): Promise<void> {
    return this.alone(async () => {
      this.index.write(() => {
        for (const entry of change()) this.index.putEntry(entry)
      })
      await this.#takeBestBranch()
    })
  }

  #extendsTip({ header }: Block): boolean {
    const tip = this.index.tipHash()
    return tip === undefined ? header.height === 0 : header.previousHash === tip
  }

  /** All headers up to the first that is wrong; throws its error when that is the first of all. */
  #checkHeaders(headers: readonly BlockHeader[], first: BlockHeader): readonly BlockHeader[] {
    const nowMs = this.#options.now()
    const checked: BlockHeader[] = []
    let branch = branchBelow(this.index, first)
    let work = branch ? requireEntry(this.index, branch.parent.hash).work : 0n
    try {
      for (const header of headers) {
        checkHeader(header, this.#chain)
        checkHeaderInBranch(header, branch, this.#chain, nowMs)
        branch = branchAfter(branch, header)
        work += workOf(header)
        checked.push(header)
      }
    } catch (error) {
      if (!(error instanceof RuleError) || checked.length === 0) throw error
    }
    checkBranchWork(work, this.#tipEntry(), this.#options.maxBranchDepth)
    return checked
  }

  #tipEntry() {
    const hash = this.index.tipHash()
    return hash === undefined ? undefined : requireEntry(this.index, hash)
  }

  async #accept(block: Block): Promise<BlockVerdict> {
    const { header } = block
    const known = this.index.entry(header.hash)
    if (known?.invalid) throw new RuleError('FORK-2', 'the block, or one below it, is invalid')
    if (known?.hasBody) return 'known'
    const branch = await this.#check(block)
    if (this.#extendsTip(block)) {
      await this.#extend(block, branch)
      this.events.emit('tip', header)
      return 'connected'
    }
    return this.#keepBeside(block)
  }

  /** Everything but the state: the header in its branch, the body, the signatures. */
  async #check(block: Block): Promise<Branch | undefined> {
    const { header } = block
    const branch = branchBelow(this.index, header)
    if (branch && !requireEntry(this.index, branch.parent.hash).hasBody) {
      throw new RuleError('FORK-1', 'the parent block is not held')
    }
    if (!this.index.entry(header.hash)) this.#checkHeaders([header], header)
    checkBlock(block, this.#chain)
    await this.#options.verify(blockSignatureChecks(block))
    return branch
  }

  /** Puts a checked block on the tip: the file first, the index after it. */
  async #extend(block: Block, branch: Branch | undefined): Promise<void> {
    const effects = this.#effects(block, branch)
    await this.archive.write([block])
    this.index.write(() => {
      this.#enter(block)
      this.index.connect(block, effects)
    })
    this.events.emit('connected', block)
  }

  async #extendMany(blocks: readonly Block[]): Promise<void> {
    const headers = blocks.map(({ header }) => header)
    const [first] = headers
    assert(first, 'there is a first block')
    const goodHeaders = this.#checkHeaders(headers, first)
    const good = blocks.slice(0, goodHeaders.length)
    for (const block of good) checkBlock(block, this.#chain)
    await this.#options.verify(good.flatMap(blockSignatureChecks))
    await this.archive.write(good)
    let branch = branchBelow(this.index, first)
    for (const block of good) {
      try {
        const effects = this.#effects(block, branch)
        this.index.write(() => {
          this.#enter(block)
          this.index.connect(block, effects)
        })
      } catch (error) {
        await this.archive.removeAbove(block.header.height - 1)
        throw error
      }
      this.events.emit('connected', block)
      branch = branchAfter(branch, block.header)
      await new Promise(setImmediate)
    }
    this.events.emit('tip', good.at(-1)?.header)
  }

  /** What connecting a block changes. A header that no body can save is remembered as invalid. */
  #effects(block: Block, branch: Branch | undefined): BlockEffects {
    const context = {
      medianTimePast: medianTimeBelow(branch, this.#chain),
      endorsementPolicy: this.#options.endorsementPolicy,
    }
    try {
      return connectBlock(block, this.index, this.#chain, context)
    } catch (error) {
      if (error instanceof RuleError && condemnsHeader(error)) this.#condemn(block.header)
      throw error
    }
  }

  #condemn(header: BlockHeader): void {
    this.index.write(() => {
      if (!this.index.entry(header.hash)) {
        this.index.grow(growTree(this.index, header, this.index.nextSequence()))
      }
      for (const entry of invalidate(this.index, header.hash)) this.index.putEntry(entry)
    })
  }

  /** Enters a block into the header tree as held. */
  #enter({ header }: Block): void {
    if (!this.index.entry(header.hash)) {
      this.index.grow(growTree(this.index, header, this.index.nextSequence()))
    }
    this.index.putEntry(acceptBody(this.index, header.hash, this.index.nextSequence()))
  }

  async #keepBeside(block: Block): Promise<BlockVerdict> {
    await this.archive.writeSide(block)
    this.index.write(() => this.#enter(block))
    this.events.emit('side', block)
    await this.#takeBestBranch()
    return this.index.activeHash(block.header.height) === block.header.hash ? 'connected' : 'side'
  }

  /**
   * Moves the chain to the branch with the most work, a block at a time: each step is complete on disk before the next,
   * so the index' tip is the journal of a reorg, and a node that was killed in the middle goes on from there.
   */
  async #takeBestBranch(): Promise<void> {
    const from = this.tip()
    const disconnected: Block[] = []
    const connected: string[] = []
    for (let best = bestBlock(this.index); best?.header.hash !== this.index.tipHash(); best = bestBlock(this.index)) {
      const path = best
        ? reorgPath(this.index, this.#tipEntry(), best)
        : { disconnect: [this.index.tipHash() ?? ''], connect: [] }
      for (const hash of path.disconnect) {
        const block = await this.#disconnect(hash)
        if (connected.at(-1) === hash) connected.pop()
        else disconnected.push(block)
      }
      for (const hash of path.connect) {
        if (!(await this.#connectSide(hash))) break
        if (disconnected.at(-1)?.header.hash === hash) disconnected.pop()
        else connected.push(hash)
      }
    }
    this.#tellReorg(from, disconnected, connected)
  }

  #tellReorg(from: BlockHeader | undefined, disconnected: readonly Block[], connected: readonly string[]): void {
    const to = this.tip()
    if (from?.hash === to?.hash) return
    if (from && to && disconnected.length > 0) {
      const fork = disconnected.at(-1)?.header
      this.events.emit('reorg', {
        from,
        to,
        forkPoint: fork && fork.height > 0 ? fork.previousHash : undefined,
        disconnected: disconnected.map(({ header }) => header.hash),
        connected,
      })
    }
    this.events.emit('returned', returnedTransactions(disconnected))
    this.events.emit('tip', to)
  }

  /** Takes the tip off: the index first, so that the file beyond the tip tells where a kill came between. */
  async #disconnect(hash: string): Promise<Block> {
    const block = await this.block(hash)
    const undo = this.index.undoOf(hash)
    assert(block && undo, `block ${hash} cannot be taken off: its file or its undo data is missing`)
    const created = block.transactions.flatMap((each) => coinsOf(each, block.header.height))
    this.index.write(() => this.index.disconnect(block, disconnectBlock(block, undo), created))
    await this.archive.moveToSide(block)
    this.events.emit('disconnected', block)
    return block
  }

  /** Puts a block from beside the chain on the tip; false when it turns out to break a rule. */
  async #connectSide(hash: string): Promise<boolean> {
    const block = await this.archive.readSide(hash)
    assert(block, `block ${hash} is gone from the blocks beside the chain`)
    try {
      const effects = this.#effects(block, branchBelow(this.index, block.header))
      await this.archive.write([block])
      this.index.write(() => this.index.connect(block, effects))
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      // Its signatures and shape were checked when it came: what is wrong now is wrong for good.
      this.#condemn(block.header)
      return false
    }
    await this.archive.removeSide(hash)
    this.events.emit('connected', block)
    return true
  }
}

/** Of the branch a block follows; before block 0 the schedule's start. */
function medianTimeBelow(branch: Branch | undefined, { settings }: Chain): number {
  return branch ? medianTimePast(branch.timestamps) : settings.genesisTime
}

function returnedTransactions(disconnected: readonly Block[]): readonly Transaction[] {
  return [...disconnected].reverse().flatMap(({ transactions }) => transactions.slice(1))
}
