import { describe, expect, test } from '@jest/globals'
import { MAX_MONEY } from '../../src/ledger/amount.js'
import type { Block } from '../../src/ledger/block.js'
import { condemnsHeader } from '../../src/ledger/condemns-header.js'
import { type BlockEffects, connectBlock } from '../../src/ledger/connect-block.js'
import { blockReward } from '../../src/ledger/reward.js'
import { RuleError } from '../../src/ledger/rule-error.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { disconnectBlock } from '../../src/ledger/undo.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import {
  addressOf,
  blockOf,
  coinbaseOf,
  outpointOf,
  outputOf,
  outputTo,
  recordOf,
  REWARD,
  START,
  testChain,
  transactionOf,
  transferOf,
} from './make-chain.js'
import { MemoryState } from './memory-ports.js'
import { ruleBrokenBy } from './fixtures.js'

const chain = testChain()
const context = { medianTimePast: START, endorsementPolicy: () => VALIDATION_CODE.VALID }

/** A state with a few blocks in it: the reward of the first is mature in the next block. */
class Ledger extends MemoryState {
  readonly blocks: Block[] = []

  mine(transactions: readonly Transaction[] = [], pays?: number): BlockEffects {
    const parts = pays === undefined ? { transactions } : { transactions, pays }
    const block = blockOf(chain, this.blocks.at(-1)?.header, parts)
    const effects = connectBlock(block, this, chain, context)
    this.connect(block, effects)
    this.blocks.push(block)
    return effects
  }

  reward(height: number): Transaction {
    return coinbaseOf(this.blocks[height] as Block)
  }
}

function started(blocks = 3): Ledger {
  const ledger = new Ledger()
  for (let i = 0; i < blocks; i++) ledger.mine()
  return ledger
}

