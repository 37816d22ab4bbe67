import { afterEach, beforeEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json } from '../../../src/base/json.js'
import type { Simulated } from '../../../src/contract/call.js'
import type { DoneCall } from '../../../src/contract/simulation/memory-world.js'
import { Simulation } from '../../../src/contract/simulation/simulation.js'
import type { QueryPage, StateRequests } from '../../../src/contract/simulation/state-requests.js'
import { binaryOf } from '../../../src/ledger/payload/binary.js'
import { decodePayload, encodePayload } from '../../../src/ledger/payload/codecs.js'
import type { Payload } from '../../../src/ledger/payload/payload.js'
import type { Transaction } from '../../../src/ledger/transaction.js'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { callOf, START, testChain } from '../../ledger/make-chain.js'
import { IndexChain } from '../../store/index-chain.js'
import { bytes, OK, Sandbox, text } from './sandbox.js'

const chain = testChain()
const settings = { batchSize: 2 }

let disk: IndexChain

beforeEach(async () => {
  disk = await IndexChain.open(chain, () => VALIDATION_CODE.VALID)
})

afterEach(async () => {
  await disk.close()
})

/** What a contract asks; the name of the request, a key, and what else it needs. */
type Action = readonly [name: keyof typeof ACTIONS, key: string, other: string]

const readOn = (state: StateRequests, first: QueryPage<{ readonly value: Uint8Array }>, wish: string) => {
  const pages: unknown[] = [first]
  let page: QueryPage<unknown> = first
  // Some are read to the end, some are left open.
  while (page.hasMore && (wish !== 'x' || pages.length < 2)) pages.push((page = state.next(page.id)))
  return pages
}

const ACTIONS = {
  get: (state: StateRequests, key: string) => text(state.getState(key, '')),
  put: (state: StateRequests, key: string, value: string) => state.putState(key, bytes(value), ''),
  remove: (state: StateRequests, key: string) => state.delState(key, ''),
  scan: (state: StateRequests, key: string, wish: string) =>
    readOn(state, state.getStateByRange(key, wish === 'x' ? '\u{10ffff}' : '', '', undefined), wish),
  query: (state: StateRequests, _key: string, wish: string) =>
    readOn(state, state.getQueryResult('{"selector":{"n":{"$gt":1}},"sort":["n"]}', '', undefined), wish),
  history: (state: StateRequests, key: string, wish: string) =>
    readOn(state, state.getHistoryForKey(key), wish),
}

const key = fc.constantFrom('a', 'b', 'c', '\0k\0', '\uffff', '\u{10000}')
const other = fc.constantFrom('x', '', '{"n":1}', '{"n":2}', '{"n":3}')
const names = Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]
const action: fc.Arbitrary<Action> = fc.tuple(fc.constantFrom(...names, 'put', 'put'), key, other)

/** What the actions answer, as text, and what the call leaves. */
function run(simulation: Simulation, actions: readonly Action[]): [answers: string, simulated: Simulated] {
  const state = simulation.of('c')
  const answers = actions.map(([name, ...parameters]) => ACTIONS[name](state, ...parameters) ?? null)
  const readable = (_name: string, value: unknown) => (value instanceof Uint8Array ? text(value) : value)
  return [JSON.stringify(answers, readable), simulation.finish(OK, undefined)]
}

/** Runs a call on both states; both must give the same. */
function runOnBoth(sandbox: Sandbox, actions: readonly Action[]): DoneCall {
  const call = sandbox.call()
  const [answers, simulated] = run(sandbox.simulation(call), actions)
  const snapshot = disk.index.snapshot()
  const { privateValues } = sandbox.world
  const definitions = { collections: () => undefined }
  const onDisk = new Simulation({ call, snapshot, privateValues, definitions, settings })
  expect(run(onDisk, actions)).toEqual([answers, simulated])
  snapshot.close()
  // A history tells the time of the transaction.
  return { call: { ...call, timestampMs: START + call.timestampMs }, simulated }
}

/** The call as a transaction; its lists must be in the order that payloads need. */
function transactionFor({ call, simulated }: DoneCall): Transaction {
  const { reads, rangeReads, writes } = simulated
  const response = { ...OK, payload: binaryOf(OK.payload) }
  const changes = { callId: call.callId, reads, rangeReads, writes, response }
  const transaction = callOf(chain, 'a', 'call', changes, call.timestampMs)
  const json = JSON.stringify(encodePayload(transaction.payload as Payload))
  expect(decodePayload(JSON.parse(json) as Json)).toEqual(transaction.payload)
  return transaction
}

test('over the index calls answer, read, write and end as over the world in memory', () => {
  const calls = fc.array(fc.array(action, { maxLength: 5 }), { maxLength: 3 })
  fc.assert(
    fc.property(fc.array(calls, { maxLength: 5 }), (blocks) => {
      const sandbox = new Sandbox(settings)
      while (disk.blocks.length > 0) disk.takeOff()
      for (const block of blocks) {
        const done = block.map((actions) => runOnBoth(sandbox, actions))
        expect(disk.mine(...done.map(transactionFor))).toEqual(sandbox.world.commit(done))
      }
    }),
    { numRuns: 30 },
  )
})
