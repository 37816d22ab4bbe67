import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import type { KeyWrite } from '../../src/ledger/payload/key-access.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { VALIDATION_CODE } from '../../src/ledger/validation-code.js'
import type { WorldSnapshot } from '../../src/ledger/world-snapshot.js'
import type { ChainIndex } from '../../src/store/index/chain-index.js'
import { callOf, hashText, START, testChain } from '../ledger/make-chain.js'
import { IndexChain } from './index-chain.js'

const chain = testChain()

let indexChain: IndexChain
let index: ChainIndex
let nowMs: number
let calls: number

beforeEach(async () => {
  nowMs = 0
  calls = 0
  indexChain = await IndexChain.open(
    chain,
    () => VALIDATION_CODE.VALID,
    () => nowMs,
  )
  index = indexChain.index
})

afterEach(async () => {
  await indexChain.close()
})

function mine(...transactions: readonly Transaction[]): void {
  indexChain.mine(...transactions)
}

function takeOff(): void {
  indexChain.takeOff()
}

function call(changes: Partial<InvocationPayload>): Transaction {
  calls += 1
  return callOf(chain, 'a', `call ${calls}`, changes, START + calls)
}

function set(key: string, text: string | null, namespace = 'c'): KeyWrite {
  return { namespace, key, value: text === null ? null : { text } }
}

function write(...writes: readonly KeyWrite[]): Transaction {
  return call({ writes })
}

function textAt(world: Pick<WorldSnapshot, 'worldValue'>, key: string): string | undefined {
  const value = world.worldValue('c', key)?.value
  return value && 'text' in value ? value.text : undefined
}

function history(key: string, namespace = 'c'): (string | null)[] {
  const snapshot = index.snapshot()
  const found = [...snapshot.history(namespace, key)]
  snapshot.close()
  return found.map(({ value }) => value && Buffer.from(value).toString())
}

describe('history', () => {
  test('the writes of a key are told newest first, with call, time and deletions', () => {
    mine(write(set('k', 'one'), set('kk', 'other')))
    mine(write(set('k', 'two')), write(set('k', null)))
    const snapshot = index.snapshot()
    expect([...snapshot.history('c', 'k')]).toEqual([
      { callId: hashText('call 3'), timestampMs: START + 3, value: null },
      { callId: hashText('call 2'), timestampMs: START + 2, value: new TextEncoder().encode('two') },
      { callId: hashText('call 1'), timestampMs: START + 1, value: new TextEncoder().encode('one') },
    ])
    snapshot.close()
  })

  test('the history of one key is not that of another that starts alike, nor of another namespace', () => {
    mine(write(set('', 'a'), set('\u0000', 'b'), set('k', 'c'), set('k\u0000', 'd'), set('k', 'e', 'ck')))
    expect(['', '\u0000', 'k', 'k\u0000'].map((key) => history(key))).toEqual([['a'], ['b'], ['c'], ['d']])
    expect(history('k', 'ck')).toEqual(['e'])
    expect(history('kk')).toEqual([])
  })

  test('what took no effect, private hashes and metadata have no history', () => {
    mine(write(set('k', 'one'), set('x', 'y', 'c/private/p'), set('k', '{"a":"00"}', 'c/meta')))
    mine(call({ reads: [{ namespace: 'c', key: 'k', version: null }], writes: [set('k', 'lost')] }))
    expect(history('k')).toEqual(['one'])
    expect(history('x', 'c/private/p')).toEqual([])
    expect(history('k', 'c/meta')).toEqual([])
  })

  test('a long history comes whole and in order', () => {
    mine(...Array.from({ length: 300 }, (_, i) => write(set('k', String(i)))))
    expect(history('k')).toEqual(Array.from({ length: 300 }, (_, i) => String(299 - i)))
  })

  test('a block that comes off takes its history with it, and a block in its place brings its own', () => {
    mine(write(set('k', 'one')))
    const before = [...index.contents()]
    mine(write(set('k', 'two')), write(set('k', null), set('l', '1')))
    takeOff()
    expect([...index.contents()]).toEqual(before)
    mine(write(set('k', 'other')))
    expect(history('k')).toEqual(['other', 'one'])
    expect(history('l')).toEqual([])
  })
})

