import type { Block } from '../../src/ledger/block.js'
import type { Branch } from '../../src/ledger/check-header-in-branch.js'
import { branchAfter } from '../../src/ledger/header-tree.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { settings } from './settings.js'
import { block, call, callId, coin, deployGarden, key, pay, timeOf, transaction } from './forge.js'

/** A block of the reference chain and what it shows. */
export interface ReferenceBlock {
  readonly block: Block
  readonly shows: string
  /** The branch it follows. */
  readonly branch: Branch | undefined
}

const REWARD = 150_000_000

/** The reference chain, from block 0 up. Deterministic: the same files every time. */
export function referenceChain(): readonly ReferenceBlock[] {
  const blocks: ReferenceBlock[] = []
  const tip = (): Branch | undefined => {
    const last = blocks.at(-1)
    return last && branchAfter(last.branch, last.block.header)
  }
  const add = (shows: string, transactions: readonly Transaction[], fields = {}): void => {
    const branch = tip()
    const earliest = (branch?.parent.timestamp ?? 0) + settings.blockTime * 1000
    blocks.push({
      block: block(branch, transactions, { timestamp: Math.max(timeOf(blocks.length), earliest), ...fields }),
      shows,
      branch,
    })
  }
  const rewardOf = (height: number): Transaction => blocks[height]?.block.transactions[0] as Transaction

  for (const what of ['the first block, on the chain id', 'a second block: target of block 0', 'a third one'])
    add(what, [])

  const split = transaction(
    3,
    {
      inputs: [coin(rewardOf(0))],
      outputs: [pay(1, 50_000_000), pay(2, 50_000_000), pay(0, REWARD - 100_000_000 - 1000)],
      fee: 1000,
    },
    0,
  )
  add('a transfer of the first mature reward to three addresses, with a fee', [split])

  const merge = transaction(
    4,
    { inputs: [coin(split, 0), coin(split, 1)], outputs: [pay(3, 99_999_000)], fee: 1000 },
    1,
    2,
  )
  add('a transfer with inputs of two owners, signed by both', [merge])

  const first = transaction(5, { inputs: [coin(merge)], outputs: [pay(4, 99_998_000)], fee: 1000 }, 3)
  const second = transaction(5, { inputs: [coin(first)], outputs: [pay(5, 99_997_000)], fee: 1000 }, 4)
  add('two transfers in a row: the second spends what the first creates', [first, second])

  const free = transaction(
    6,
    {
      payload: {
        kind: 'record',
        txnType: 'note',
        tag: 'greeting',
        payload: { text: 'grüß Gott 🌱', n: [1, -2, 0] },
        invoker: key(6).address,
      },
    },
    6,
  )
  add('a record without inputs: free, signed by its invoker', [free])

  const paid = transaction(
    7,
    {
      inputs: [coin(second)],
      outputs: [pay(5, 99_996_000)],
      fee: 1000,
      payload: { kind: 'record', txnType: 'note', tag: '', payload: null, invoker: key(6).address },
    },
    5,
    6,
  )
  add('a record that pays a fee: signed by the owner of the input and by the invoker', [paid])

  const inputs = [coin(rewardOf(1)), coin(rewardOf(2)), coin(rewardOf(3)), coin(rewardOf(4))]
  const total = 4 * REWARD + 1000 + 1000
  const wide = transaction(
    8,
    {
      inputs,
      outputs: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => pay(n, n === 8 ? total - 7 * 1_000_000 : 1_000_000)),
    },
    0,
  )
  const deployed = transaction(8, { payload: deployGarden(callId(0)) }, 0)
  add('as many outputs as a transaction may have, and no fee; the deployment of a contract', [wide, deployed])

  contracts(add)
  pace(add)
  add('outputs of the smallest amount there is', [
    transaction(
      blocks.length,
      { inputs: [coin(paid)], outputs: [pay(7, 1), pay(7, 1), pay(5, 99_995_998)] },
      5,
    ),
  ])
  const answer = (result: string) => ({
    timestamp: free.timestamp,
    payload: {
      kind: 'output',
      txnType: 'note',
      tag: 'greeting',
      payload: { result },
      invoker: key(8).address,
      contract: '6f0c1c1e-5d1c-4d0c-9f0e-2b7d6a3c9a51',
      invokedBy: free.id,
    } as const,
  })
  add(
    'the output of a contract that an old record invoked, and another for the same record: outcomes 0 and 9',
    [transaction(blocks.length, answer('hello'), 8), transaction(blocks.length, answer('hello again'), 8)],
  )
  return blocks
}

