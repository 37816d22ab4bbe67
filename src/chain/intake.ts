import type { Block } from '../ledger/block.js'
import { isBetter } from '../ledger/fork-choice.js'
import { acceptBody, growAside, requireEntry } from '../ledger/header-tree.js'
import { RuleError } from '../ledger/rule-error.js'
import type { BlockChecks } from './block-checks.js'
import type { BranchChoice } from './branch-choice.js'
import type { ChainEvents } from './chain-events.js'
import type { ChainView } from './chain-view.js'
import type { PutAside } from './put-aside.js'
import type { Steps } from './steps.js'
import type { Turns } from './turns.js'

/** Bounds of what one write of the index connects. */
const GROUP_BLOCKS = 64
const GROUP_TRANSACTIONS = 1000

/** What became of a block: on the tip (perhaps after a reorg), kept beside the chain, or held already. */
export type BlockVerdict = 'connected' | 'side' | 'known'

export interface IntakeParts {
  readonly view: ChainView
  readonly steps: Steps
  readonly events: ChainEvents
  readonly checks: BlockChecks
  readonly branches: BranchChoice
  readonly putAside: PutAside
  readonly turns: Pick<Turns, 'pause'>
}

/** Takes blocks into the chain, each once it is checked. Only for callers whose turn it is. */
export class Intake {
  readonly #view: ChainView
  readonly #steps: Steps
  readonly #events: ChainEvents
  readonly #checks: BlockChecks
  readonly #branches: BranchChoice
  readonly #putAside: PutAside
  readonly #turns: Pick<Turns, 'pause'>

  constructor({ view, steps, events, checks, branches, putAside, turns }: IntakeParts) {
    this.#view = view
    this.#steps = steps
    this.#events = events
    this.#checks = checks
    this.#branches = branches
    this.#putAside = putAside
    this.#turns = turns
  }

  /** Takes a block in. @throws {RuleError} when it breaks a rule; then nothing of it is kept. */
  async accept(block: Block): Promise<BlockVerdict> {
    const { header } = block
    await this.#branches.finish()
    const known = this.#view.index.entry(header.hash)
    if (known?.invalid || this.#view.index.entry(header.previousHash)?.invalid) throw invalidBranch()
    if (known?.hasBody) return 'known'
    if (this.#putAside.has(header.hash)) {
      await this.keepAside(block)
      throw invalidBranch()
    }
    const branch = await this.#checks.block(block)
    if (!this.#extendsTip(block)) return this.#acceptBeside(block)
    const effects = this.#steps.effects(block, branch, this.#view.chain)
    await this.#turns.pause(() => this.#view.archive.write([block]))
    this.#steps.connect(block, effects)
    this.#events.emit('connected', block)
    this.#events.emit('tip', header)
    return 'connected'
  }

  /**
   * Holds a block that is put aside, or follows one that is. @throws {RuleError} when it breaks a rule that needs no state
   */
  async keepAside(block: Block): Promise<void> {
    const { archive, index } = this.#view
    const { header } = block
    await this.#checks.block(block)
    await archive.writeSide(block)
    index.write(() => {
      const invalid = this.#putAside.has(header.hash) ? 'itself' : 'ancestor'
      if (!index.entry(header.hash)) index.grow(growAside(index, header, index.nextSequence(), invalid))
      index.putEntry(acceptBody(index, header.hash, index.nextSequence()))
    })
  }

  /** Takes in blocks that follow each other. Returns how many were new. @throws {RuleError} of the first that breaks a rule */
  async acceptMany(blocks: readonly Block[]): Promise<number> {
    await this.#branches.finish()
    const fresh = blocks.filter((block) => !this.#view.index.entry(block.header.hash)?.hasBody)
    const [first] = fresh
    if (!first) return 0
    const isCondemned = ({ header: { hash } }: Block): boolean =>
      this.#putAside.has(hash) || this.#view.index.entry(hash)?.invalid !== undefined
    if (this.#extendsTip(first) && fresh.length > 1 && !fresh.some(isCondemned)) await this.#extendMany(fresh)
    else for (const block of fresh) await this.accept(block)
    return fresh.length
  }

  #extendsTip({ header }: Block): boolean {
    const tip = this.#view.index.tipHash()
    return tip === undefined ? header.height === 0 : header.previousHash === tip
  }

  async #extendMany(blocks: readonly Block[]): Promise<void> {
    const good = blocks.slice(0, this.#checks.headers(blocks.map(({ header }) => header)).length)
    await Promise.all(good.map((block) => this.#checks.content(block)))
    const before = this.#view.index.tipHash()
    try {
      await this.#view.archive.write(good)
      await this.#connectAll(good)
    } catch (error) {
      // Files of blocks that did not come on the chain. Where this fails too, the next start clears them away.
      await this.#view.archive.removeAbove(this.#view.height()).catch(() => undefined)
      if (this.#view.index.tipHash() !== before) this.#events.emit('tip', this.#view.tip())
      throw error
    }
    this.#events.emit('tip', good.at(-1)?.header)
    const next = blocks[good.length]
    if (next) await this.accept(next)
  }

  /** Puts blocks whose files are written on the tip. @throws {RuleError} of the first that breaks a rule */
  async #connectAll(blocks: readonly Block[]): Promise<void> {
    for (let at = 0; at < blocks.length;) {
      const { connected, fault } = this.#connectGroup(blocks.slice(at, groupEnd(blocks, at)))
      at += connected.length
      for (const block of connected) this.#events.emit('connected', block)
      if (fault) throw fault
      // Between two groups others have their turn: a long import must not hold up answers.
      await new Promise(setImmediate)
    }
  }

  /** Puts blocks on the tip in one write of the index, up to the first that breaks a rule. */
  #connectGroup(blocks: readonly Block[]): { connected: readonly Block[]; fault: RuleError | undefined } {
    const connected: Block[] = []
    return this.#view.index.write(() => {
      try {
        for (const block of blocks) {
          this.#steps.connect(block, this.#steps.effects(block, this.#view.branch(), this.#view.chain))
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
    await this.#steps.keepBeside(block)
    this.#events.emit('side', block)
    // Only this block can have become the best, so the other branches need no look.
    const { hash } = block.header
    if (isBetter(requireEntry(this.#view.index, hash), this.#view.tipEntry())) await this.#branches.takeBest()
    return this.#view.index.activeHash(block.header.height) === hash ? 'connected' : 'side'
  }
}

function invalidBranch(): RuleError {
  return new RuleError('FORK-2', 'the block, or one below it, is invalid')
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
