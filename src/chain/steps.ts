import { assert } from '../base/errors.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import type { Chain } from '../ledger/chain.js'
import type { Branch } from '../ledger/check-header-in-branch.js'
import { condemnsHeader } from '../ledger/condemns-header.js'
import { type BlockEffects, connectBlock } from '../ledger/connect-block.js'
import { forgetBody } from '../ledger/forget-body.js'
import { acceptBody, branchBelow, growTree } from '../ledger/header-tree.js'
import { invalidate } from '../ledger/invalidate.js'
import { RuleError } from '../ledger/rule-error.js'
import { medianTimePast } from '../ledger/timestamps.js'
import type { Transaction } from '../ledger/transaction.js'
import { disconnectBlock } from '../ledger/undo.js'
import { coinsOf } from '../ledger/utxo.js'
import type { ChainIndex } from '../store/index/chain-index.js'
import type { BlockArchive } from './block-archive.js'
import type { Endorsements } from './endorsements.js'

export interface StepsOptions {
  readonly archive: BlockArchive
  readonly index: ChainIndex
  readonly endorsements: Endorsements
  /** Brings transactions to the disk as such that wait for a block: the one that holds them is about to be taken off. */
  readonly keepWaiting: (transactions: readonly Transaction[]) => Promise<void>
}

/**
 * The single steps by which a chain changes, each complete on disk when it ends. Files are written before the index says
 * so and removed after it said so: what a kill leaves beyond the index' tip is there to be taken in again.
 */
export class Steps {
  readonly #archive: BlockArchive
  readonly #index: ChainIndex
  readonly #endorsements: Endorsements
  readonly #keepWaiting: StepsOptions['keepWaiting']

  constructor({ archive, index, endorsements, keepWaiting }: StepsOptions) {
    this.#archive = archive
    this.#index = index
    this.#endorsements = endorsements
    this.#keepWaiting = keepWaiting
  }

  /** Does ahead what takes long of judging a block. Its {@link effects} are the same without, only slower to come by. */
  prepare({ transactions }: Block): Promise<void> {
    return this.#endorsements.prepare(transactions)
  }

  /** What connecting a block changes. A header that no body can save is remembered as invalid. @throws {RuleError} */
  effects(block: Block, branch: Branch | undefined, chain: Chain): BlockEffects {
    const context = {
      medianTimePast: medianTimeBelow(branch, chain),
      endorsementPolicy: this.#endorsements.policy,
    }
    try {
      return connectBlock(block, this.#index, chain, context)
    } catch (error) {
      if (error instanceof RuleError && condemnsHeader(error)) this.condemn(block.header)
      throw error
    }
  }

  /** Puts a block whose file is written on the tip. */
  connect(block: Block, effects: BlockEffects): void {
    this.#index.write(() => {
      this.#enter(block)
      this.#index.connect(block, effects)
    })
  }

  /** Keeps a block beside the chain. */
  async keepBeside(block: Block): Promise<void> {
    await this.#archive.writeSide(block)
    this.#index.write(() => this.#enter(block))
  }

  /** Remembers that a header is wrong, and all that follow it. */
  condemn(header: BlockHeader): void {
    this.#index.write(() => {
      this.#grow(header)
      for (const entry of invalidate(this.#index, header.hash)) this.#index.putEntry(entry)
    })
  }

  /**
   * Takes the tip off and keeps it beside the chain, and its transactions among those that wait. Its file stays where it
   * was, for the caller to remove.
   */
  async disconnect(block: Block): Promise<void> {
    const undo = this.#index.undoOf(block.header.hash)
    assert(undo, `block ${block.header.hash} has no undo data`)
    const created = block.transactions.flatMap((each) => coinsOf(each, block.header.height))
    await this.#keepWaiting(block.transactions.slice(1))
    await this.#archive.writeSide(block)
    this.#index.write(() => this.#index.disconnect(block, disconnectBlock(block, undo), created))
  }

  /**
   * Puts a block from beside the chain on the tip. Undefined when it turns out to break a rule. The file beside the chain
   * stays, for the caller to remove.
   */
  async connectSide(hash: string, chain: Chain): Promise<Block | undefined> {
    const block = await this.#archive.readSide(hash)
    if (!block) {
      this.#forgetBody(hash)
      return undefined
    }
    try {
      await this.prepare(block)
      const effects = this.effects(block, branchBelow(this.#index, block.header), chain)
      await this.#archive.write([block])
      this.connect(block, effects)
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      if (!condemnsHeader(error)) this.#forgetBody(hash)
      await this.#archive.removeSide(hash)
      return undefined
    }
    return block
  }

  #forgetBody(hash: string): void {
    this.#index.write(() => {
      for (const entry of forgetBody(this.#index, hash)) this.#index.putEntry(entry)
    })
  }

  #enter({ header }: Block): void {
    this.#grow(header)
    const entry = this.#index.entry(header.hash)
    if (!entry?.hasBody) {
      this.#index.putEntry(acceptBody(this.#index, header.hash, this.#index.nextSequence()))
    }
  }

  #grow(header: BlockHeader): void {
    if (this.#index.entry(header.hash)) return
    this.#index.grow(growTree(this.#index, header, this.#index.nextSequence()))
  }
}

/** Of the branch a block follows, in ms since 1970; below block 0 the earliest time there is. */
export function medianTimeBelow(branch: Branch | undefined, { settings }: Chain): number {
  return branch ? medianTimePast(branch.timestamps) : settings.genesisTime
}
