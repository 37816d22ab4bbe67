import { assert } from '../base/errors.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import { type Chain, chainOf } from '../ledger/chain.js'
import { checkBlock } from '../ledger/check-block.js'
import { type Branch, checkHeaderInBranch } from '../ledger/check-header-in-branch.js'
import { checkHeader } from '../ledger/check-header.js'
import { bestBlock, checkBranchWork, isBetter, isBranchWorth, reorgPath } from '../ledger/fork-choice.js'
import {
  branchAfter,
  branchAt,
  branchBelow,
  growTree,
  requireEntry,
  type TreeEntry,
  workOf,
} from '../ledger/header-tree.js'
import { invalidate, reconsider } from '../ledger/invalidate.js'
import type { EndorsementPolicy } from '../ledger/judge-call.js'
import { RuleError } from '../ledger/rule-error.js'
import type { ConsensusSettings } from '../ledger/settings.js'
import { blockSignatureChecks, type SignatureCheck } from '../ledger/signature-checks.js'
import type { Transaction } from '../ledger/transaction.js'
import type { ChainIndex } from '../store/index/chain-index.js'
import type { BlockArchive } from './block-archive.js'
import { ChainEvents } from './chain-events.js'
import { medianTimeBelow, Steps } from './steps.js'
import { Turns } from './turns.js'

/** Verifies signatures, wherever it likes. Rejects with RuleError TX-22 when one is wrong. */
export type VerifyAll = (checks: readonly SignatureCheck[]) => Promise<void>

export interface BlockchainOptions {
  readonly settings: ConsensusSettings
  readonly archive: BlockArchive
  readonly index: ChainIndex
  readonly verify: VerifyAll
  readonly endorsementPolicy: EndorsementPolicy
  /** Brings transactions to the disk as such that wait for a block: the one that holds them is about to be taken off. */
  readonly keepWaiting: (transactions: readonly Transaction[]) => Promise<void>
  /** Blocks of the tip's own target that a branch may lie behind to be kept. */
  readonly maxBranchDepth: number
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** Bounds of what one write of the index connects. */
const GROUP_BLOCKS = 64
const GROUP_TRANSACTIONS = 1000

/** What became of a block: on the tip (perhaps after a reorg), kept beside the chain, or held already. */
export type BlockVerdict = 'connected' | 'side' | 'known'

/**
 * The chain of one node: the rules of the ledger with files and index around them. Blocks go in one at a time. After a
 * kill at any moment the next start brings files and index into step (`restore.ts`).
 */
export class Blockchain {
  readonly events = new ChainEvents()
  readonly steps: Steps
  readonly #options: BlockchainOptions
  readonly #turns = new Turns()
  readonly #ahead = new WeakMap<Block, Promise<void>>()
  #chain: Chain
  /** A reorg failed in the middle. */
  #isOnTheWay = false

  constructor(options: BlockchainOptions) {
    this.#options = options
    this.#chain = chainOf(options.settings)
    this.steps = new Steps(options)
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
    return this.#tipEntry()?.header
  }

  /** -1 before block 0. */
  height(): number {
    return this.tip()?.height ?? -1
  }

  /** Hashes that the chain stands for. */
  work(): bigint {
    return this.#tipEntry()?.work ?? 0n
  }

