import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Block } from '../../src/ledger/block.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import { RuleError } from '../../src/ledger/rule-error.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import {
  blockOf,
  callPayload,
  coinbaseOf,
  outputOf,
  outputTo,
  START,
  transactionOf,
  transferOf,
} from './make-chain.js'
import { MemoryState } from './memory-ports.js'
import { type NaiveState, rangeOf, replay } from './naive-ledger.js'
import { chain, meet, met, Node } from './model-node.js'

const EASY = { bits: 0x207fffff, work: 2 }
const HARD = { bits: 0x203fffff, work: 4 }
const KEYS = ['', 'a', 'ab', '\uff5e', '\u{1f600}']

/** All blocks in the order they came, and which were put aside by hand. Everything else is computed anew. */
class Model {
  readonly blocks: Block[] = []
  readonly aside = new Set<string>()

  pathTo(block: Block): readonly Block[] {
    const parent = this.blocks.find(({ header }) => header.hash === block.header.previousHash)
    return parent ? [...this.pathTo(parent), block] : [block]
  }

  isAside(block: Block): boolean {
    return this.pathTo(block).some(({ header }) => this.aside.has(header.hash))
  }

  best(): { readonly path: readonly Block[]; readonly state: NaiveState | undefined } {
    let best: { work: number; path: readonly Block[]; state: NaiveState | undefined } = {
      work: 0,
      path: [],
      state: undefined,
    }
    for (const block of this.blocks) {
      const path = this.pathTo(block)
      const work = path.reduce(
        (sum, { header }) => sum + (header.bits === HARD.bits ? HARD.work : EASY.work),
        0,
      )
      if (work <= best.work || this.isAside(block)) continue
      const state = replay(path, chain)
      if (state) best = { work, path, state }
    }
    return best
  }

  reconsider(block: Block): void {
    for (const { header } of this.pathTo(block)) this.aside.delete(header.hash)
    for (const other of this.blocks)
      if (this.pathTo(other).includes(block)) this.aside.delete(other.header.hash)
  }
}

