import type { Checkpoint } from '../networks/network.js'
import type { Hash } from '../hash.js'

/** The blocks that the right chain must have. */
export class Checkpoints {
  readonly #hashes = new Map<number, Hash>()
  readonly #heights: readonly number[]

  /** Where two stand at one height, the later one counts. */
  constructor(checkpoints: readonly Checkpoint[]) {
    for (const { height, hash } of checkpoints) this.#hashes.set(height, hash)
    this.#heights = [...this.#hashes.keys()].sort((a, b) => a - b)
  }

  get heights(): readonly number[] {
    return this.#heights
  }

  /** The hash that a block at this height must have, if one is set. */
  at(height: number): Hash | undefined {
    return this.#hashes.get(height)
  }

  /** The highest checkpoint that a chain of this height has passed; -1 where it has passed none. */
  lastPassed(height: number): number {
    let last = -1
    for (const checkpoint of this.#heights) if (checkpoint <= height) last = checkpoint
    return last
  }
}
