import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Block } from '../../src/ledger/block.js'
import { connectBlock } from '../../src/ledger/connect-block.js'
import { Mempool, type PoolContext } from '../../src/ledger/mempool.js'
import type { MempoolSettings } from '../../src/ledger/mempool-settings.js'
import { RuleError } from '../../src/ledger/rule-error.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { type BlockUndo, disconnectBlock } from '../../src/ledger/undo.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import {
  addressOf,
  blockOf,
  coinbaseOf,
  outpointOf,
  outputTo,
  recordOf,
  START,
  testChain,
  transactionOf,
  transferOf,
} from './make-chain.js'
import { MemoryState } from './memory-ports.js'

const chain = testChain({ blockReward: 1_000_000 })
const HELD = chain.settings.blockReward
const SETTINGS: MempoolSettings = {
  maxCount: 1000,
  maxBytes: 1_000_000,
  maxAgeMs: 60_000,
  maxChainLength: 25,
  maxReplaced: 100,
}
const NOW = START + 50_000

/** A chain with mature rewards and a pool on its tip. */
class Node extends MemoryState {
  readonly pool: Mempool
  readonly blocks: { readonly block: Block; readonly undo: BlockUndo }[] = []

  constructor(settings: Partial<MempoolSettings> = {}, blocks = 8) {
    super()
    this.pool = new Mempool(chain, { ...SETTINGS, ...settings })
    for (let i = 0; i < blocks; i++) this.mine()
  }

  mine(transactions: readonly Transaction[] = [], to = 'miner'): readonly Transaction[] {
    const block = blockOf(chain, this.blocks.at(-1)?.block.header, { transactions, to })
    const context = { medianTimePast: START, endorsementPolicy: () => VALIDATION_CODE.VALID }
    const effects = connectBlock(block, this, chain, context)
    this.connect(block, effects)
    this.blocks.push({ block, undo: effects.undo })
    return this.pool.connected(block)
  }

  /** Takes blocks off; their transactions in chain order. */
  rewind(count: number): readonly Transaction[] {
    const taken = this.blocks.splice(this.blocks.length - count)
    for (const { block, undo } of [...taken].reverse()) this.disconnect(block, disconnectBlock(block, undo))
    return taken.flatMap(({ block }) => block.transactions)
  }

  context(nowMs = NOW): PoolContext {
    return { state: this, height: this.blocks.length, medianTimePast: START, nowMs }
  }

  add(transaction: Transaction, nowMs = NOW) {
    return this.pool.add(transaction, this.context(nowMs))
  }

  /** Spends a mature reward. */
  spend(height: number, fee: number, to: readonly string[] = ['a']): Transaction {
    return transferOf(chain, this.reward(height), 'miner', to, fee)
  }

  reward(height: number): Transaction {
    return coinbaseOf(this.blocks[height]?.block as Block)
  }

  ids(): readonly string[] {
    return [...this.pool.pending()].map(({ transaction }) => transaction.id)
  }
}

function ids(transactions: Iterable<Transaction>): readonly string[] {
  return [...transactions].map(({ id }) => id)
}

function ruleOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof RuleError) return error.rule
    throw error
  }
  return 'no rule broken'
}

describe('what is let in', () => {
  test('POOL-1: a pending transaction is not taken again', () => {
    const node = new Node()
    const transfer = node.spend(0, 1)
    expect(node.add(transfer)).toEqual({ replaced: [], evicted: [] })
    expect(ruleOf(() => node.add(transfer))).toBe('POOL-1')
    expect(node.pool.get(transfer.id)).toBe(transfer)
    expect(node.pool.bytes).toBe(transfer.bytes)
  })

  test('POOL-2: a coinbase cannot wait for a block', () => {
    const node = new Node()
    expect(ruleOf(() => node.add(coinbaseOf(blockOf(chain, undefined, { to: 'x' }))))).toBe('POOL-2')
  })

  test('POOL-3: what the chain holds already is not taken', () => {
    const node = new Node()
    const transfer = node.spend(0, 1)
    const record = recordOf(chain, 'a', 'x')
    node.mine([transfer, record])
    expect(ruleOf(() => node.add(transfer))).toBe('POOL-3')
    expect(ruleOf(() => node.add(record))).toBe('POOL-3')
  })

  test('POOL-9: the rules of the next block hold, with the outputs of pending transactions as unspent', () => {
    const node = new Node()
    const transfer = node.spend(0, 1)
    const child = transferOf(chain, transfer, 'a', ['b'])
    expect(ruleOf(() => node.add(child))).toBe('UTX-1')
    node.add(transfer)
    node.add(child)
    expect(ruleOf(() => node.add(node.spend(7, 1)))).toBe('UTX-3')
    expect(ruleOf(() => node.add(transferOf(chain, child, 'thief', ['c'])))).toBe('UTX-5')
    const early = recordOf(chain, 'a', 'x', NOW + chain.settings.maxFutureMs + 1)
    expect(ruleOf(() => node.add(early))).toBe('UTX-7')
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
    expect(ruleOf(() => node.add(node.spend(0, 150, ['c'])))).toBe('POOL-4')
    const bulky = node.spend(0, 160, ['c', 'd', 'e', 'f', 'g', 'h'])
    expect(bulky.fee / bulky.bytes).toBeLessThan(first.fee / first.bytes)
    expect(ruleOf(() => node.add(bulky))).toBe('POOL-4')
    const rival = node.spend(0, 151, ['c'])
    expect(ids(node.add(rival).replaced)).toEqual([first.id, child.id])
    expect(node.ids()).toEqual([rival.id])
  })

  test('POOL-5: a rival pushes out a bounded number', () => {
    const node = new Node({ maxReplaced: 3 })
    const first = node.spend(0, 3, ['a', 'a', 'a'])
    node.add(first)
    for (const index of [0, 1, 2]) node.add(transferOf(chain, first, 'a', [`b${index}`], 1, index))
    expect(ruleOf(() => node.add(node.spend(0, 5000)))).toBe('POOL-5')
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
    expect(ruleOf(() => node.add(rival))).toBe('POOL-6')
  })
})

describe('caps', () => {
  test('POOL-7: pending transactions build on one another in bounded number', () => {
    const node = new Node({ maxChainLength: 3 })
    let last = node.spend(0, 0)
    node.add(last)
    for (let i = 0; i < 2; i++) node.add((last = transferOf(chain, last, 'a', ['a'])))
    expect(ruleOf(() => node.add(transferOf(chain, last, 'a', ['a'])))).toBe('POOL-7')
    node.mine([node.pool.select(100_000)[0] as Transaction])
    expect(ruleOf(() => node.add(transferOf(chain, last, 'a', ['a'])))).toBe('no rule broken')
  })

  test('POOL-8: a full pool lets the worst paid go, or refuses the newcomer that pays less than all', () => {
    const node = new Node({ maxCount: 2 })
    const [cheap, dear] = [node.spend(0, 10), node.spend(1, 30)]
    node.add(cheap)
    node.add(dear)
    expect(ruleOf(() => node.add(node.spend(2, 10)))).toBe('POOL-8')
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
    expect(ruleOf(() => node.add(large))).toBe('POOL-8')
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
})

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
