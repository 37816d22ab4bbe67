import { sha256d } from '../../../src/p2p/hash.js'

/** The hash of the node above two others. */
export function joinHashes(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(64)
  both.set(left)
  both.set(right, 32)
  return sha256d(both)
}

/** A merkle root from hashes in order, in memory of the height of the tree. */
export class MerkleStack {
  /** At each level the subtree that waits for its right neighbour. */
  readonly #waiting: (Uint8Array | undefined)[] = []

  /** Adds a subtree of 2^level hashes; so far there must be a multiple of that many. */
  push(hash: Uint8Array, level = 0): void {
    for (let left = this.#waiting[level]; left !== undefined; left = this.#waiting[level]) {
      this.#waiting[level] = undefined
      hash = joinHashes(left, hash)
      level += 1
    }
    this.#waiting[level] = hash
  }

  /** Of at least one hash; a node without a neighbour is joined with itself. */
  root(): Uint8Array {
    const top = this.#waiting.length - 1
    let carried: Uint8Array | undefined
    for (let level = 0; level < top; level++) {
      const left = this.#waiting[level] ?? carried
      if (left !== undefined) carried = joinHashes(left, carried ?? left)
    }
    const left = this.#waiting[top] ?? new Uint8Array(32)
    return carried === undefined ? left : joinHashes(left, carried)
  }
}
