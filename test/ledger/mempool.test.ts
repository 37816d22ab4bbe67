import { describe, expect, test } from '@jest/globals'
import type { Transaction } from '../../src/ledger/transaction.js'
import {
  addressOf,
  blockOf,
  coinbaseOf,
  outpointOf,
  outputOf,
  outputTo,
  recordOf,
  START,
  transactionOf,
  transferOf,
} from './make-chain.js'
import { chain, HELD, ids, Node, NOW, SETTINGS } from './pool-node.js'
import { ruleBrokenBy } from './fixtures.js'

describe('what is let in', () => {
  test('POOL-1: a pending transaction is not taken again', () => {
    const node = new Node()
    const transfer = node.spend(0, 1)
    expect(node.add(transfer)).toEqual({ replaced: [], evicted: [] })
    expect(ruleBrokenBy(() => node.add(transfer))).toBe('POOL-1')
    expect(node.pool.get(transfer.id)).toBe(transfer)
    expect(node.pool.bytes).toBe(transfer.bytes)
  })

  test('POOL-2: a coinbase cannot wait for a block', () => {
    const node = new Node()
    expect(ruleBrokenBy(() => node.add(coinbaseOf(blockOf(chain, undefined, { to: 'x' }))))).toBe('POOL-2')
  })

  test('POOL-3: what the chain holds already is not taken', () => {
    const node = new Node()
    const transfer = node.spend(0, 1)
    const record = recordOf(chain, 'a', 'x')
    node.mine([transfer, record])
    expect(ruleBrokenBy(() => node.add(transfer))).toBe('POOL-3')
    expect(ruleBrokenBy(() => node.add(record))).toBe('POOL-3')
  })

  test('POOL-9: the rules of the next block hold, with the outputs of pending transactions as unspent', () => {
    const node = new Node()
    const transfer = node.spend(0, 1)
    const child = transferOf(chain, transfer, 'a', ['b'])
    expect(ruleBrokenBy(() => node.add(child))).toBe('UTX-1')
    node.add(transfer)
    node.add(child)
    expect(ruleBrokenBy(() => node.add(node.spend(7, 1)))).toBe('UTX-3')
    expect(ruleBrokenBy(() => node.add(transferOf(chain, child, 'thief', ['c'])))).toBe('UTX-5')
    const early = recordOf(chain, 'a', 'x', NOW + chain.settings.maxFutureMs + 1)
    expect(ruleBrokenBy(() => node.add(early))).toBe('UTX-7')
    expect(ids(node.pool.select(100_000))).toEqual([transfer.id, child.id])
  })

  test('POOL-9: a wallet sees the outputs of pending transactions and not what they spend', () => {
    const node = new Node()
    const transfer = node.spend(0, 1)
    node.add(transfer)
    const view = node.pool.spendable(node, 8)
    expect(view.utxo(outpointOf(node.reward(0)))).toBeUndefined()
    expect(view.utxo(outpointOf(node.reward(1)))?.amount).toBe(HELD)
    const fresh = { address: addressOf('a'), amount: HELD - 1, height: 8, isCoinbase: false }
    expect(view.utxo(outpointOf(transfer))).toEqual(fresh)
    expect(node.pool.spenderOf(outpointOf(node.reward(0)))).toBe(transfer)
  })
})

describe('replacement', () => {
  test('POOL-4: a rival takes a strictly higher fee and a strictly higher fee rate', () => {
    const node = new Node()
    const first = node.spend(0, 100)
    const child = transferOf(chain, first, 'a', ['b'], 50)
    node.add(first)
    node.add(child)
    expect(ruleBrokenBy(() => node.add(node.spend(0, 150, ['c'])))).toBe('POOL-4')
    const bulky = node.spend(0, 160, ['c', 'd', 'e', 'f', 'g', 'h'])
    expect(bulky.fee / bulky.bytes).toBeLessThan(first.fee / first.bytes)
    expect(ruleBrokenBy(() => node.add(bulky))).toBe('POOL-4')
    const rival = node.spend(0, 151, ['c'])
    expect(ids(node.add(rival).replaced)).toEqual([first.id, child.id])
    expect(node.ids()).toEqual([rival.id])
  })

  test('POOL-5: a rival pushes out a bounded number', () => {
    const node = new Node({ maxReplaced: 3 })
    const first = node.spend(0, 3, ['a', 'a', 'a'])
    node.add(first)
    for (const index of [0, 1, 2]) node.add(transferOf(chain, first, 'a', [`b${index}`], 1, index))
    expect(ruleBrokenBy(() => node.add(node.spend(0, 5000)))).toBe('POOL-5')
    expect(node.pool.size).toBe(4)
  })

  test('POOL-6: a rival spends no output of what it pushes out', () => {
    const node = new Node()
    const first = transferOf(chain, node.reward(0), 'miner', ['miner'], 1)
    node.add(first)
    const rival = transactionOf(chain, {
      inputs: [outpointOf(node.reward(0)), outpointOf(first)],
      outputs: [outputTo('a', HELD)],
      fee: HELD - 1,
      by: ['miner'],
    })
    expect(ruleBrokenBy(() => node.add(rival))).toBe('POOL-6')
  })
})

