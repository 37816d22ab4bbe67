import { assert } from '../base/errors.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import { bestBlock, reorgPath } from '../ledger/fork-choice.js'
import type { Transaction } from '../ledger/transaction.js'
import type { ChainEvents } from './chain-events.js'
import type { ChainView } from './chain-view.js'
import type { Steps } from './steps.js'

/** Keeps the chain on the branch with the most work. Only for callers whose turn it is. */
export class BranchChoice {
  readonly #view: ChainView
  readonly #steps: Steps
  readonly #events: ChainEvents
  #isOnTheWay = false

  constructor(view: ChainView, steps: Steps, events: ChainEvents) {
    this.#view = view
    this.#steps = steps
    this.#events = events
  }

  /** Goes on with a reorg that failed in the middle, if there is one. */
  async finish(): Promise<void> {
    if (this.#isOnTheWay) await this.takeBest()
  }

  /**
   * Moves the chain to the branch with the most work, a block at a time: each step is complete on disk before the next,
   * so that the index' tip is the journal of a reorg, and a node killed in the middle goes on from there. One that fails
   * in the middle goes on when the next block comes.
   */
  async takeBest(): Promise<void> {
    const from = this.#view.tip()
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
    const { index } = this.#view
    for (;;) {
      const best = bestBlock(index)
      if (best?.header.hash === index.tipHash()) return
      const path = best
        ? reorgPath(index, this.#view.tipEntry(), best)
        : { disconnect: [index.tipHash() ?? ''], connect: [] }
      for (const hash of path.disconnect) await this.#takeOff(hash, off, on)
      for (const hash of path.connect) {
        if (!(await this.#putOn(hash, off, on))) break
      }
    }
  }

  async #takeOff(hash: string, off: Block[], on: string[]): Promise<void> {
    const block = await this.#view.block(hash)
    assert(block, `block ${hash} cannot be taken off: its file is missing`)
    await this.#steps.disconnect(block)
    if (on.at(-1) === hash) on.pop()
    else off.push(block)
    this.#events.emit('disconnected', block)
    await this.#view.archive.removeLast(block.header.height)
  }

  async #putOn(hash: string, off: Block[], on: string[]): Promise<boolean> {
    const block = await this.#steps.connectSide(hash, this.#view.chain)
    if (!block) return false
    if (off.at(-1)?.header.hash === hash) off.pop()
    else on.push(hash)
    this.#events.emit('connected', block)
    await this.#view.archive.removeSide(hash)
    return true
  }

  #tellReorg(from: BlockHeader | undefined, off: readonly Block[], on: readonly string[]): void {
    const to = this.#view.tip()
    if (from?.hash === to?.hash) return
    const fork = off.at(-1)?.header
    if (from && fork) {
      const forkPoint = fork.height > 0 ? fork.previousHash : undefined
      this.#events.emit('reorg', {
        from,
        to,
        forkPoint,
        disconnected: off.map(({ header }) => header.hash),
        connected: on,
      })
      this.#events.emit('returned', returnedTransactions(off))
    }
    this.#events.emit('tip', to)
  }
}

function returnedTransactions(off: readonly Block[]): readonly Transaction[] {
  return [...off].reverse().flatMap(({ transactions }) => transactions.slice(1))
}
