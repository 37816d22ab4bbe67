import type { Hash } from '../hash.js'
import { equalHashes } from './equal-hashes.js'
import type { Header } from './header.js'
import { MainChain } from './main-chain.js'
import { type SideHeader, SideBranches } from './side-branches.js'

/** One after another, this many of a locator; then the steps double. */
const DENSE_LOCATOR = 10

/** The main chain gave way to another branch. */
export interface Switch {
  /** The last header that both have. */
  readonly commonHeight: number
  /** Oldest first. */
  readonly disconnected: readonly Header[]
}

/** All headers that are known: the main chain and what branches off it. Knows no rules. */
export class HeaderTree {
  readonly main = new MainChain()
  readonly sides = new SideBranches()

  contains(hash: Hash): boolean {
    return this.main.heightOf(hash) >= 0 || this.sides.get(hash) !== undefined
  }

  find(hash: Hash): Header | undefined {
    const height = this.main.heightOf(hash)
    return height >= 0 ? this.main.header(height) : this.sides.get(hash)?.header
  }

  /** Work of the chain that ends in this hash. */
  workOf(hash: Hash): bigint | undefined {
    const height = this.main.heightOf(hash)
    return height >= 0 ? this.main.workAt(height) : this.sides.get(hash)?.work
  }

  /** The header at a height in the chain that ends in this hash. */
  ancestor(hash: Hash, height: number): Header | undefined {
    const [path, fork] = this.#branch(hash)
    if (height < 0 || height > fork + path.length) return undefined
    return height <= fork ? this.main.header(height) : path[fork + path.length - height]?.header
  }

  /** Whether the chain that ends in `descendant` goes through `hash`; a header is its own ancestor. */
  isAncestor(hash: Hash, descendant: Hash): boolean {
    const height = this.find(hash)?.height
    const ancestor = height === undefined ? undefined : this.ancestor(descendant, height)
    return ancestor !== undefined && equalHashes(ancestor.hash, hash)
  }

  /** The last header that the chains which end in these two share. */
  commonAncestor(a: Hash, b: Hash): Header | undefined {
    const [pathA, forkA] = this.#branch(a)
    const [pathB, forkB] = this.#branch(b)
    if (forkA < 0 || forkB < 0) return undefined
    let common: Header | undefined
    for (let i = 1; i <= Math.min(pathA.length, pathB.length); i++) {
      const header = pathA.at(-i)?.header
      if (header === undefined || header !== pathB.at(-i)?.header) break
      common = header
    }
    return common ?? this.main.header(Math.min(forkA, forkB))
  }

  /** Hashes of the main chain for asking what comes after: from a height down, dense at first, the genesis block last. */
  locator(height: number): Hash[] {
    const hashes: Hash[] = []
    let step = 1
    for (let at = height; at > 0; at -= step) {
      hashes.push(this.main.hash(at).slice())
      if (hashes.length > DENSE_LOCATOR) step *= 2
    }
    return [...hashes, this.main.hash(0).slice()]
  }

  /** Makes the chain that ends in this side header the main chain. */
  switchTo(hash: Hash): Switch {
    const path = this.sides.pathFrom(hash).reverse()
    const commonHeight = (path[0]?.header.height ?? 0) - 1
    const disconnected: SideHeader[] = []
    for (let height = commonHeight + 1; height <= this.main.height; height++)
      disconnected.push({ header: this.main.header(height), work: this.main.workAt(height) })
    this.main.truncate(commonHeight)
    for (const side of disconnected) this.sides.add(side)
    for (const { header } of path) {
      this.sides.delete(header.hash)
      this.main.append(header.raw, header.hash)
    }
    return { commonHeight, disconnected: disconnected.map(({ header }) => header) }
  }

  /** What leads from a header back to the main chain, and the height where it gets there; -1 for an unknown header. */
  #branch(hash: Hash): [path: SideHeader[], fork: number] {
    const path = this.sides.pathFrom(hash)
    return [path, this.main.heightOf(path.at(-1)?.header.prevHash ?? hash)]
  }
}