const picks = fc.array(fc.nat(), { minLength: 9, maxLength: 9 })
const transactions = fc.array(
  fc.record({ kind: fc.constantFrom('spend', 'chain', 'call', 'call', 'twice', 'output'), picks }),
  { maxLength: 4 },
)
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('block' as const),
      parent: fc.nat(4),
      isHard: fc.boolean(),
      cheats: fc.integer({ min: 0, max: 12 }).map((roll) => roll === 0),
      transactions,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('invalidate' as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reconsider' as const), at: fc.nat() }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

class Run {
  readonly node = new Node()
  readonly model = new Model()
  #count = 0

  take(action: Step): void {
    if (action.kind === 'block') this.#mine(action)
    else {
      const block = this.model.blocks[action.at % Math.max(1, this.model.blocks.length)]
      if (!block) return
      this.node[action.kind](block.header.hash)
      if (action.kind === 'invalidate') this.model.aside.add(block.header.hash)
      else this.model.reconsider(block)
    }
    this.#compare()
  }

  /** On one of the latest blocks; what it holds is made to fit that branch, mostly. */
  #mine(action: Step & { kind: 'block' }): void {
    const parent = this.model.blocks.at(-1 - action.parent)
    const path = parent ? this.model.pathTo(parent) : []
    const made: Transaction[] = []
    for (const {
      kind,
      picks: [...numbers],
    } of action.transactions) {
      const state = replay(path, chain)
      if (state) made.push(...this.#make(kind, numbers, state, path, made))
    }
    this.#count += 1
    const block = blockOf(chain, parent?.header, {
      transactions: made,
      bits: action.isHard ? HARD.bits : EASY.bits,
      nonce: this.#count,
      ...(action.cheats ? { pays: 1 } : {}),
    })
    try {
      this.node.accept(block)
      this.model.blocks.push(block)
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      meet(error.rule)
      expect(error.rule).toBe('FORK-2')
      expect(parent && !this.model.isAside(parent) && replay(path, chain)).toBeFalsy()
    }
  }

  #make(
    kind: string,
    numbers: number[],
    state: NaiveState,
    path: readonly Block[],
    made: readonly Transaction[],
  ): readonly Transaction[] {
    if (kind === 'call') return [this.#call(numbers, state)]
    if (kind === 'output') return [this.#output(numbers)]
    const last = made.at(-1)
    if (kind === 'chain' && last && last.outputs.length > 0)
      return [transferOf(chain, last, 'miner', ['miner'], 1)]
    const all = path.flatMap((block) => block.transactions)
    const unspent = all.filter(({ id }) => {
      const coin = state.coins[`${id}:0`]
      return coin && (!coin.isCoinbase || path.length - coin.height > 1)
    })
    const pool = kind === 'twice' && (numbers[2] ?? 0) % 3 === 0 ? all : unspent
    const from = pool[(numbers[0] ?? 0) % Math.max(1, pool.length)]
    if (!from || from.outputs.length === 0) return []
    // Spending an output twice in one block is tried seldom: it takes the whole branch out.
    if (
      kind !== 'twice' &&
      made.some(({ inputs }) => inputs.some(({ transactionId }) => transactionId === from.id))
    )
      return []
    return [transferOf(chain, from, 'miner', (numbers[1] ?? 0) % 2 ? ['miner'] : ['miner', 'miner'], 2)]
  }

  #call([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0]: number[], state: NaiveState): Transaction {
    const key = KEYS[a % KEYS.length] as string
    const other = KEYS[b % KEYS.length] as string
    const version = state.world.find((entry) => entry.key === key)?.version ?? null
    const stale = { height: 0, index: 0 }
    const range = { namespace: 'n', start: '', end: c % 3 ? '' : other }
    const found = rangeOf(state, range)
    const exhausted = d % 3 > 0
    const results = exhausted && d % 5 > 0 ? found : found.slice(0, d % 4)
    const changes: Partial<InvocationPayload> = {
      contract: g % 12 === 0 ? 'unendorsed' : 'c',
      reads: e % 3 ? [{ namespace: 'n', key, version: e % 9 === 1 ? stale : version }] : [],
      rangeReads: f % 3 ? [{ ...range, exhausted, results }] : [],
      writes: [{ namespace: 'n', key: other, value: g % 4 === 0 ? null : { text: `${g}` } }],
    }
    this.#count += 1
    const callName = g % 10 === 1 ? 'the same' : `${this.#count}`
    const payload = callPayload('miner', callName, changes)
    return transactionOf(chain, { payload, by: ['miner'], timestamp: START + this.#count })
  }

  /** Of few invocations, so that many answer the same, and later ones answer what a reorg took off. */
  #output([a = 0, b = 0]: number[]): Transaction {
    this.#count += 1
    return outputOf(chain, 'miner', `record ${a % 6}`, b, START + this.#count)
  }

  #compare(): void {
    const { path, state } = this.model.best()
    expect(this.node.tip?.header.hash).toBe(path.at(-1)?.header.hash)
    expect(this.node.outcomes()).toEqual(state?.outcomes ?? [])
    expect(this.node.state.snapshot()).toEqual(inMaps(state).snapshot())
  }
}

function inMaps(state: NaiveState | undefined): MemoryState {
  const maps = new MemoryState()
  for (const [key, entry] of Object.entries(state?.coins ?? {})) maps.coins.set(key, entry)
  for (const { namespace, key, value, version } of state?.world ?? []) {
    maps.put(namespace, key, { value: value as { text: string }, version })
  }
  for (const id of state?.ids ?? []) maps.transactions.add(id)
  for (const id of state?.calls ?? []) maps.calls.add(id)
  return maps
}

const walk = fc.property(fc.array(step, { minLength: 10, maxLength: 30 }), (steps) => {
  const run = new Run()
  for (const each of steps) run.take(each)
})

test('UTX-10, FORK-4 to FORK-8, WS-8: after every block, reorg and verdict the state is that of the best chain replayed', () => {
  fc.assert(walk, { numRuns: 60 })
})

test('the walks meet deep reorgs, refused blocks and every outcome of a call', () => {
  met.clear()
  fc.assert(walk, { numRuns: 120, seed: 1 })
  const wanted = [
    'deep reorg',
    'UTX-1',
    'UTX-2',
    'UTX-3',
    'UTX-8',
    'FORK-2',
    'code 9',
    'code 10',
    'code 11',
    'code 12',
  ]
  expect(wanted.filter((what) => (met.get(what) ?? 0) < 5)).toEqual([])
})

test('UTX-3: the model itself refuses what is known to be wrong', () => {
  const first = blockOf(chain, undefined)
  const eager = transferOf(chain, coinbaseOf(first), 'miner', ['miner'])
  const second = blockOf(chain, first.header, { transactions: [eager] })
  expect(replay([first], chain)).toBeDefined()
  expect(replay([first, second], chain)).toBeUndefined()
  const minted = transactionOf(chain, { outputs: [outputTo('miner', 5)], by: ['miner'] })
  expect(replay([blockOf(chain, undefined, { transactions: [minted] })], chain)).toBeUndefined()
})
