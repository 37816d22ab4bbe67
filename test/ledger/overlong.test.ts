import { describe, expect, test } from '@jest/globals'
import { Overlong } from '../../src/ledger/overlong.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { transferOf } from './make-chain.js'
import { chain, ids, Node, NOW, SETTINGS } from './pool-node.js'

const LIMIT = 3

/** A node whose block with eight transactions in a row lost against another; `rest` is what its pool did not take back. */
function afterReorg(settings: Partial<typeof SETTINGS> = {}) {
  const node = new Node({ maxChainLength: LIMIT, ...settings })
  const row = [node.spend(0, 0)]
  while (row.length < 8) row.push(transferOf(chain, row.at(-1) as Transaction, 'a', ['a']))
  node.mine(row)
  const returned = node.rewind(1)
  node.mine([], 'other')
  const overlong = new Overlong({ ...SETTINGS, ...settings })
  const rest = overlong.hold(node.pool.reorganized(returned, node.context()), node.pool)
  return { node, row, overlong, rest }
}

describe('after a reorg', () => {
  test('POOL-15: what is too many in a row waits beside the pool, and comes in as those below it get into blocks', () => {
    const { node, row, overlong, rest } = afterReorg()
    expect(rest).toEqual([])
    expect(overlong.size).toBe(row.length - LIMIT)
    const seen: string[] = []
    for (let from = 0; from < row.length; from += LIMIT) {
      expect(node.ids()).toEqual(ids(row.slice(from, from + LIMIT)))
      seen.push(...node.ids())
      node.mine(node.pool.select(100_000))
      const { entered, dropped } = overlong.enter(node.pool, node.context())
      expect(dropped).toEqual([])
      expect(entered.map(({ transaction }) => transaction.id)).toEqual(node.ids())
    }
    expect(seen).toEqual(ids(row))
    expect(overlong.size).toBe(0)
  })

  test('POOL-15: nothing comes in while nothing below it is in a block', () => {
    const { node, overlong } = afterReorg()
    const before = node.ids()
    expect(overlong.enter(node.pool, node.context())).toEqual({ entered: [], dropped: [] })
    expect(node.ids()).toEqual(before)
  })

  test('POOL-15: pool and what waits beside it keep to the count and the bytes together, the first in the row first', () => {
    const { node, row, overlong, rest } = afterReorg({ maxCount: 5 })
    expect(node.pool.size + overlong.size).toBe(5)
    expect(rest.map(({ transaction }) => transaction.id)).toEqual(ids(row.slice(5)))
    const bytes = row.slice(0, 6).reduce((sum, each) => sum + each.bytes, 0)
    expect(afterReorg({ maxBytes: bytes }).rest.map(({ transaction }) => transaction.id)).toEqual(
      ids(row.slice(6)),
    )
  })

  test('POOL-15: what another block holds is forgotten, and what such a block rules out is dropped', () => {
    const { node, row, overlong } = afterReorg()
    const block = { header: {}, transactions: row.slice(0, 5) } as unknown as Parameters<
      typeof overlong.connected
    >[0]
    overlong.connected(block)
    expect(overlong.size).toBe(3)
    node.mine([node.spend(0, 9, ['x'])])
    const { entered, dropped } = overlong.enter(node.pool, node.context())
    expect(entered).toEqual([])
    expect(dropped.map(({ transaction, error }) => [transaction.id, error.rule])).toEqual(
      row.slice(5).map(({ id }) => [id, 'UTX-1']),
    )
    expect(overlong.size).toBe(0)
  })

  test('POOL-10: what waits beside the pool leaves when it has waited too long', () => {
    const { row, overlong } = afterReorg()
    expect(overlong.expire(NOW + SETTINGS.maxAgeMs)).toEqual([])
    expect(ids(overlong.expire(NOW + SETTINGS.maxAgeMs + 1))).toEqual(ids(row.slice(LIMIT)))
    expect(overlong.size).toBe(0)
  })

  test('POOL-15: what breaks another rule than POOL-7 is not held', () => {
    const node = new Node()
    const transaction = node.spend(0, 0)
    node.mine([transaction])
    const returned = node.rewind(1)
    node.mine([node.spend(0, 9, ['x'])])
    const dropped = node.pool.reorganized(returned, node.context())
    expect(dropped).toHaveLength(1)
    expect(new Overlong(SETTINGS).hold(dropped, node.pool)).toEqual(dropped)
  })
})