describe('unspent outputs', () => {
  test('a transfer takes its inputs out of the state and puts its outputs in', () => {
    const ledger = started()
    const transfer = transferOf(chain, ledger.reward(0), 'miner', ['a', 'b'], 10)
    const { fees, created, spent, outcomes } = ledger.mine([transfer])
    expect(fees).toBe(10)
    expect(created).toHaveLength(3)
    expect(spent).toEqual([
      {
        outpoint: outpointOf(ledger.reward(0)),
        entry: { address: addressOf('miner'), amount: REWARD, height: 0, isCoinbase: true },
      },
    ])
    expect(outcomes).toEqual([0, 0])
    expect(ledger.utxo(outpointOf(ledger.reward(0)))).toBeUndefined()
    expect(ledger.utxo(outpointOf(transfer, 1))).toEqual({
      address: addressOf('b'),
      amount: (REWARD - 10) / 2,
      height: 3,
      isCoinbase: false,
    })
  })

  test('UTX-1: an input that names nothing, or what an earlier block spent, spoils the block', () => {
    const ledger = started()
    const transfer = transferOf(chain, ledger.reward(0), 'miner', ['a'])
    const nowhere = transactionOf(chain, { inputs: [outpointOf(transfer, 7)], by: ['a'] })
    expect(ruleBrokenBy(() => ledger.mine([nowhere]))).toBe('UTX-1')
    ledger.mine([transfer])
    expect(ruleBrokenBy(() => ledger.mine([transferOf(chain, ledger.reward(0), 'miner', ['b'])]))).toBe(
      'UTX-1',
    )
  })

  test('UTX-1: an output may be spent later in its own block, and not earlier', () => {
    const ledger = started()
    const first = transferOf(chain, ledger.reward(0), 'miner', ['a'])
    const second = transferOf(chain, first, 'a', ['b'])
    expect(ruleBrokenBy(() => ledger.mine([second, first]))).toBe('UTX-1')
    ledger.mine([first, second])
    expect(ledger.utxo(outpointOf(first))).toBeUndefined()
    expect(ledger.utxo(outpointOf(second))?.amount).toBe(REWARD)
  })

  test('UTX-2: two transactions of a block cannot spend the same output, old or new', () => {
    const ledger = started()
    const first = transferOf(chain, ledger.reward(0), 'miner', ['a'])
    const rival = transferOf(chain, ledger.reward(0), 'miner', ['b'])
    expect(ruleBrokenBy(() => ledger.mine([first, rival]))).toBe('UTX-2')
    const second = transferOf(chain, first, 'a', ['b'])
    const third = transferOf(chain, first, 'a', ['c'])
    expect(ruleBrokenBy(() => ledger.mine([first, second, third]))).toBe('UTX-2')
  })

  test('UTX-3: a coinbase is spendable once coinbase_maturity blocks lie between', () => {
    const ledger = started(2)
    expect(ruleBrokenBy(() => ledger.mine([transferOf(chain, ledger.reward(1), 'miner', ['a'])]))).toBe(
      'UTX-3',
    )
    ledger.mine([transferOf(chain, ledger.reward(0), 'miner', ['a'])])
    expect(ledger.blocks).toHaveLength(3)
  })

  test('UTX-3: with maturity 0 a coinbase is spendable in the next block, not in its own', () => {
    const eager = testChain({ coinbaseMaturity: 0 })
    const state = new MemoryState()
    const first = blockOf(eager, undefined)
    state.connect(first, connectBlock(first, state, eager, context))
    const next = blockOf(eager, first.header)
    const own = blockOf(eager, first.header, {
      transactions: [transferOf(eager, coinbaseOf(next), 'miner', ['a'])],
    })
    expect(ruleBrokenBy(() => connectBlock(own, state, eager, context))).toBe('UTX-3')
    const spending = transferOf(eager, coinbaseOf(first), 'miner', ['a'])
    const later = blockOf(eager, first.header, { transactions: [spending] })
    expect(connectBlock(later, state, eager, context).spent).toHaveLength(1)
  })

  test('UTX-4: inputs hold exactly what outputs and fee add up to', () => {
    const ledger = started()
    const inputs = [outpointOf(ledger.reward(0))]
    for (const [paid, fee] of [
      [REWARD, 1],
      [REWARD - 1, 0],
      [REWARD + 1, 0],
    ] as const) {
      const wrong = transactionOf(chain, { inputs, outputs: [outputTo('a', paid)], fee, by: ['miner'] })
      expect(ruleBrokenBy(() => ledger.mine([wrong]))).toBe('UTX-4')
    }
  })

  test('UTX-5: the signers are exactly the owners and the invoker', () => {
    const ledger = started()
    const inputs = [outpointOf(ledger.reward(0))]
    const outputs = [outputTo('a', REWARD)]
    const payload = { kind: 'record', txnType: 't', tag: '', payload: 1, invoker: addressOf('x') } as const
    for (const by of [['thief'], ['miner', 'thief'], []]) {
      expect(ruleBrokenBy(() => ledger.mine([transactionOf(chain, { inputs, outputs, by })]))).toBe('UTX-5')
    }
    for (const by of [['miner'], ['x'], ['miner', 'x', 'thief']]) {
      expect(ruleBrokenBy(() => ledger.mine([transactionOf(chain, { inputs, outputs, payload, by })]))).toBe(
        'UTX-5',
      )
    }
    ledger.mine([transactionOf(chain, { inputs, outputs, payload, by: ['miner', 'x'] })])
  })

  test('UTX-5 says nothing about the header: signatures are no part of what it commits to', () => {
    expect(condemnsHeader(new RuleError('UTX-5', ''))).toBe(false)
    expect(condemnsHeader(new RuleError('BLK-6', ''))).toBe(false)
    expect(condemnsHeader(new RuleError('TX-22', ''))).toBe(false)
    expect(condemnsHeader(new RuleError('HDR-19', ''))).toBe(false)
    expect(condemnsHeader(new RuleError('HDR-18', ''))).toBe(true)
    expect(condemnsHeader(new RuleError('UTX-1', ''))).toBe(true)
  })

  test('UTX-5: one signature serves all outputs of one owner', () => {
    const ledger = started()
    const inputs = [outpointOf(ledger.reward(0)), outpointOf(ledger.reward(1))]
    ledger.mine([transactionOf(chain, { inputs, outputs: [outputTo('a', 2 * REWARD)], by: ['miner'] })])
    expect(ledger.blocks).toHaveLength(4)
  })
})

