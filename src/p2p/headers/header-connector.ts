import type { Hash } from '../hash.js'
import type { HeaderRules } from '../networks/network.js'
import type { Checkpoints } from './checkpoints.js'
import { Ancestors, ANCESTORS_NEEDED, WORKS_NEEDED } from './difficulty/ancestors.js'
import { workOfBits } from './difficulty/work.js'
import { HASH_BYTES, Header, HEADER_BYTES } from './header.js'
import type { HeaderBatch } from './header-batch.js'
import { HeaderError, type HeaderFault } from './header-error.js'
import type { HeaderTree, Switch } from './header-tree.js'
import type { HeaderChecker } from './rules.js'

export interface ConnectorOptions {
  readonly tree: HeaderTree
  readonly rules: HeaderRules
  readonly checker: HeaderChecker
  readonly checkpoints: Checkpoints
  /** Below this much work the main chain may have so many headers only. */
  readonly minimumChainWork: bigint
  readonly maxLowWorkHeaders: number
  readonly maxSideHeaders: number
}

/** What a batch did to the tree. */
export interface Connected {
  readonly added: number
  readonly duplicates: number
  /** New headers that are not on the main chain, oldest first. */
  readonly sides: readonly Header[]
  readonly switched?: Switch
  readonly refused?: HeaderError
}

/** Where a batch has got to. */
interface Progress {
  /** Headers before this one are known now. */
  next: number
  fault?: HeaderFault
  readonly sides: Header[]
  switched?: Switch
}

/** Takes headers into the tree, as far as they follow the rules. */
export class HeaderConnector {
  readonly #options: ConnectorOptions
  readonly #tree: HeaderTree
  /** Up to the tip of the main chain. */
  #ancestors: Ancestors

  constructor(options: ConnectorOptions) {
    this.#options = options
    this.#tree = options.tree
    this.#ancestors = this.#ancestorsOf(this.#tree.main.tip)
  }

  /**
   * Takes the headers of a batch, each of which must follow the one before it, up to the first that is refused.
   * @param nowSeconds since 1970
   */
  connect(batch: HeaderBatch, nowSeconds: number): Connected {
    const linked = batch.linked
    let known = 0
    while (known < linked && this.#tree.contains(batch.hashAt(known))) known++
    const progress: Progress = { next: known, sides: [] }
    const parent = known < linked ? this.#tree.find(batch.prevAt(known)) : undefined
    if (parent !== undefined) {
      if (parent.height < this.#tree.main.height || this.#tree.sides.get(parent.hash) !== undefined)
        this.#branch(batch, linked, parent, progress, nowSeconds)
      if (progress.fault === undefined) this.#extend(batch, linked, progress, nowSeconds)
    } else if (known < linked) progress.fault = 'unknown_parent'
    return this.#summary(batch, known, progress)
  }

  #summary(batch: HeaderBatch, known: number, { next, fault, sides, switched }: Progress): Connected {
    const code = fault ?? (next < batch.count ? 'not_linked' : undefined)
    const parent = next < batch.count ? this.#tree.find(batch.prevAt(next)) : undefined
    return {
      added: next - known,
      duplicates: known,
      sides: switched === undefined ? sides : [],
      ...(switched === undefined ? {} : { switched }),
      ...(code === undefined
        ? {}
        : { refused: new HeaderError(code, next, parent === undefined ? undefined : parent.height + 1) }),
    }
  }

  /** The hot path: headers that follow the tip of the main chain. Does nothing where the batch ended on a branch. */
  #extend(batch: HeaderBatch, end: number, progress: Progress, nowSeconds: number): void {
    const { checker, minimumChainWork, maxLowWorkHeaders } = this.#options
    const { main } = this.#tree
    const first = progress.next
    if (first >= end) return
    const most = main.work < minimumChainWork ? maxLowWorkHeaders - main.height - 1 : Infinity
    let next = first
    for (; next < end; next++) {
      const fault: HeaderFault | undefined =
        next - first < most ? checker.fault(batch, next, this.#ancestors, nowSeconds) : 'low_work_limit'
      if (fault !== undefined) {
        progress.fault = fault
        break
      }
      this.#ancestors.push(batch.time(next), batch.bits(next))
    }
    main.append(
      batch.raw.subarray(first * HEADER_BYTES, next * HEADER_BYTES),
      batch.hashes.subarray(first * HASH_BYTES, next * HASH_BYTES),
    )
    progress.next = next
  }

  /** Headers off the main chain, until there are no more or their branch has become the main chain. */
  #branch(batch: HeaderBatch, end: number, parent: Header, progress: Progress, nowSeconds: number): void {
    const { checker, checkpoints } = this.#options
    const { main, sides } = this.#tree
    const ancestors = this.#ancestorsOf(parent)
    const passed = checkpoints.lastPassed(main.height)
    let work = this.#tree.workOf(parent.hash) ?? 0n
    for (let tip = parent; progress.next < end; progress.next++) {
      const index = progress.next
      const height = tip.height + 1
      const fault =
        height <= passed ? 'fork_below_checkpoint' : checker.fault(batch, index, ancestors, nowSeconds)
      if (fault !== undefined || !this.#hasRoom(tip.hash)) {
        progress.fault = fault ?? 'side_branch_limit'
        return
      }
      tip = new Header(height, batch.hashAt(index).slice(), batch.rawAt(index).slice())
      work += workOfBits(tip.bits)
      sides.add({ header: tip, work })
      progress.sides.push(tip)
      ancestors.push(tip.time, tip.bits)
      if (work > main.work) {
        progress.switched = this.#tree.switchTo(tip.hash)
        this.#ancestors = ancestors
        progress.next++
        return
      }
    }
  }

  /** Whether there is room for one more side header, after the branches with the least work have gone where need be. */
  #hasRoom(branch: Hash): boolean {
    const { sides } = this.#tree
    const { maxSideHeaders } = this.#options
    if (sides.size >= maxSideHeaders) sides.prune(maxSideHeaders >>> 1, branch)
    return sides.size < maxSideHeaders
  }

  #ancestorsOf(header: Header): Ancestors {
    const { rules } = this.#options
    const { main, sides } = this.#tree
    const first = Math.max(0, header.height + 1 - ANCESTORS_NEEDED)
    const { daaParentHeight = Infinity } = rules
    const worksFrom = Math.max(daaParentHeight, header.height) - WORKS_NEEDED
    const ancestors = new Ancestors(first, rules.powLimitBits, worksFrom)
    const path = sides.pathFrom(header.hash)
    for (let height = first; height <= header.height - path.length; height++)
      ancestors.push(main.time(height), main.bits(height))
    // The branch may be longer than what is needed of it.
    for (const side of path.reverse())
      if (side.header.height >= first) ancestors.push(side.header.time, side.header.bits)
    return ancestors
  }
}
