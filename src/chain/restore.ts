import type { Block } from '../ledger/block.js'
import { checkBlock } from '../ledger/check-block.js'
import { checkHeaderInBranch } from '../ledger/check-header-in-branch.js'
import type { branchBelow } from '../ledger/header-tree.js'
import { branchAfter } from '../ledger/header-tree.js'
import { RuleError } from '../ledger/rule-error.js'
import type { Blockchain } from './blockchain.js'

export interface RestoreOptions {
  /** Rebuild the index even if it looks right. */
  readonly rebuild: boolean
  readonly onProgress: (done: number, total: number) => void
  readonly onRefused: (block: Block, error: RuleError) => void
}

/** What a start found and did. */
export interface RestoreReport {
  readonly rebuilt: boolean
  /** Blocks found beyond the tip or beside the chain that the index did not know. */
  readonly takenIn: number
}

/**
 * Brings index and files into step after any kind of end: rebuilds the index from the chain's files when its tip is not
 * there, marks again what the operator put aside, takes in what lies beyond the tip, and finishes a reorg that was cut
 * short.
 */
export function restore(blockchain: Blockchain, options: RestoreOptions): Promise<RestoreReport> {
  return blockchain.alone(async () => {
    const rebuilt = options.rebuild || blockchain.index.isBeingRebuilt || !(await isInStep(blockchain))
    if (rebuilt) await rebuild(blockchain, options)
    blockchain.markAsideAlone()
    await moveRestBeside(blockchain)
    const takenIn = await takeInSides(blockchain, options)
    await blockchain.takeBestBranch()
    return { rebuilt, takenIn }
  })
}

/** Whether the files up to the index' tip are all there, and the last one is that tip. */
async function isInStep({ index, archive }: Blockchain): Promise<boolean> {
  const hash = index.tipHash()
  if (hash === undefined) return !(await archive.heights()).includes(0)
  const height = index.entry(hash)?.header.height ?? 0
  const heights = await archive.heights()
  if (heights[height] !== height) return false
  const block = await archive.read(height)
  return block?.header.hash === hash
}

/** Connects the chain's files again from block 0 up. They passed here before, so their signatures are not verified again. */
async function rebuild(blockchain: Blockchain, options: RestoreOptions): Promise<void> {
  const { chain, index } = blockchain
  index.beginRebuild(chain.id)
  await connectFiles(blockchain, options)
  index.endRebuild()
}

async function connectFiles(
  blockchain: Blockchain,
  { onProgress, onRefused }: RestoreOptions,
): Promise<void> {
  const { archive, chain, steps, putAside } = blockchain
  const heights = await archive.heights()
  const gap = heights.findIndex((height, i) => height !== i)
  const total = gap === -1 ? heights.length : gap
  let branch: ReturnType<typeof branchBelow>
  let done = 0
  for await (const block of archive.readMany(0, total - 1)) {
    if (putAside.has(block.header.hash)) return
    try {
      checkBlock(block, chain)
      checkHeaderInBranch(block.header, branch, chain, Number.MAX_SAFE_INTEGER)
      await steps.prepare(block)
      steps.connect(block, steps.effects(block, branch, chain))
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      onRefused(block, error)
      return
    }
    branch = branchAfter(branch, block.header)
    onProgress(++done, total)
    await new Promise(setImmediate)
  }
}

/** Files beyond the tip become blocks beside the chain: fork choice decides about them. */
async function moveRestBeside({ archive, index }: Blockchain): Promise<void> {
  const hash = index.tipHash()
  const tip = hash === undefined ? -1 : (index.entry(hash)?.header.height ?? -1)
  const beyond = (await archive.heights()).filter((height) => height > tip)
  for (const height of beyond) {
    const block = await archive.read(height)
    if (block) await archive.writeSide(block)
  }
  if (beyond.length > 0) await archive.removeAbove(tip)
}

/** Blocks beside the chain that the index does not hold, the lowest first. They are strangers: every rule is checked. */
async function takeInSides(blockchain: Blockchain, { onRefused }: RestoreOptions): Promise<number> {
  const { archive, index, putAside } = blockchain
  let takenIn = 0
  for (const hash of await strangers(blockchain)) {
    const block = await archive.readSide(hash)
    if (!block) continue
    const isAside = putAside.has(hash) || index.entry(block.header.previousHash)?.invalid !== undefined
    try {
      if (isAside) await blockchain.keepAsideAlone(block)
      else if ((await blockchain.acceptAlone(block)) === 'connected') await archive.removeSide(hash)
      takenIn++
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      onRefused(block, error)
    }
  }
  return takenIn
}

/** Hashes of the files beside the chain that the index holds no block for. A second copy of a block of the chain goes. */
async function strangers({ archive, index }: Blockchain): Promise<string[]> {
  const found: { readonly hash: string; readonly height: number }[] = []
  for (const hash of await archive.sideHashes()) {
    const entry = index.entry(hash)
    const height = entry?.header.height ?? (await archive.readSide(hash))?.header.height
    if (height === undefined) continue
    if (index.activeHash(height) === hash) await archive.removeSide(hash)
    else if (!entry?.hasBody) found.push({ hash, height })
  }
  return found.sort((a, b) => a.height - b.height).map(({ hash }) => hash)
}
