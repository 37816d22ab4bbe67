import type { Hash } from '../hash.js'
import type { Network } from '../networks/network.js'
import { equalHashes } from './equal-hashes.js'
import { Checkpoints } from './checkpoints.js'
import { createBatchHasher, MAX_BATCH } from '../hashing/batch-hasher.js'
import { HEADER_BYTES, type Header } from './header.js'
import { HeaderBatch } from './header-batch.js'
import { type Connected, HeaderConnector } from './header-connector.js'
import { HeaderError } from './header-error.js'
import { HeaderTree } from './header-tree.js'
import { HeaderChecker } from './rules.js'

export interface BookOptions {
  readonly network: Network
  /** Beside the network's; at the same height these count. */
  readonly checkpoints: Network['checkpoints']
  readonly invalidBlocks: readonly Hash[]
  readonly maxSideHeaders: number
  readonly maxLowWorkHeaders: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
}

/** What happened to the tree in one call. */
export interface Change {
  readonly added: number
  readonly duplicates: number
  /** Headers of the main chain up to this height were not touched. */
  readonly commonHeight: number
  /** Off the main chain now, oldest first. */
  readonly disconnected: readonly Header[]
  /** New headers that are not on the main chain, oldest first. */
  readonly sides: readonly Header[]
  readonly refused?: HeaderError
}

/** The headers of one network in memory: hashed, checked, and in their places. */
export class HeaderBook {
  readonly tree = new HeaderTree()
  readonly #options: BookOptions
  readonly #checkpoints: Checkpoints
  readonly #hasher = createBatchHasher()
  #connector: HeaderConnector | undefined

  constructor(options: BookOptions) {
    this.#options = options
    this.#checkpoints = new Checkpoints([...options.network.checkpoints, ...options.checkpoints])
  }

  /**
   * Takes headers that were checked before: only whether each follows the one before it is looked at. For the beginning,
   * before anything is connected.
   * @returns how many of them do
   */
  restore(raw: Uint8Array): number {
    const { main } = this.tree
    const count = raw.length / HEADER_BYTES
    for (let first = 0; first < count; first += MAX_BATCH) {
      const batch = this.#hashed(raw, 80, first, Math.min(MAX_BATCH, count - first))
      const follows = main.height < 0 || equalHashes(batch.prevAt(0), main.hash(main.height))
      const linked = follows ? batch.linked : 0
      main.append(batch.raw.subarray(0, linked * HEADER_BYTES), batch.hashes.subarray(0, linked * 32))
      if (linked < batch.count) return first + linked
    }
    return count
  }

  /** The height up to which the main chain has the blocks of the checkpoints, and none of those called invalid. */
  get soundHeight(): number {
    const { main } = this.tree
    const heights = this.#options.invalidBlocks.map((hash) => main.heightOf(hash)).filter((at) => at >= 0)
    for (const height of this.#checkpoints.heights) {
      const hash = this.#checkpoints.at(height)
      if (height <= main.height && hash !== undefined && !equalHashes(main.hash(height), hash))
        heights.push(height)
    }
    return Math.min(main.height, ...heights.map((height) => height - 1))
  }

  /** Takes headers of which each must follow the one before it; stops at the first that is refused. */
  connect(bytes: Uint8Array, count: number, stride: number): Change {
    const nowSeconds = this.#options.clock() / 1000
    const changes = new Changes(this.tree.main.height)
    let last: Hash | undefined
    for (let first = 0; first < count && changes.refused === undefined; first += MAX_BATCH) {
      const batch = this.#hashed(bytes, stride, first, Math.min(MAX_BATCH, count - first))
      if (last !== undefined && !equalHashes(batch.prevAt(0), last)) {
        changes.refuse(new HeaderError('not_linked', first, undefined))
        break
      }
      changes.add(this.#connecting.connect(batch, nowSeconds), first)
      last = batch.hashAt(batch.count - 1).slice()
    }
    return changes
  }

  /**
   * Takes headers in any number of branches, each header after its parent; leaves out what is refused.
   * @returns headers whose parent is not known, side by side
   */
  connectBranches(raw: Uint8Array, changes: Changes): Uint8Array {
    const nowSeconds = this.#options.clock() / 1000
    const orphans: Uint8Array[] = []
    const count = raw.length / HEADER_BYTES
    for (let first = 0; first < count; first += MAX_BATCH) {
      let batch = this.#hashed(raw, 80, first, Math.min(MAX_BATCH, count - first))
      while (batch.count > 0) {
        const connected = this.#connecting.connect(batch, nowSeconds)
        changes.add(connected, 0)
        const { refused } = connected
        if (refused === undefined) break
        if (refused.code === 'unknown_parent') orphans.push(batch.rawAt(refused.index).slice())
        batch = batch.from(refused.index + (refused.code === 'not_linked' ? 0 : 1))
      }
    }
    return Buffer.concat(orphans)
  }

  get #connecting(): HeaderConnector {
    const { network, maxLowWorkHeaders, maxSideHeaders, invalidBlocks } = this.#options
    const { rules, minimumChainWork } = network
    const checkpoints = this.#checkpoints
    return (this.#connector ??= new HeaderConnector({
      tree: this.tree,
      rules,
      checkpoints,
      checker: new HeaderChecker(rules, checkpoints, invalidBlocks),
      minimumChainWork,
      maxLowWorkHeaders,
      maxSideHeaders,
    }))
  }

  #hashed(bytes: Uint8Array, stride: number, first: number, count: number): HeaderBatch {
    const part = bytes.subarray(first * stride, (first + count) * stride)
    return new HeaderBatch(this.#hasher.hash(part, count, stride))
  }
}

/** Sums up what several batches did. */
export class Changes implements Change {
  added = 0
  duplicates = 0
  commonHeight: number
  disconnected: readonly Header[] = []
  readonly sides: Header[] = []
  refused?: HeaderError

  /** @param height of the main chain before */
  constructor(height: number) {
    this.commonHeight = height
  }

  /** @param first index of the batch's first header in all */
  add(connected: Connected, first: number): void {
    const { added, duplicates, sides, switched, refused } = connected
    this.added += added
    this.duplicates += duplicates
    for (const side of sides) this.sides.push(side)
    if (switched !== undefined && switched.commonHeight < this.commonHeight) {
      this.commonHeight = switched.commonHeight
      this.disconnected = switched.disconnected
    }
    if (refused !== undefined)
      this.refuse(new HeaderError(refused.code, first + refused.index, refused.height))
  }

  refuse(error: HeaderError): void {
    this.refused = error
  }
}