describe('caps', () => {
  test('POOL-7: pending transactions build on one another in bounded number', () => {
    const node = new Node({ maxChainLength: 3 })
    let last = node.spend(0, 0)
    node.add(last)
    for (let i = 0; i < 2; i++) node.add((last = transferOf(chain, last, 'a', ['a'])))
    expect(ruleBrokenBy(() => node.add(transferOf(chain, last, 'a', ['a'])))).toBe('POOL-7')
    node.mine([node.pool.select(100_000)[0] as Transaction])
    expect(ruleBrokenBy(() => node.add(transferOf(chain, last, 'a', ['a'])))).toBeUndefined()
  })

  test('POOL-8: a full pool lets the worst paid go, or refuses the newcomer that pays less than all', () => {
    const node = new Node({ maxCount: 2 })
    const [cheap, dear] = [node.spend(0, 10), node.spend(1, 30)]
    node.add(cheap)
    node.add(dear)
    expect(ruleBrokenBy(() => node.add(node.spend(2, 10)))).toBe('POOL-8')
    expect(node.ids()).toEqual([cheap.id, dear.id])
    const better = node.spend(2, 20)
    expect(ids(node.add(better).evicted)).toEqual([cheap.id])
    expect(node.ids()).toEqual([dear.id, better.id])
  })

  test('POOL-8: one that others build on stays while they do', () => {
    const node = new Node({ maxCount: 3 })
    const parent = node.spend(0, 1)
    const child = transferOf(chain, parent, 'a', ['b'], 40)
    const other = node.spend(1, 20)
    for (const each of [parent, child, other]) node.add(each)
    const more = node.spend(2, 50)
    expect(ids(node.add(more).evicted)).toEqual([other.id])
    expect(ids(node.add(node.spend(3, 60)).evicted)).toEqual([child.id])
    expect(ids(node.add(node.spend(4, 70)).evicted)).toEqual([parent.id])
  })

  test('POOL-8: one that was built on can go once its child was replaced', () => {
    const node = new Node({ maxCount: 3 })
    const parent = node.spend(0, 1)
    const child = transactionOf(chain, {
      inputs: [outpointOf(parent), outpointOf(node.reward(1))],
      outputs: [outputTo('b', 2 * HELD - 11)],
      fee: 10,
      by: ['a', 'miner'],
    })
    const other = node.spend(2, 2)
    for (const each of [parent, child, other]) node.add(each)
    expect(ids(node.add(node.spend(3, 300)).evicted)).toEqual([other.id])
    expect(ids(node.add(node.spend(1, 500)).replaced)).toEqual([child.id])
    expect(ids(node.add(node.spend(5, 400)).evicted)).toEqual([parent.id])
  })

  test('POOL-8: bytes are capped like the count; a newcomer that pays less than one that would have to go changes nothing', () => {
    const probe = new Node()
    const [cheap, dear] = [probe.spend(0, 1), probe.spend(1, 900)]
    const large = probe.spend(
      2,
      100,
      Array.from({ length: 8 }, (_, i) => `n${i}`),
    )
    const node = new Node({ maxBytes: large.bytes + dear.bytes - 1 })
    node.add(cheap)
    node.add(dear)
    expect(ruleBrokenBy(() => node.add(large))).toBe('POOL-8')
    expect(node.ids()).toEqual([cheap.id, dear.id])
    expect(node.pool.bytes).toBe(cheap.bytes + dear.bytes)
    expect(ids(node.add(node.spend(3, 950)).evicted)).toEqual([cheap.id])
  })

  test('POOL-10: what waited too long, or can enter no block any more, leaves with what builds on it', () => {
    const node = new Node()
    const transfer = node.spend(0, 1)
    const record = recordOf(chain, 'a', 'x', START)
    node.add(transfer)
    node.add(transferOf(chain, transfer, 'a', ['b']), NOW + 10)
    node.add(record, NOW + 20)
    expect(node.pool.expire(NOW + SETTINGS.maxAgeMs, START)).toEqual([])
    expect(node.pool.expire(NOW + SETTINGS.maxAgeMs + 1, START)).toHaveLength(2)
    const { maxTransactionAgeMs } = chain.settings
    expect(node.pool.expire(NOW, START + maxTransactionAgeMs)).toEqual([])
    expect(ids(node.pool.expire(NOW, START + maxTransactionAgeMs + 1))).toEqual([record.id])
    expect(node.pool.bytes).toBe(0)
  })

  test('POOL-10: the output of a contract leaves only when it has waited too long', () => {
    const node = new Node()
    const output = outputOf(chain, 'a', 'x', null, 0)
    node.add(output)
    expect(
      node.pool.expire(NOW + SETTINGS.maxAgeMs, START + 10 * chain.settings.maxTransactionAgeMs),
    ).toEqual([])
    expect(ids(node.pool.expire(NOW + SETTINGS.maxAgeMs + 1, START))).toEqual([output.id])
  })
})