  /** Whether a branch of this work, all its headers together, is worth keeping (FORK-3). */
  isEnoughWork(work: bigint): boolean {
    return isBranchWorth(work, this.#tipEntry(), this.#options.maxBranchDepth)
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
    const read = async (active: boolean): Promise<Block | undefined> => {
      const block = active ? await this.archive.read(height) : await this.archive.readSide(hash)
      return block?.header.hash === hash ? block : undefined
    }
    const isActive = this.index.activeHash(height) === hash
    // The second try is for a block that changed places while it was read.
    return (await read(isActive)) ?? (await read(!isActive))
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
    return this.alone(() => this.refoundAlone(settings))
  }

  /** {@link refound} for callers whose turn it is ({@link alone}). */
  refoundAlone(settings: ConsensusSettings): void {
    assert(this.index.tipHash() === undefined, 'a chain with blocks cannot be founded anew')
    this.#chain = chainOf(settings)
    this.index.clear(this.#chain.id)
  }

  /** Takes a block in. @throws {RuleError} when it breaks a rule; then nothing of it is kept. */
  submit(block: Block): Promise<BlockVerdict> {
    return this.alone(() => this.acceptAlone(block))
  }

  /**
   * Takes in blocks that follow each other, from one source: as one group of files where they extend the tip. Returns how
   * many were new. @throws {RuleError} when one breaks a rule; of those before it some or all are kept.
   */
  submitMany(blocks: readonly Block[]): Promise<number> {
    return this.alone(async () => {
      if (this.#isOnTheWay) await this.takeBestBranch()
      const fresh = blocks.filter((block) => !this.index.entry(block.header.hash)?.hasBody)
      const [first] = fresh
      if (!first) return 0
      const isCondemned = fresh.some((block) => this.index.entry(block.header.hash)?.invalid)
      if (this.#extendsTip(first) && fresh.length > 1 && !isCondemned) await this.#extendMany(fresh)
      else for (const block of fresh) await this.acceptAlone(block)
      return fresh.length
    })
  }

  /**
   * Checks blocks before their turn, as far as that goes without the state, one after another while others have theirs:
   * signatures are verified while earlier blocks are written. The outcome shows when they are submitted.
   */
  lookAhead(blocks: readonly Block[]): void {
    let last: Promise<unknown> = Promise.resolve()
    for (const block of blocks) {
      const checked = last.then(() => new Promise(setImmediate)).then(() => this.#checkContentNow(block))
      last = checked.catch(() => undefined)
      this.#ahead.set(block, checked)
    }
  }

  /**
   * Takes in headers that follow each other and a known one, bodies to come later. Returns how many were new.
   * @throws {RuleError} of the first, when it breaks a rule; later ones end the list in silence.
   */
  submitHeaders(headers: readonly BlockHeader[]): Promise<number> {
    return this.alone(() => {
      const fresh = headers.filter((header) => !this.index.entry(header.hash))
      if (fresh.length === 0) return 0
      const checked = this.#checkHeaders(fresh)
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
      await this.takeBestBranch()
    })
  }

  #tipEntry(): TreeEntry | undefined {
    const hash = this.index.tipHash()
    return hash === undefined ? undefined : requireEntry(this.index, hash)
  }

  #extendsTip({ header }: Block): boolean {
    const tip = this.index.tipHash()
    return tip === undefined ? header.height === 0 : header.previousHash === tip
  }

  /** The headers up to the first that is wrong. @throws {RuleError} when that is the first of all. */
  #checkHeaders(headers: readonly BlockHeader[]): readonly BlockHeader[] {
    const [first] = headers
    assert(first, 'there is a header to check')
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

  /** {@link submit} for callers whose turn it is ({@link alone}). */
  async acceptAlone(block: Block): Promise<BlockVerdict> {
    const { header } = block
    if (this.#isOnTheWay) await this.takeBestBranch()
    const known = this.index.entry(header.hash)
    if (known?.invalid) throw new RuleError('FORK-2', 'the block, or one below it, is invalid')
    if (known?.hasBody) return 'known'
    const branch = await this.#check(block)
    if (!this.#extendsTip(block)) return this.#acceptBeside(block)
    const effects = this.steps.effects(block, branch, this.#chain)
    await this.archive.write([block])
    this.steps.connect(block, effects)
    this.events.emit('connected', block)
    this.events.emit('tip', header)
    return 'connected'
  }

  /** Everything but the state: the header in its branch, the body, the signatures. */
  async #check(block: Block): Promise<Branch | undefined> {
    const { header } = block
    const branch = branchBelow(this.index, header)
    if (branch && !requireEntry(this.index, branch.parent.hash).hasBody) {
      throw new RuleError('FORK-1', 'the parent block is not held')
    }
    // A known header was judged when it came, with all of its branch at hand: alone it may look like too little work.
    if (!this.index.entry(header.hash)) this.#checkHeaders([header])
    await this.#checkContent(block)
    return branch
  }

  /** What can be told of a block without the state, unless that was done ahead. @throws {RuleError} */
  #checkContent(block: Block): Promise<void> {
    return this.#ahead.get(block) ?? this.#checkContentNow(block)
  }

  async #checkContentNow(block: Block): Promise<void> {
    checkBlock(block, this.#chain)
    await this.#options.verify(blockSignatureChecks(block))
  }

  async #extendMany(blocks: readonly Block[]): Promise<void> {
    const good = blocks.slice(0, this.#checkHeaders(blocks.map(({ header }) => header)).length)
    await Promise.all(good.map((block) => this.#checkContent(block)))
    const before = this.index.tipHash()
    try {
      await this.archive.write(good)
      await this.#connectAll(good)
    } catch (error) {
      // Files of blocks that did not come on the chain. Where this fails too, the next start clears them away.
      await this.archive.removeAbove(this.height()).catch(() => undefined)
      if (this.index.tipHash() !== before) this.events.emit('tip', this.tip())
      throw error
    }
    this.events.emit('tip', good.at(-1)?.header)
    const next = blocks[good.length]
    if (next) await this.acceptAlone(next)
  }

  /** Puts blocks whose files are written on the tip. @throws {RuleError} of the first that breaks a rule */
  async #connectAll(blocks: readonly Block[]): Promise<void> {
    for (let at = 0; at < blocks.length;) {
      const { connected, fault } = this.#connectGroup(blocks.slice(at, groupEnd(blocks, at)))
      at += connected.length
      for (const block of connected) this.events.emit('connected', block)
      if (fault) throw fault
      // Between two groups others have their turn: a long import must not hold up answers.
      await new Promise(setImmediate)
    }
  }

  /** Puts blocks on the tip in one write of the index, up to the first that breaks a rule. */
  #connectGroup(blocks: readonly Block[]): { connected: readonly Block[]; fault: RuleError | undefined } {
    const connected: Block[] = []
    return this.index.write(() => {
      try {
        for (const block of blocks) {
          this.steps.connect(block, this.steps.effects(block, this.branch(), this.#chain))
          connected.push(block)
        }
      } catch (error) {
        if (error instanceof RuleError) return { connected, fault: error }
        throw error
      }
      return { connected, fault: undefined }
    })
  }

  async #acceptBeside(block: Block): Promise<BlockVerdict> {
    await this.steps.keepBeside(block)
    this.events.emit('side', block)
    // Only this block can have become the best, so the other branches need no look.
    const { hash } = block.header
    if (isBetter(requireEntry(this.index, hash), this.#tipEntry())) await this.takeBestBranch()
    return this.index.activeHash(block.header.height) === hash ? 'connected' : 'side'
  }

  /**
   * Moves the chain to the branch with the most work, a block at a time: each step is complete on disk before the next,
   * so that the index' tip is the journal of a reorg, and a node killed in the middle goes on from there. One that fails
   * in the middle goes on when the next block comes. Only for callers whose turn it is ({@link alone}).
   */
  async takeBestBranch(): Promise<void> {
    const from = this.tip()
    const off: Block[] = []
    const on: string[] = []
    this.#isOnTheWay = true
    try {
      await this.#goToBest(off, on)
      this.#isOnTheWay = false
    } finally {
      this.#tellReorg(from, off, on)
    }
  }

  async #goToBest(off: Block[], on: string[]): Promise<void> {
    for (;;) {
      const best = bestBlock(this.index)
      if (best?.header.hash === this.index.tipHash()) return
      const path = best
        ? reorgPath(this.index, this.#tipEntry(), best)
        : { disconnect: [this.index.tipHash() ?? ''], connect: [] }
      for (const hash of path.disconnect) await this.#takeOff(hash, off, on)
      for (const hash of path.connect) {
        if (!(await this.#putOn(hash, off, on))) break
      }
    }
  }

  async #takeOff(hash: string, off: Block[], on: string[]): Promise<void> {
    const block = await this.block(hash)
    assert(block, `block ${hash} cannot be taken off: its file is missing`)
    await this.steps.disconnect(block)
    if (on.at(-1) === hash) on.pop()
    else off.push(block)
    this.events.emit('disconnected', block)
    await this.archive.removeLast(block.header.height)
  }

  async #putOn(hash: string, off: Block[], on: string[]): Promise<boolean> {
    const block = await this.steps.connectSide(hash, this.#chain)
    if (!block) return false
    if (off.at(-1)?.header.hash === hash) off.pop()
    else on.push(hash)
    this.events.emit('connected', block)
    await this.archive.removeSide(hash)
    return true
  }

  #tellReorg(from: BlockHeader | undefined, off: readonly Block[], on: readonly string[]): void {
    const to = this.tip()
    if (from?.hash === to?.hash) return
    const fork = off.at(-1)?.header
    if (from && fork) {
      const forkPoint = fork.height > 0 ? fork.previousHash : undefined
      this.events.emit('reorg', {
        from,
        to,
        forkPoint,
        disconnected: off.map(({ header }) => header.hash),
        connected: on,
      })
      this.events.emit('returned', returnedTransactions(off))
    }
    this.events.emit('tip', to)
  }
}

/** Where the group ends that is written at once: large enough to be worth a sync of the disk, small enough to wait for. */
function groupEnd(blocks: readonly Block[], start: number): number {
  let end = start
  let transactions = 0
  while (end < blocks.length && end - start < GROUP_BLOCKS && transactions < GROUP_TRANSACTIONS) {
    transactions += blocks[end]?.transactions.length ?? 0
    end++
  }
  return end
}

function returnedTransactions(off: readonly Block[]): readonly Transaction[] {
  return [...off].reverse().flatMap(({ transactions }) => transactions.slice(1))
}
