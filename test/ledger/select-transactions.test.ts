import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { AssertError } from '../../src/base/errors.js'
import { runSteps } from '../../src/base/steps.js'
import type { PoolEntry } from '../../src/ledger/pool-graph.js'
import { PoolOrder } from '../../src/ledger/pool-order.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { naiveSelection } from './naive-selection.js'

interface Shape {
  readonly fee: number
  readonly bytes: number
  /** Picks what it spends among the outputs there are. */
  readonly spends: readonly number[]
}

/** A pending transaction that spends others of the pool; only what selection looks at is there. */
function entryOf({ fee, bytes, spends }: Shape, sequence: number, before: readonly PoolEntry[]): PoolEntry {
  const outputs = Array.from({ length: 3 }, () => ({ address: 'a', amount: 1 }))
  const inputs = spends.flatMap((pick, i) => {
    const from = before[pick % (before.length + 2)]
    return from ? [{ transactionId: from.transaction.id, outputIndex: 1000 * sequence + i }] : []
  })
  const transaction = { id: `t${sequence}`, inputs, outputs, fee, bytes } as unknown as Transaction
  return { transaction, spent: [], feeRate: fee / bytes, addedMs: 0, sequence }
}

const shape = fc.record({
  fee: fc.integer({ min: 0, max: 20 }),
  bytes: fc.integer({ min: 1, max: 12 }),
  spends: fc.array(fc.nat(), { maxLength: 3 }),
})

const move = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('put' as const), shape }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('confirm' as const), bytes: fc.nat(40) }) },
)

test('POOL-14: the order the pool keeps leads to what a plain search finds, whatever came and went', () => {
  fc.assert(
    fc.property(
      fc.array(move, { maxLength: 45 }),
      fc.array(fc.nat(120), { maxLength: 4 }),
      (moves, sizes) => {
        const pool = new PoolOrder()
        let entries: PoolEntry[] = []
        const remove = (gone: ReadonlySet<PoolEntry>): void => {
          pool.remove(gone)
          entries = entries.filter((entry) => !gone.has(entry))
        }
        moves.forEach((each, sequence) => {
          if (each.kind === 'put') {
            const entry = entryOf(each.shape, sequence, entries)
            pool.put(entry)
            entries.push(entry)
          } else if (each.kind === 'confirm') {
            const chosen = new Set(naiveSelection(entries, each.bytes))
            remove(new Set(entries.filter(({ transaction }) => chosen.has(transaction))))
          } else {
            const root = entries[each.pick % Math.max(1, entries.length)]
            if (root) remove(pool.graph.withDescendants([root]))
          }
        })
        for (const maxBytes of [...sizes, 10_000]) {
          expect(idsOf(runSteps(pool.select(maxBytes)))).toEqual(idsOf(naiveSelection(entries, maxBytes)))
        }
      },
    ),
    { numRuns: 400 },
  )
})

test('while nothing changes a selection is the same list, and afterwards it is not', () => {
  const pool = new PoolOrder()
  const first = entryOf({ fee: 1, bytes: 1, spends: [] }, 0, [])
  pool.put(first)
  const selection = runSteps(pool.select(100))
  expect(runSteps(pool.select(100))).toBe(selection)
  expect(runSteps(pool.select(1))).toEqual([])
  pool.put(entryOf({ fee: 2, bytes: 1, spends: [] }, 1, [first]))
  expect(idsOf(runSteps(pool.select(100)))).toEqual(['t1', 't0'])
})

test('a pool that changes while a block is filled is a mistake that shows', () => {
  const pool = new PoolOrder()
  const entries: PoolEntry[] = []
  for (let i = 0; i < 500; i++) {
    const entry = entryOf({ fee: i, bytes: 1, spends: [] }, i, [])
    entries.push(entry)
    pool.put(entry)
  }
  const steps = pool.select(10_000)
  expect(steps.next().done).toBe(false)
  pool.remove(new Set(entries.slice(0, 1)))
  expect(() => steps.next()).toThrow(AssertError)
})

function idsOf(transactions: readonly Transaction[]): string[] {
  return transactions.map(({ id }) => id)
}
