import type { Block, BlockHeader } from '../ledger/block.js'
import { type Chain, chainOf } from '../ledger/chain.js'
import type { Branch } from '../ledger/check-header-in-branch.js'
import { branchAt, requireEntry, type TreeEntry } from '../ledger/header-tree.js'
import type { ConsensusSettings } from '../ledger/settings.js'
import type { ChainIndex } from '../store/index/chain-index.js'
import type { BlockArchive } from './block-archive.js'
import { medianTimeBelow } from './steps.js'

export interface ChainViewOptions {
  readonly settings: ConsensusSettings
  readonly archive: BlockArchive
  readonly index: ChainIndex
}

/** What the chain of one node is at the moment, to be read. */
export class ChainView {
  readonly index: ChainIndex
  readonly archive: BlockArchive
  #chain: Chain

  constructor({ settings, archive, index }: ChainViewOptions) {
    this.index = index
    this.archive = archive
    this.#chain = chainOf(settings)
  }

  /** The settings and what follows from them. */
  get chain(): Chain {
    return this.#chain
  }

  protected found(settings: ConsensusSettings): void {
    this.#chain = chainOf(settings)
  }

  /** The last block's entry in the header tree; undefined before block 0. */
  tipEntry(): TreeEntry | undefined {
    const hash = this.index.tipHash()
    return hash === undefined ? undefined : requireEntry(this.index, hash)
  }

  /** The last block's header; undefined before block 0. */
  tip(): BlockHeader | undefined {
    return this.tipEntry()?.header
  }

  /** -1 before block 0. */
  height(): number {
    return this.tip()?.height ?? -1
  }

  /** Hashes that the chain stands for. */
  work(): bigint {
    return this.tipEntry()?.work ?? 0n
  }

  /** The branch that the next block follows; undefined before block 0. */
  branch(): Branch | undefined {
    const tip = this.tip()
    return tip && branchAt(this.index, tip)
  }

  /** Of the branch the next block follows, in ms since 1970. */
  medianTimePast(): number {
    return medianTimeBelow(this.branch(), this.chain)
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
}