describe('snapshots', () => {
  test('a snapshot sees one state while blocks come and go', () => {
    mine(write(set('a', '1'), set('b', '1')))
    const first = index.snapshot()
    mine(write(set('a', '2'), set('b', null), set('c', '2')))
    const second = index.snapshot()
    takeOff()
    mine(write(set('a', '3')))
    const third = index.snapshot()
    const keys = (world: WorldSnapshot) => [...world.worldRange('c', '', '')].map(({ key }) => key)
    expect([first, second, third].map(({ height }) => height)).toEqual([0, 1, 1])
    expect([first, second, third].map((world) => textAt(world, 'a'))).toEqual(['1', '2', '3'])
    expect([first, second, third].map(keys)).toEqual([
      ['a', 'b'],
      ['a', 'c'],
      ['a', 'b'],
    ])
    expect([first, second, third].map((world) => [...world.history('c', 'a')].length)).toEqual([1, 2, 2])
    for (const each of [second, first, third]) each.close()
  })

  test('a snapshot in the turn of a write sees that write, and one before block 0 sees nothing', () => {
    const empty = index.snapshot()
    expect(index.worldValue('c', 'a')).toBeUndefined()
    mine(write(set('a', '1')))
    const full = index.snapshot()
    expect([empty.height, textAt(empty, 'a'), full.height, textAt(full, 'a')]).toEqual([
      -1,
      undefined,
      0,
      '1',
    ])
    empty.close()
    full.close()
  })

  test('many snapshots are open at once, over many turns, and each keeps its state', async () => {
    mine(write(set('a', '0')))
    const open: WorldSnapshot[] = []
    for (let i = 1; i <= 200; i++) {
      open.push(index.snapshot(), index.snapshot())
      mine(write(set('a', String(i))))
      if (i % 20 === 0) await new Promise(setImmediate)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
    expect(open.map((world) => Number(textAt(world, 'a')))).toEqual(open.map((_, i) => Math.floor(i / 2)))
    expect(open.map(({ height }) => height)).toEqual(open.map((_, i) => Math.floor(i / 2)))
    for (const [i, each] of open.entries()) if (i % 2 === 0) each.close()
    expect(textAt(open[1] as WorldSnapshot, 'a')).toBe('0')
    for (const [i, each] of open.entries()) if (i % 2 === 1) each.close()
  })

  test('a range is read as it is taken, and whoever stops in the middle holds nothing', async () => {
    mine(write(...Array.from({ length: 1000 }, (_, i) => set(String(i).padStart(4, '0'), String(i)))))
    const snapshot = index.snapshot()
    const range = snapshot.worldRange('c', '0010', '0900')[Symbol.iterator]()
    const taken: string[] = []
    for (let next = range.next(); !next.done; next = range.next()) {
      taken.push(next.value.key)
      if (taken.length % 200 === 0) {
        mine(write(set('0500', null), set(`0600 ${taken.length}`, 'new')))
        await new Promise(setImmediate)
      }
    }
    expect(taken).toEqual(Array.from({ length: 890 }, (_, i) => String(i + 10).padStart(4, '0')))
    const left = snapshot.worldRange('c', '', '')[Symbol.iterator]()
    expect(left.next()).toMatchObject({ value: { key: '0000' } })
    snapshot.close()
    expect(() => Array.from({ [Symbol.iterator]: () => left })).toThrow('the snapshot is closed')
  })

  test('a closed snapshot answers nothing, and is closed once', () => {
    const snapshot = index.snapshot()
    const range = snapshot.worldRange('c', '', '')
    snapshot.close()
    expect(() => [...range]).toThrow('the snapshot is closed')
    expect(() => snapshot.worldValue('c', 'k')).toThrow('the snapshot is closed')
    expect(() => snapshot.worldRange('c', '', '')).toThrow('the snapshot is closed')
    expect(() => snapshot.history('c', 'k')).toThrow('the snapshot is closed')
    expect(() => snapshot.close()).toThrow('a snapshot is closed once')
  })

  test('a snapshot that nobody closed is cut off a quarter of an hour later, when a block comes', () => {
    const forgotten = index.snapshot()
    nowMs += 15 * 60_000
    mine()
    expect(textAt(forgotten, 'k')).toBeUndefined()
    const young = index.snapshot()
    nowMs += 1
    mine()
    expect(() => forgotten.worldValue('c', 'k')).toThrow('the snapshot is closed')
    expect(textAt(young, 'k')).toBeUndefined()
    forgotten.close()
    young.close()
  })

  test('an index closes with snapshots open', () => {
    mine(write(set('k', 'one')))
    index.snapshot()
    mine(write(set('k', 'two')))
    index.snapshot()
  })

  test('the index tells which transaction stands at a place', () => {
    const transaction = write(set('k', 'one'))
    mine(transaction)
    expect(index.transactionAt({ height: 0, index: 1 })).toBe(transaction.id)
    expect(index.transactionAt({ height: 0, index: 2 })).toBeUndefined()
  })
})