describe('transactions without inputs', () => {
  const { maxTransactionAgeMs, maxFutureMs } = chain.settings

  test('UTX-6: such a transaction is at most max_transaction_age_ms older than the median time past', () => {
    const ledger = started()
    ledger.mine([recordOf(chain, 'a', 'just', START - maxTransactionAgeMs)])
    const old = recordOf(chain, 'a', 'old', START - maxTransactionAgeMs - 1)
    expect(ruleBrokenBy(() => ledger.mine([old]))).toBe('UTX-6')
  })

  test('UTX-6: the output of a contract is never too old', () => {
    const ledger = started()
    ledger.mine([outputOf(chain, 'a', 'old', null, 0)])
    expect(ledger.blocks.at(-1)?.transactions).toHaveLength(2)
  })

  test('UTX-7, UTX-9: the other rules for such transactions hold for outputs, too', () => {
    const ledger = started()
    const early = outputOf(chain, 'a', 'early', null, START + 3000 + maxFutureMs + 1)
    expect(ruleBrokenBy(() => ledger.mine([early]))).toBe('UTX-7')
    const output = outputOf(chain, 'a', 'once')
    ledger.mine([output])
    expect(ruleBrokenBy(() => ledger.mine([output]))).toBe('UTX-9')
  })

  test('UTX-7: such a transaction is at most max_future_ms ahead of its block', () => {
    const ledger = started()
    const blockTimestamp = START + 3000
    ledger.mine([recordOf(chain, 'a', 'just', blockTimestamp + maxFutureMs)])
    const early = recordOf(chain, 'a', 'early', blockTimestamp + 1000 + maxFutureMs + 1)
    expect(ruleBrokenBy(() => ledger.mine([early]))).toBe('UTX-7')
  })

  test('UTX-9: such a transaction enters the chain once', () => {
    const ledger = started()
    const record = recordOf(chain, 'a', 'once')
    ledger.mine([record])
    expect(ruleBrokenBy(() => ledger.mine([record]))).toBe('UTX-9')
  })
})

describe('the coinbase', () => {
  test('UTX-8: it pays exactly the reward and the fees', () => {
    const ledger = started()
    const transfer = transferOf(chain, ledger.reward(0), 'miner', ['a'], 10)
    for (const pays of [REWARD + 9, REWARD + 11, 0]) {
      expect(ruleBrokenBy(() => ledger.mine([transfer], pays))).toBe('UTX-8')
    }
    ledger.mine([transfer], REWARD + 10)
    expect(ledger.blocks).toHaveLength(4)
  })

  test('UTX-8: the rewards of all blocks together are all the money there can be, and no more', () => {
    const large = testChain({ blockReward: 4_000_000_000_000_000 })
    const rewards = [0, 1, 2, 3, 4].map((height) => blockReward(large, height))
    expect(rewards).toEqual([4e15, 4e15, MAX_MONEY - 8e15, 0, 0])
    expect(blockReward(testChain({ blockReward: 0 }), 5)).toBe(0)
  })
})

describe('taking a block off', () => {
  test('UTX-10: a disconnected block leaves the state as it was, spending within the block included', () => {
    const ledger = started()
    const before = ledger.snapshot()
    const first = transferOf(chain, ledger.reward(0), 'miner', ['a', 'b'], 10)
    const second = transferOf(chain, first, 'a', ['c'])
    const { undo } = ledger.mine([first, second, recordOf(chain, 'z', 'note')])
    expect(ledger.snapshot()).not.toEqual(before)
    const block = ledger.blocks.at(-1) as Block
    ledger.disconnect(block, disconnectBlock(block, JSON.parse(JSON.stringify(undo)) as typeof undo))
    expect(ledger.snapshot()).toEqual(before)
  })

  test('the undo data of another block is refused', () => {
    const ledger = started()
    const { undo } = ledger.mine([transferOf(chain, ledger.reward(0), 'miner', ['a'])])
    expect(() => disconnectBlock(ledger.blocks[0] as Block, undo)).toThrow('another block')
  })
})
