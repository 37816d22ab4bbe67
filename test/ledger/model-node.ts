import type { Block } from '../../src/ledger/block.js'
import { connectBlock } from '../../src/ledger/connect-block.js'
import { bestBlock, reorgPath } from '../../src/ledger/fork-choice.js'
import { acceptBody, growTree, requireEntry, type TreeEntry } from '../../src/ledger/header-tree.js'
import { invalidate, reconsider } from '../../src/ledger/invalidate.js'
import type { EndorsementPolicy } from '../../src/ledger/judge-call.js'
import { RuleError } from '../../src/ledger/rule-error.js'
import { type BlockUndo, disconnectBlock } from '../../src/ledger/undo.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import { START, testChain } from './make-chain.js'
import { MemoryState, MemoryTree } from './memory-ports.js'

export const chain = testChain()

const endorsementPolicy: EndorsementPolicy = ({ contract }) =>
  contract === 'unendorsed' ? VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE : VALIDATION_CODE.VALID

/** What the runs met, to prove that they meet everything. */
export const met = new Map<string, number>()
export function meet(what: string): void {
  met.set(what, (met.get(what) ?? 0) + 1)
}

/** A node as its storage will drive it: step by step, with undo data. */
export class Node {
  readonly state = new MemoryState()
  readonly tree = new MemoryTree()
  readonly #blocks = new Map<
    string,
    { readonly block: Block; undo?: BlockUndo; outcomes?: readonly number[] }
  >()
  #sequence = 0
  tip: TreeEntry | undefined

  /** @throws {RuleError} */
  accept(block: Block): void {
    this.tree.grow(growTree(this.tree, block.header, this.#sequence++))
    this.#blocks.set(block.header.hash, { block })
    this.tree.put(acceptBody(this.tree, block.header.hash, this.#sequence++))
    this.activate()
  }

  invalidate(hash: string): void {
    this.tree.put(...invalidate(this.tree, hash))
    this.activate()
  }

  reconsider(hash: string): void {
    this.tree.put(...reconsider(this.tree, hash))
    this.activate()
  }

  /** Goes to the best block; where one on the way turns out wrong, to the best without it. */
  activate(): void {
    for (
      let best = bestBlock(this.tree);
      best?.header.hash !== this.tip?.header.hash;
      best = bestBlock(this.tree)
    ) {
      const path = reorgPath(this.tree, this.tip, best)
      if (path.disconnect.length > 1) meet('deep reorg')
      this.#rewind(path.disconnect)
      for (const hash of path.connect) if (!this.#connect(hash)) break
    }
  }

  outcomes(): readonly (readonly number[])[] {
    const path = this.tip ? reorgPath(this.tree, undefined, this.tip).connect : []
    return path.map((hash) => this.#blocks.get(hash)?.outcomes ?? [])
  }

  #rewind(hashes: readonly string[]): void {
    for (const hash of hashes) {
      const { block, undo } = this.#blocks.get(hash) as { block: Block; undo: BlockUndo }
      this.state.disconnect(block, disconnectBlock(block, undo))
      const { height, previousHash } = block.header
      this.tip = height === 0 ? undefined : requireEntry(this.tree, previousHash)
    }
  }

  #connect(hash: string): boolean {
    const stored = this.#blocks.get(hash)
    if (!stored) throw new Error('the tree holds blocks only')
    try {
      const context = { medianTimePast: START, endorsementPolicy }
      const effects = connectBlock(stored.block, this.state, chain, context)
      this.state.connect(stored.block, effects)
      Object.assign(stored, { undo: effects.undo, outcomes: effects.outcomes })
      for (const code of effects.outcomes) meet(`code ${code}`)
      this.tip = requireEntry(this.tree, hash)
      return true
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      meet(error.rule)
      this.tree.put(...invalidate(this.tree, hash))
      return false
    }
  }
}
