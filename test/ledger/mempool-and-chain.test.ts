import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { connectBlock } from '../../src/ledger/connect-block.js'
import { Mempool } from '../../src/ledger/mempool.js'
import { RuleError } from '../../src/ledger/rule-error.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import { blockOf, coinbaseOf, recordOf, START, transferOf } from './make-chain.js'
import { chain, ids, Node, NOW, SETTINGS } from './pool-node.js'

describe('with the chain', () => {
  test('POOL-11: a connected block takes along what it holds and what conflicts with it, and all that builds on that', () => {
    const node = new Node()
    const [confirmed, loser] = [node.spend(0, 1), node.spend(1, 1)]
    const child = transferOf(chain, confirmed, 'a', ['b'])
    const orphan = transferOf(chain, loser, 'a', ['b'])
    for (const each of [confirmed, child, loser, orphan]) node.add(each)
    const gone = node.mine([confirmed, node.spend(1, 0, ['x'])])
    expect(ids(gone)).toEqual([loser.id, orphan.id])
    expect(node.ids()).toEqual([child.id])
  })

  test('POOL-12: after a reorg transactions return before what builds on them, unless the new branch rules them out', () => {
    const node = new Node()
    const [kept, beaten] = [node.spend(0, 5), node.spend(1, 5)]
    const record = recordOf(chain, 'a', 'x')
    node.mine([kept, beaten, record])
    const [child, lost] = [transferOf(chain, kept, 'a', ['b']), transferOf(chain, beaten, 'a', ['b'])]
    node.add(child)
    node.add(lost)
    const returned = node.rewind(1)
    node.mine([node.spend(1, 0, ['z']), record], 'other')
    const dropped = node.pool.reorganized(returned, node.context())
    expect(dropped.map(({ transaction, error }) => [transaction.id, error.rule])).toEqual([
      [beaten.id, 'UTX-1'],
      [lost.id, 'UTX-1'],
    ])
    expect(node.ids()).toEqual([kept.id, child.id])
  })

  test('POOL-12: what spends a reward of a block taken off, or one no longer mature, is dropped', () => {
    const node = new Node()
    const spending = node.spend(6, 1)
    node.add(spending)
    const returned = node.rewind(1)
    const dropped = node.pool.reorganized(returned, node.context())
    expect(dropped.map(({ error }) => error.rule)).toEqual(['UTX-3'])
    expect(node.pool.size).toBe(0)
  })

  test('POOL-13: pending transactions come in the order of arrival, and enter another pool with their age', () => {
    const node = new Node()
    const first = node.spend(0, 1)
    const all = [first, node.spend(1, 100), transferOf(chain, first, 'a', ['b'], 50)]
    all.forEach((each, i) => node.add(each, NOW + i))
    const kept = [...node.pool.pending()]
    expect(kept).toEqual(all.map((transaction, i) => ({ transaction, addedMs: NOW + i })))
    const restarted = new Mempool(chain, SETTINGS)
    expect(restarted.addAll(kept, node.context(NOW + 500))).toEqual([])
    expect([...restarted.pending()]).toEqual(kept)
    const smaller = new Mempool(chain, { ...SETTINGS, maxCount: 2 })
    const rules = smaller.addAll(kept, node.context()).map(({ error }) => error.rule)
    expect(rules).toEqual(['POOL-8'])
  })
})

describe('what goes into a block', () => {
  test('POOL-14: the best paid come first, each after what it builds on', () => {
    const node = new Node()
    const poor = node.spend(0, 1)
    const rescuer = transferOf(chain, poor, 'a', ['b'], 5000)
    const middle = node.spend(1, 1000)
    const low = node.spend(2, 10)
    for (const each of [low, poor, middle, rescuer]) node.add(each)
    expect(ids(node.pool.select(100_000))).toEqual([poor, rescuer, middle, low].map(({ id }) => id))
  })

  test('POOL-14: what builds on a chosen one is judged by its own pay from then on', () => {
    const node = new Node()
    const rich = node.spend(0, 1000)
    const poor = transferOf(chain, rich, 'a', ['b'], 10)
    const middle = node.spend(1, 300)
    for (const each of [rich, poor, middle]) node.add(each)
    expect(ids(node.pool.select(100_000))).toEqual([rich, middle, poor].map(({ id }) => id))
  })

  test('POOL-14: of equals the one that came first goes first, and what does not fit is passed over', () => {
    const node = new Node()
    const [first, second] = [node.spend(0, 10), node.spend(1, 10)]
    const large = node.spend(
      2,
      9000,
      Array.from({ length: 9 }, (_, i) => `n${i}`),
    )
    for (const each of [first, second, large]) node.add(each)
    expect(ids(node.pool.select(first.bytes + second.bytes + 2))).toEqual([first.id, second.id])
    expect(ids(node.pool.select(first.bytes + second.bytes + 1))).toEqual([first.id])
    expect(ids(node.pool.select(100_000))).toEqual([large.id, first.id, second.id])
    expect(node.pool.select(0)).toEqual([])
  })
})

/** What a random walk does next to a node. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('spend' as const), seed: fc.nat(), fee: fc.nat(3000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('record' as const), seed: fc.nat(), fee: fc.constant(0) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('mine' as const), seed: fc.nat(), fee: fc.nat(4000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rewind' as const), seed: fc.nat(), fee: fc.constant(0) }),
  },
)

describe('at any time', () => {
  test('POOL-9: all pending transactions together can follow the tip, and every selection can', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const node = new Node({ maxCount: 12, maxBytes: 9000, maxChainLength: 5, maxReplaced: 4 })
        const known: Transaction[] = node.blocks.map(({ block }) => coinbaseOf(block))
        steps.forEach(({ kind, seed, fee }, i) => {
          if (kind === 'mine') node.mine(node.pool.select(fee))
          if (kind === 'record') tryAdd(node, recordOf(chain, 'miner', `${i}`, START + i))
          if (kind === 'rewind' && node.blocks.length > 8) {
            const returned = node.rewind(1 + (seed % Math.min(3, node.blocks.length - 8)))
            node.pool.reorganized(returned, node.context())
          }
          if (kind === 'spend') {
            const from = known[seed % known.length] as Transaction
            const index = seed % Math.max(1, from.outputs.length)
            const transfer = transferOf(chain, from, 'miner', ['miner', 'miner'], fee, index)
            if (tryAdd(node, transfer)) known.push(transfer)
          }
          expectSound(node)
        })
      }),
      { numRuns: 150 },
    )
  })
})

function tryAdd(node: Node, transaction: Transaction): boolean {
  const before = [...node.pool.pending()]
  try {
    node.add(transaction)
    return true
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    expect([...node.pool.pending()]).toEqual(before)
    return false
  }
}

function expectSound(node: Node): void {
  const pending = [...node.pool.pending()].map(({ transaction }) => transaction)
  expect(node.pool.size).toBe(pending.length)
  expect(node.pool.size).toBeLessThanOrEqual(12)
  expect(node.pool.bytes).toBe(pending.reduce((sum, { bytes }) => sum + bytes, 0))
  expect(node.pool.bytes).toBeLessThanOrEqual(9000)
  for (const transactions of [pending, node.pool.select(3000), node.pool.select(1_000_000)]) {
    const block = blockOf(chain, node.blocks.at(-1)?.block.header, { transactions })
    const context = { medianTimePast: START, endorsementPolicy: () => VALIDATION_CODE.VALID }
    expect(() => connectBlock(block, node, chain, context)).not.toThrow()
  }
  expect(node.pool.select(1_000_000)).toHaveLength(pending.length)
}