type Add = (shows: string, transactions: readonly Transaction[], fields?: object) => void

function contracts(add: Add): void {
  const garden = 'garden'
  const plant = (k: string, text: string) => ({ namespace: garden, key: k, value: { text } })
  const invoke = (height: number, ...args: Parameters<typeof call>) =>
    transaction(height, { payload: call(...args) }, 0)
  add('a contract call that writes two keys', [
    invoke(9, { callId: callId(1), writes: [plant('fern', 'green'), plant('moss', 'soft')] }),
  ])
  add('a call that reads what the last one wrote, and writes on top of it', [
    invoke(10, {
      callId: callId(2),
      reads: [{ namespace: garden, key: 'fern', version: { height: 9, index: 1 } }],
      writes: [plant('fern', 'tall')],
      event: { name: 'grown', payload: { text: 'fern' } },
    }),
  ])
  add('a call that read an older version: it stays in the block with outcome 11 and writes nothing', [
    invoke(11, {
      callId: callId(3),
      reads: [{ namespace: garden, key: 'fern', version: { height: 9, index: 1 } }],
      writes: [plant('fern', 'lost')],
    }),
  ])
  add('a range scan that saw what is there, and one that missed a key: outcomes 0 and 12', [
    invoke(12, {
      callId: callId(4),
      rangeReads: [
        {
          namespace: garden,
          start: 'f',
          end: '',
          exhausted: true,
          results: [
            { key: 'fern', version: { height: 10, index: 1 } },
            { key: 'moss', version: { height: 9, index: 1 } },
          ],
        },
      ],
      writes: [plant('ivy', 'climbing')],
    }),
    invoke(12, {
      callId: callId(5),
      rangeReads: [
        {
          namespace: garden,
          start: 'f',
          end: 'n',
          exhausted: true,
          results: [
            { key: 'fern', version: { height: 10, index: 1 } },
            { key: 'moss', version: { height: 9, index: 1 } },
          ],
        },
      ],
      writes: [plant('fern', 'lost')],
    }),
  ])
  const refused =
    'the call id of an earlier call (outcome 9), a call that nobody endorsed who may (10), and one of a contract that is not deployed (25)'
  add(refused, [
    invoke(13, { callId: callId(4), writes: [plant('fern', 'lost')], args: [{ text: 'again' }] }),
    invoke(13, { callId: callId(6), writes: [plant('fern', 'lost')] }, 8),
    invoke(13, { callId: callId(9), contract: 'forest' }),
  ])
  add('a call that deletes a key, and one in the same block that finds it absent', [
    invoke(14, { callId: callId(7), writes: [{ namespace: garden, key: 'moss', value: null }] }),
    invoke(14, {
      callId: callId(8),
      reads: [{ namespace: garden, key: 'moss', version: null }],
      writes: [{ namespace: garden, key: 'stone', value: { hex: '00ff' } }],
    }),
  ])
}

/** Blocks that come too fast, too slow and with a clock that went back: the target follows, the median stands. */
function pace(add: Add): void {
  for (const seconds of [1, 2, 3, 4]) {
    add('a block a second after the last: the target falls', [], { timestamp: timeOf(14) + seconds * 1000 })
  }
  add('a block before its parent in time, but after the median of the last eleven', [], {
    timestamp: timeOf(14) + 500,
  })
  for (const minutes of [2, 4, 6]) {
    add('a block two minutes after the last: the target rises again', [], {
      timestamp: timeOf(14) + minutes * 120_000,
    })
  }
  add('a block after a long rest: the target does not rise above the limit', [], {
    timestamp: timeOf(14) + 86_400_000,
  })
}
