import { describe, expect, test } from '@jest/globals'
import type { Block, BlockHeader } from '../../src/ledger/block.js'
import {
  bestBlock,
  bestHeader,
  checkBranchWork,
  isBetter,
  reorgPath,
  tipsOf,
} from '../../src/ledger/fork-choice.js'
import {
  acceptBody,
  branchAfter,
  branchAt,
  branchBelow,
  growTree,
  requireEntry,
  type TreeEntry,
  workOf,
} from '../../src/ledger/header-tree.js'
import { invalidate, reconsider } from '../../src/ledger/invalidate.js'
import { blockOf, testChain } from './make-chain.js'
import { MemoryTree } from './memory-ports.js'
import { ruleBrokenBy } from './fixtures.js'

const chain = testChain()
const HARD = 0x200fffff

/** A tree whose blocks go by names. */
class Named {
  readonly tree = new MemoryTree()
  readonly #blocks = new Map<string, Block>()
  #sequence = 0

  header(name: string, parent?: string, bits = chain.settings.powLimitBits): this {
    const below = parent === undefined ? undefined : this.block(parent).header
    const block = blockOf(chain, below, { to: name, bits })
    this.#blocks.set(name, block)
    this.tree.grow(growTree(this.tree, block.header, this.#sequence++))
    return this
  }

  body(name: string): this {
    this.tree.put(acceptBody(this.tree, this.hash(name), this.#sequence++))
    return this
  }

  add(name: string, parent?: string, bits?: number): this {
    return this.header(name, parent, bits).body(name)
  }

  block(name: string): Block {
    return this.#blocks.get(name) as Block
  }

  hash(name: string): string {
    return this.block(name).header.hash
  }

  entry(name: string): TreeEntry {
    return requireEntry(this.tree, this.hash(name))
  }

  names(hashes: readonly (string | undefined)[]): readonly (string | undefined)[] {
    const byHash = new Map([...this.#blocks].map(([name, { header }]) => [header.hash, name]))
    return hashes.map((hash) => byHash.get(hash ?? ''))
  }

  best(): string | undefined {
    return this.names([bestBlock(this.tree)?.header.hash])[0]
  }

  bestHeader(): string | undefined {
    return this.names([bestHeader(this.tree)?.header.hash])[0]
  }

  invalid(): Record<string, string> {
    const marked = [...this.#blocks.keys()].map((name) => [name, this.entry(name).invalid] as const)
    return Object.fromEntries(marked.filter(([, invalid]) => invalid)) as Record<string, string>
  }
}

/** a - b - c - d and b - x - y, all with bodies. */
function forked(): Named {
  return new Named().add('a').add('b', 'a').add('c', 'b').add('d', 'c').add('x', 'b').add('y', 'x')
}

describe('the tree of headers', () => {
  test('FORK-1: a header whose parent is unknown is refused', () => {
    const { tree } = forked()
    const stranger = blockOf(chain, blockOf(chain, undefined, { to: 'stranger' }).header).header
    expect(ruleBrokenBy(() => branchBelow(tree, stranger))).toBe('FORK-1')
    expect(ruleBrokenBy(() => growTree(tree, stranger, 99))).toBe('FORK-1')
    expect(branchBelow(tree, blockOf(chain, undefined).header)).toBeUndefined()
  })

  test('FORK-2: a header that follows an invalid one is refused', () => {
    const named = forked()
    named.tree.put(...invalidate(named.tree, named.hash('x')))
    expect(ruleBrokenBy(() => named.header('z', 'y'))).toBe('FORK-2')
    expect(ruleBrokenBy(() => named.header('z', 'd'))).toBeUndefined()
  })

  test('FORK-3: a branch that lies more than so many blocks of work behind the best one is not kept', () => {
    const named = forked()
    const best = named.entry('d')
    const each = workOf(best.header)
    expect(ruleBrokenBy(() => checkBranchWork(best.work - 2n * each, best, 2))).toBeUndefined()
    expect(ruleBrokenBy(() => checkBranchWork(best.work - 2n * each - 1n, best, 2))).toBe('FORK-3')
    expect(ruleBrokenBy(() => checkBranchWork(0n, undefined, 2))).toBeUndefined()
  })

  test('a branch tells its last eleven timestamps, looked up or carried along', () => {
    const named = new Named().add('0')
    let carried = branchAfter(undefined, named.block('0').header)
    for (let i = 1; i < 14; i++) {
      named.add(`${i}`, `${i - 1}`)
      const header: BlockHeader = named.block(`${i}`).header
      expect(branchBelow(named.tree, header)).toEqual(carried)
      carried = branchAfter(carried, header)
      expect(branchAt(named.tree, header)).toEqual(carried)
    }
    expect(carried.timestamps).toHaveLength(11)
  })

  test('a block is not taken in before its parent', () => {
    const named = new Named().header('a').header('b', 'a')
    expect(() => named.body('b')).toThrow('after their parents')
  })
})

describe('the choice', () => {
  test('FORK-4: the branch of most work wins, not the longest', () => {
    const named = forked()
    expect(named.best()).toBe('d')
    named.add('heavy', 'a', HARD)
    expect(named.entry('heavy').header.height).toBeLessThan(named.entry('d').header.height)
    expect(named.best()).toBe('heavy')
    expect(isBetter(named.entry('heavy'), named.entry('d'))).toBe(true)
  })

  test('FORK-5: of equal branches the one whose block was there first wins', () => {
    const named = new Named().add('a').header('late', 'a').add('early', 'a').body('late')
    expect(named.best()).toBe('early')
    expect(isBetter(named.entry('late'), named.entry('early'))).toBe(false)
    expect(isBetter(named.entry('late'), undefined)).toBe(true)
  })

  test('FORK-6: only blocks that are held and valid can be the end of the chain; headers show the way', () => {
    const named = forked().header('e', 'd').header('f', 'e')
    expect(named.best()).toBe('d')
    expect(named.bestHeader()).toBe('f')
    named.body('e')
    expect(named.best()).toBe('e')
    expect(bestBlock(new MemoryTree())).toBeUndefined()
  })

  test('FORK-7: an invalid block takes all that follow it out of the choice', () => {
    const named = forked()
    named.tree.put(...invalidate(named.tree, named.hash('c')))
    expect(named.invalid()).toEqual({ c: 'itself', d: 'ancestor' })
    expect(named.best()).toBe('y')
    expect(named.bestHeader()).toBe('y')
    expect(invalidate(named.tree, named.hash('c'))).toEqual([])
    named.tree.put(...invalidate(named.tree, named.hash('b')))
    expect(named.invalid()).toEqual({ b: 'itself', c: 'itself', d: 'ancestor', x: 'ancestor', y: 'ancestor' })
    expect(named.best()).toBe('a')
  })

  test('FORK-8: a reconsidered block comes back with all below and above it, not its cousins', () => {
    const named = forked()
    for (const name of ['x', 'c', 'b']) named.tree.put(...invalidate(named.tree, named.hash(name)))
    named.tree.put(...reconsider(named.tree, named.hash('c')))
    expect(named.invalid()).toEqual({ x: 'itself', y: 'ancestor' })
    expect(named.best()).toBe('d')
    expect(reconsider(named.tree, named.hash('d'))).toEqual([])
    named.tree.put(...reconsider(named.tree, named.hash('y')))
    expect(named.invalid()).toEqual({})
  })
})

describe('the way from one end to another', () => {
  test('FORK-9: a reorg takes blocks off down to the fork point and puts the others on', () => {
    const named = forked()
    const path = reorgPath(named.tree, named.entry('d'), named.entry('y'))
    expect(named.names(path.disconnect)).toEqual(['d', 'c'])
    expect(named.names(path.connect)).toEqual(['x', 'y'])
    expect(path.forkPoint).toBe(named.hash('b'))
  })

  test('FORK-9: it works from nothing, along one branch, and to where one is', () => {
    const named = forked()
    const fromNothing = reorgPath(named.tree, undefined, named.entry('c'))
    expect(named.names(fromNothing.connect)).toEqual(['a', 'b', 'c'])
    expect(fromNothing.forkPoint).toBeUndefined()
    expect(reorgPath(named.tree, named.entry('c'), named.entry('c'))).toEqual({
      forkPoint: named.hash('c'),
      disconnect: [],
      connect: [],
    })
    expect(named.names(reorgPath(named.tree, named.entry('d'), named.entry('b')).disconnect)).toEqual([
      'd',
      'c',
    ])
  })

  test('FORK-9: two chains that share no block 0 have no fork point', () => {
    const named = forked().add('other').add('next', 'other')
    const path = reorgPath(named.tree, named.entry('b'), named.entry('next'))
    expect(named.names(path.disconnect)).toEqual(['b', 'a'])
    expect(named.names(path.connect)).toEqual(['other', 'next'])
    expect(path.forkPoint).toBeUndefined()
  })

  test('the ends of all branches are told with their length and what is known of them', () => {
    const named = forked().header('z', 'a').header('w', 'z').add('bad', 'c')
    named.tree.put(...invalidate(named.tree, named.hash('bad')))
    const active = ['a', 'b', 'c', 'd'].map((name) => named.hash(name))
    const tips = tipsOf(named.tree, named.entry('d'), (height) => active[height])
    const shown = tips.map(({ hash, height, branchLength, status }) => [
      ...named.names([hash]),
      height,
      branchLength,
      status,
    ])
    expect(new Set(shown.map(String))).toEqual(
      new Set(['d,3,0,active', 'y,3,2,valid', 'bad,3,1,invalid', 'w,2,2,headers']),
    )
    expect(shown.at(-1)?.[0]).toBe('w')
  })
})
