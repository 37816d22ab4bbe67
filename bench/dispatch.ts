import { dispatcher } from '../src/api/dispatch.js'
import type { Caller, ContextOf } from '../src/api/method.js'
import { blockchain } from '../src/api/methods/blockchain.js'
import { nodes } from '../src/api/methods/nodes.js'
import { type Row, staysUnder } from './row.js'

const table = { ...nodes, ...blockchain }
type Name = keyof typeof table
type Context = ContextOf<typeof table>

const LIMIT_US = 10
const CALLS = 2_000
const ROUNDS = 60

const record = { ip_address: '127.0.0.1', port: 55_000 }
const info = table['blockchain.get'].example.result
const list = Array.from({ length: 10 }, (_, i) => ({ ...record, port: 50_000 + i }))

/** Handlers that do next to nothing, so that the way to them is what is measured. */
const context: Context = {
  nodes: {
    self: record,
    list: () => list,
    introduce: () => undefined,
    add: () => Promise.resolve(undefined),
    remove: () => Promise.resolve(),
    random: () => 0.5,
  },
  blockchain: { get: () => info, put: (given) => Promise.resolve(given) },
}

const CASES: readonly (readonly [claim: string, name: Name, params: object])[] = [
  ['no params', 'blockchain.get', {}],
  ['an address and a port', 'node.greet', record],
  ['an alternative', 'nodes.get', { nid: 3 }],
  ['six keys', 'blockchain.put', info],
  ['a list as the answer', 'nodes.list', record],
  ['refused: not of its type', 'nodes.get', { nid: 'first' }],
  ['refused: an unknown key', 'blockchain.put', { ...info, colour: 'blue' }],
]

/** Time of a call through validation and dispatch, against the bare handler (for refused params: against a throw). */
export async function run(): Promise<Row[]> {
  const rows: Row[] = []
  for (const [claim, name, params] of CASES) rows.push(await rowOf(claim, name, params))
  return rows
}

async function rowOf(claim: string, name: Name, params: object): Promise<Row> {
  const dispatch = dispatcher(table, context)
  const isRefused = claim.startsWith('refused')
  const ours = await timer(() => dispatch(name, params, {}))
  const bare = await timer(isRefused ? refuse : bareHandler(name, params))
  for (let i = 0; i < ROUNDS; i++) for (const each of i % 2 ? [ours, bare] : [bare, ours]) await each.once()
  const [value, ceiling] = [ours.fastestUs(), bare.fastestUs()]
  return staysUnder(LIMIT_US, {
    claim: `dispatch of ${name}, ${claim}`,
    value,
    unit: 'us',
    ceiling,
    ceilingName: isRefused ? 'an error, thrown and caught' : 'the handler alone',
    ratio: value / ceiling,
  })
}

function bareHandler(name: Name, params: object): () => Promise<unknown> {
  const handle = table[name].handle as (params: object, context: Context, caller: Caller) => unknown
  // eslint-disable-next-line @typescript-eslint/require-await
  return async () => handle(params, context, {})
}

// eslint-disable-next-line @typescript-eslint/require-await
async function refuse(): Promise<never> {
  throw new Error('refused')
}

/** Times groups of calls, each awaited before the next. */
async function timer(call: () => Promise<unknown>) {
  const timesUs: number[] = []
  const group = async (): Promise<void> => {
    for (let i = 0; i < CALLS; i++) await call().catch(() => undefined)
  }
  await group()
  return {
    async once() {
      const start = performance.now()
      await group()
      timesUs.push((1000 * (performance.now() - start)) / CALLS)
    },
    // What else the machine does only adds to a group: the fastest one says what a call takes.
    fastestUs: () => Math.min(...timesUs),
  }
}
