import type { Hash } from '../hash.js'
import type { Header } from './header.js'

/** A header off the main chain, with the work of the chain that ends in it. */
export interface SideHeader {
  readonly header: Header
  readonly work: bigint
}

const keyOf = (hash: Uint8Array): string =>
  Buffer.from(hash.buffer, hash.byteOffset, hash.length).toString('latin1')

/** The headers that are valid but not on the main chain. */
export class SideBranches {
  #byHash = new Map<string, SideHeader>()

  get size(): number {
    return this.#byHash.size
  }

  get(hash: Hash): SideHeader | undefined {
    return this.#byHash.size === 0 ? undefined : this.#byHash.get(keyOf(hash))
  }

  add(side: SideHeader): void {
    this.#byHash.set(keyOf(side.header.hash), side)
  }

  delete(hash: Hash): void {
    this.#byHash.delete(keyOf(hash))
  }

  /** Every one after its parent. */
  inOrder(): Header[] {
    return [...this.#byHash.values()].map(({ header }) => header).sort((a, b) => a.height - b.height)
  }

  /** This side header and those before it up to the main chain, the latest first. */
  pathFrom(hash: Hash): SideHeader[] {
    const path: SideHeader[] = []
    for (let side = this.get(hash); side !== undefined; side = this.get(side.header.prevHash)) path.push(side)
    return path
  }

  /** Drops the branches with the least work until at most `count` headers are left, but keeps the one that ends in `hash`. */
  prune(count: number, hash: Hash): void {
    const parents = new Set([...this.#byHash.values()].map(({ header }) => keyOf(header.prevHash)))
    const tips = [...this.#byHash].filter(([key]) => !parents.has(key)).map(([, side]) => side)
    tips.sort((a, b) => (a.work < b.work ? 1 : -1))
    const kept = new Map<string, SideHeader>()
    const keep = (path: readonly SideHeader[]) => {
      for (const side of path) kept.set(keyOf(side.header.hash), side)
    }
    keep(this.pathFrom(hash))
    for (const tip of tips) {
      const path = this.pathFrom(tip.header.hash).filter(({ header }) => !kept.has(keyOf(header.hash)))
      if (kept.size + path.length <= count) keep(path)
    }
    this.#byHash = kept
  }
}
