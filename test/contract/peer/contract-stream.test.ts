import { afterEach, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { ContractError } from '../../../src/contract/contract-error.js'
import { QUERY_ANSWERS, STATE_ANSWERS } from '../../../src/contract/peer/state-answers.js'
import type { ContractTask } from '../../../src/contract/peer/open-call.js'
import { LiveContracts } from '../../../src/contract/peer/live-contracts.js'
import {
  ChaincodeID,
  ChaincodeInput,
  ChaincodeMessage,
  ChaincodeMessageType as Type,
  ChaincodeSpec,
  GetState,
  PutState,
  SignedProposal,
} from '../../../src/contract/wire/fabric.js'
import { MapState } from './support/map-state.js'
import { ScriptedContract, textOf, typesOf } from './support/scripted-contract.js'

const CALL = { txid: 'a'.repeat(64), channelId: 'mychannel' }
const OTHER = { txid: 'b'.repeat(64), channelId: 'mychannel' }
const never = (): AbortSignal => new AbortController().signal

afterEach(() => void jest.useRealTimers())

function liveContracts(sharedIds = false): LiveContracts {
  return new LiveContracts({ sharedIds, now: () => 0 })
}

function task(overrides: Partial<ContractTask> = {}): ContractTask {
  const call = { ...CALL, ...overrides }
  const state = new MapState({ callId: call.txid, channelId: call.channelId, contract: 'basic' }, VALUES)
  return {
    ...CALL,
    isInit: false,
    input: ChaincodeInput.encode({ args: [Buffer.from('read')] }),
    signedProposal: SignedProposal.encode({ proposalBytes: Buffer.from('proposal') }),
    requests: state.of('basic'),
    invoke: () => Promise.reject(new Error('no other contract')),
    ...overrides,
  }
}

const VALUES = new Map([
  ['basic.one', '1'],
  ['basic.two', '2'],
])

const getState = (key: string): Uint8Array => GetState.encode({ key })

test('a contract that registers is told REGISTERED and READY, at once and in this order', () => {
  const live = liveContracts()
  const contract = new ScriptedContract(live)
  contract.register('basic:1.0')
  expect(typesOf(contract.heard)).toEqual(['REGISTERED', 'READY'])
  expect(contract.heard[0]?.payload).toHaveLength(0)
  expect(Buffer.from(contract.heard[1]?.payload ?? []).toString('hex')).toBe('080110e807180120e807')
  expect(live.list()).toEqual([{ id: 'basic:1.0', address: 'in memory', sinceMs: 0, openCalls: 0 }])
})

test('a name that is taken is refused with its text, and is free again once its stream is over', () => {
  const live = liveContracts()
  const first = ScriptedContract.registered(live, 'basic:1.0')
  const second = new ScriptedContract(live)
  second.register('basic:1.0')
  expect(second.ended?.refusal).toEqual({ kind: 'taken', text: 'duplicate chaincodeID: basic:1.0' })
  expect(second.heard).toEqual([])
  expect(live.list()).toHaveLength(1)

  first.vanish()
  const third = new ScriptedContract(live)
  third.register('basic:1.0')
  expect(typesOf(third.heard)).toEqual(['REGISTERED', 'READY'])
})

test.each([
  ['an empty name', ChaincodeID.encode({ name: '' }), /chaincodeID name is empty/],
  ['no name', new Uint8Array(), /chaincodeID name is empty/],
  ['what is no chaincode id', Buffer.from([0x12, 0x7f, 1]), /chaincodeID name is empty/],
  ['a name of 513 letters', ChaincodeID.encode({ name: 'x'.repeat(513) }), /too long/],
])('%s is refused', (_, payload, text) => {
  const live = liveContracts()
  const contract = new ScriptedContract(live)
  contract.say({ type: 'REGISTER', payload })
  expect(contract.ended?.refusal).toMatchObject({ kind: 'invalid', text: expect.stringMatching(text) })
  expect(live.list()).toEqual([])
})

test('a contract that was dialled has to register as what it was dialled for', () => {
  const live = liveContracts()
  const contract = new ScriptedContract(live, {}, 'basic_1.0:abc')
  contract.register('other_1.0:def')
  expect(contract.ended?.refusal?.text).toBe(
    'the contract registered as other_1.0:def instead of basic_1.0:abc',
  )
})

test('where contracts may not come by themselves they are refused, but not those that the node dialled', () => {
  const live = new LiveContracts({ sharedIds: false, now: () => 0, accepts: () => false })
  const uninvited = new ScriptedContract(live)
  uninvited.register('basic:1.0')
  expect(uninvited.ended?.refusal).toEqual({
    kind: 'not-allowed',
    text: 'peer will not accept external chaincode connection basic:1.0 (except in dev mode)',
  })
  const dialled = new ScriptedContract(live, {}, 'basic:1.0')
  dialled.register('basic:1.0')
  expect(typesOf(dialled.heard)).toEqual(['REGISTERED', 'READY'])
})

test('before the registration nothing but KEEPALIVE is taken', () => {
  for (const type of ['GET_STATE', 'COMPLETED', 'READY', 'UNDEFINED'] as const) {
    const contract = new ScriptedContract(liveContracts())
    contract.say({ type: 'KEEPALIVE' })
    expect(contract.ended).toBeUndefined()
    contract.say({ type, ...CALL })
    expect(contract.ended?.refusal).toEqual({
      kind: 'out-of-order',
      text: `[${CALL.txid}] cannot handle message (${type}) while in created state`,
    })
  }
})

test('a contract that does not register in time is sent away', () => {
  jest.useFakeTimers()
  const contract = new ScriptedContract(liveContracts(), { registerTimeoutMs: 1000 })
  jest.advanceTimersByTime(999)
  expect(contract.ended).toBeUndefined()
  jest.advanceTimersByTime(1)
  expect(contract.ended?.refusal?.kind).toBe('too-late')
})

test('a registered contract may take its time', () => {
  jest.useFakeTimers()
  const contract = ScriptedContract.registered(liveContracts(), 'basic', { registerTimeoutMs: 1000 })
  jest.advanceTimersByTime(100_000)
  expect(contract.ended).toBeUndefined()
})

test.each(['REGISTER', 'REGISTERED', 'READY', 'INIT', 'TRANSACTION', 'RESPONSE', 'UNDEFINED'] as const)(
  'a registered contract that sends %s is sent away, and its calls fail',
  async (type) => {
    const live = liveContracts()
    const contract = ScriptedContract.registered(live, 'basic')
    const call = contract.stream.run(task(), never())
    contract.say({ type, ...CALL })
    expect(contract.ended?.refusal?.kind).toBe('out-of-order')
    await expect(call).rejects.toMatchObject({ fault: 'stream-lost', message: 'chaincode stream terminated' })
    expect(live.list()).toEqual([])
  },
)

test('a message type that nobody knows ends the stream', () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  contract.stream.receive(ChaincodeMessage.decode(ChaincodeMessage.encode({ type: 12 })))
  expect(contract.ended?.refusal?.text).toMatch(/cannot handle message \(12\) while in ready state/)
})

test('KEEPALIVE is ignored at any time and never sent', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const call = contract.stream.run(task(), never())
  contract.say({ type: 'KEEPALIVE' })
  contract.complete(CALL)
  await call
  contract.say({ type: 'KEEPALIVE' })
  expect(typesOf(contract.heard)).toEqual(['TRANSACTION'])
  expect(contract.ended).toBeUndefined()
})

test('a call goes out with its arguments and its proposal, and its answer comes back with its event', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const call = contract.stream.run(task(), never())
  const message = contract.heard.shift()
  expect(message).toMatchObject({ type: Type.TRANSACTION, ...CALL })
  expect(ChaincodeInput.decode(message?.payload ?? new Uint8Array()).args.map(String)).toEqual(['read'])
  expect(Buffer.from(message?.proposal?.proposalBytes ?? []).toString()).toBe('proposal')

  const event = { name: 'happened', payload: Buffer.from('details') }
  contract.complete(CALL, { status: 200, message: 'fine', payload: Buffer.from('result') }, event)
  const answer = await call
  expect(answer.response).toMatchObject({ status: 200, message: 'fine' })
  expect(Buffer.from(answer.response?.payload ?? []).toString()).toBe('result')
  expect(answer.event).toEqual({ name: 'happened', payload: Buffer.from('details') })
})

test('an initialisation goes out as INIT', () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  void contract.stream.run(task({ isInit: true }), never())
  expect(typesOf(contract.heard)).toEqual(['INIT'])
})

test('ERROR from a contract ends the call with its text', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const call = contract.stream.run(task(), never())
  contract.say({ type: 'ERROR', ...CALL, payload: Buffer.from('Error: Proposal header is empty') })
  const { response, payload } = await call
  expect(response).toBeUndefined()
  expect(Buffer.from(payload).toString()).toBe('Error: Proposal header is empty')
})

test('64 calls at once each get their own answers', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const calls = Array.from({ length: 64 }, (_, n) => ({
    txid: String(n).padStart(64, '0'),
    channelId: 'mychannel',
  }))
  const answers = calls.map((call) => contract.stream.run(task(call), never()))
  contract.heard.length = 0
  for (const call of calls) contract.say({ type: 'GET_STATE', ...call, payload: getState('one') })
  expect(contract.heard.map(({ txid }) => txid)).toEqual(calls.map(({ txid }) => txid))
  for (const call of [...calls].reverse()) {
    contract.complete(call, { status: 200, payload: Buffer.from(call.txid) })
  }
  const results = (await Promise.all(answers)).map(({ response }) =>
    Buffer.from(response?.payload ?? []).toString(),
  )
  expect(results).toEqual(calls.map(({ txid }) => txid))
})

test('the same transaction twice at once is refused', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const first = contract.stream.run(task(), never())
  await expect(contract.stream.run(task(), never())).rejects.toMatchObject({
    fault: 'bad-call',
    message: `txid: ${CALL.txid}(mychannel) exists`,
  })
  contract.complete(CALL)
  await first
  const again = contract.stream.run(task(), never())
  contract.complete(CALL)
  await again
})

test('two requests of one call at once are answered in their order', () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  void contract.stream.run(task(), never())
  contract.heard.length = 0
  contract.say({ type: 'GET_STATE', ...CALL, payload: getState('one') })
  contract.say({ type: 'GET_STATE', ...CALL, payload: getState('two') })
  expect(contract.heard.map(textOf)).toEqual(['1', '2'])
})

test('requests that come while another contract works for the call are answered after it, in their order', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  let answer: (bytes: Uint8Array) => void = () => undefined
  const invoke = (): Promise<Uint8Array> => new Promise((resolve) => (answer = resolve))
  void contract.stream.run(task({ invoke }), never())
  contract.heard.length = 0
  contract.say({ type: 'INVOKE_CHAINCODE', ...CALL, payload: ChaincodeSpec.encode({}) })
  contract.say({ type: 'GET_STATE', ...CALL, payload: getState('one') })
  contract.say({ type: 'INVOKE_CHAINCODE', ...CALL, payload: ChaincodeSpec.encode({}) })
  contract.say({ type: 'GET_STATE', ...CALL, payload: getState('two') })
  expect(contract.heard).toEqual([])
  answer(Buffer.from('other'))
  expect([textOf(await contract.next()), textOf(await contract.next())]).toEqual(['other', '1'])
  expect(contract.heard).toEqual([])
  answer(Buffer.from('another'))
  expect([textOf(await contract.next()), textOf(await contract.next())]).toEqual(['another', '2'])
})

test('of requests that come while another contract works only so many are kept', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic', {
    requestsAtOnce: 3,
    pendingBytes: 1000,
  })
  let answer: (bytes: Uint8Array) => void = () => undefined
  const invoke = (): Promise<Uint8Array> => new Promise((resolve) => (answer = resolve))
  const call = contract.stream.run(task({ invoke }), never())
  contract.heard.length = 0
  contract.say({ type: 'INVOKE_CHAINCODE', ...CALL })
  contract.say({
    type: 'PUT_STATE',
    ...CALL,
    payload: PutState.encode({ key: 'k', value: Buffer.alloc(2000) }),
  })
  for (let n = 0; n < 100; n++) contract.say({ type: 'GET_STATE', ...CALL, payload: getState('one') })
  answer(Buffer.from('other'))
  await contract.next()
  await new Promise(setImmediate)
  expect(contract.heard.map(textOf)).toEqual(['1', '1', '1'])
  contract.complete(CALL)
  await call
})

test('a request for a call that is not open is refused with its text', () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  contract.say({ type: 'GET_STATE', ...OTHER, payload: getState('one') })
  contract.say({ type: 'INVOKE_CHAINCODE', ...OTHER })
  expect(contract.heard.map(textOf)).toEqual([
    `GET_STATE failed: transaction ID: ${OTHER.txid}: no ledger context`,
    `INVOKE_CHAINCODE failed: transaction ID: ${OTHER.txid}: no ledger context`,
  ])
  expect(contract.heard[0]).toMatchObject({ type: Type.ERROR, ...OTHER })
  expect(contract.ended).toBeUndefined()
})

test('a call on another channel under the same id is another call', () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  void contract.stream.run(task(), never())
  contract.heard.length = 0
  contract.say({ type: 'GET_STATE', ...CALL, channelId: 'elsewhere', payload: getState('one') })
  expect(contract.heard.map(textOf)).toEqual([
    `GET_STATE failed: transaction ID: ${CALL.txid}: no ledger context`,
  ])
})

test('answers for calls that nobody made are ignored', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const call = contract.stream.run(task(), never())
  contract.complete(OTHER)
  contract.say({ type: 'ERROR', ...OTHER, payload: Buffer.from('what?') })
  contract.complete(CALL, { status: 201 })
  contract.complete(CALL, { status: 202 })
  expect((await call).response?.status).toBe(201)
  expect(contract.ended).toBeUndefined()
})

test('COMPLETED without a readable response ends the stream', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const call = contract.stream.run(task(), never())
  contract.say({ type: 'COMPLETED', ...CALL, payload: Buffer.from([0x0a, 0x7f]) })
  await expect(call).rejects.toMatchObject({ fault: 'stream-lost' })
  expect(contract.ended?.refusal?.text).toBe(`failed to unmarshal response for transaction ${CALL.txid}`)
})

test('a call that is given up ignores late answers, refuses late requests and keeps its id until the late answer', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const late = new AbortController()
  const call = contract.stream.run(task(), late.signal)
  late.abort(new Error('too late'))
  await expect(call).rejects.toThrow('too late')
  contract.heard.length = 0
  contract.say({
    type: 'PUT_STATE',
    ...CALL,
    payload: PutState.encode({ key: 'k', value: Buffer.from('v') }),
  })
  expect(contract.heard.map(textOf)).toEqual([
    `PUT_STATE failed: transaction ID: ${CALL.txid}: no ledger context`,
  ])

  await expect(contract.stream.run(task(), never())).rejects.toMatchObject({ fault: 'bad-call' })
  contract.complete(CALL, { status: 500 })
  const again = contract.stream.run(task(), never())
  contract.complete(CALL, { status: 200 })
  expect((await again).response?.status).toBe(200)
})

test('when the stream is lost all its calls fail, and those of others go on', async () => {
  const live = liveContracts()
  const contract = ScriptedContract.registered(live, 'basic')
  const other = ScriptedContract.registered(live, 'other')
  const calls = [CALL, OTHER].map((call) => contract.stream.run(task(call), never()))
  const elsewhere = other.stream.run(task(), never())
  contract.vanish()
  for (const call of calls) {
    await expect(call).rejects.toMatchObject({ fault: 'stream-lost', message: 'chaincode stream terminated' })
  }
  await expect(contract.stream.run(task(), never())).rejects.toMatchObject({ fault: 'stream-lost' })
  other.complete(CALL)
  expect((await elsewhere).response?.status).toBe(200)
})

test('what a contract sends after its stream ended is ignored', () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  contract.stream.end()
  contract.say({ type: 'GET_STATE', ...CALL, payload: getState('one') })
  contract.register('basic')
  expect(contract.heard).toEqual([])
  expect(contract.ended).toEqual({ refusal: undefined })
})

test('a refusal of the state comes back as ERROR with its cause, and the call goes on', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const call = contract.stream.run(task(), never())
  contract.heard.length = 0
  contract.say({ type: 'PUT_STATE', ...CALL, payload: PutState.encode({ key: 'forbidden' }) })
  contract.say({ type: 'GET_STATE', ...CALL, payload: Buffer.from([0x0a, 0x7f]) })
  expect(contract.heard.map(textOf)).toEqual([
    `PUT_STATE failed: transaction ID: ${CALL.txid}: writes are not allowed`,
    expect.stringMatching(`^GET_STATE failed: transaction ID: ${CALL.txid}: unmarshal failed: `),
  ])
  contract.complete(CALL)
  await call
})

test('a bug of the node fails the call and nothing else', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const call = contract.stream.run(task(), never())
  const other = contract.stream.run(task(OTHER), never())
  contract.say({ type: 'PUT_STATE', ...CALL, payload: PutState.encode({ key: 'broken' }) })
  await expect(call).rejects.toThrow('our own bug')
  contract.complete(OTHER)
  await other
  expect(contract.ended).toBeUndefined()
})

test('a value of 8 MB goes through whole', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  const state = new MapState({ callId: CALL.txid, channelId: CALL.channelId, contract: 'basic' }, new Map())
  const call = contract.stream.run(task({ requests: state.of('basic') }), never())
  const value = Buffer.alloc(8 * 1024 * 1024, 'x')
  contract.say({ type: 'PUT_STATE', ...CALL, payload: PutState.encode({ key: 'big', value }) })
  contract.complete(CALL, { status: 200, payload: value })
  expect((await call).response?.payload).toHaveLength(value.length)
  expect(state.writes.get('basic.big')).toHaveLength(value.length)
})

test('a contract that does not read gets no more calls', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic', { pendingBytes: 1000 })
  contract.pendingBytes = 1001
  await expect(contract.stream.run(task(), never())).rejects.toMatchObject({ fault: 'busy' })
})

test('the end of a call stops what another contract does for it', async () => {
  const contract = ScriptedContract.registered(liveContracts(), 'basic')
  let signal: AbortSignal | undefined
  const invoke = (_: Uint8Array, given: AbortSignal): Promise<Uint8Array> => {
    signal = given
    return new Promise((_resolve, reject) =>
      given.addEventListener('abort', () => reject(given.reason as Error)),
    )
  }
  const call = contract.stream.run(task({ invoke }), never())
  contract.heard.length = 0
  contract.say({ type: 'INVOKE_CHAINCODE', ...CALL })
  expect(signal?.aborted).toBe(false)
  contract.complete(CALL)
  await call
  expect(signal?.aborted).toBe(true)
  expect(contract.heard).toEqual([])
})

test('whatever a contract sends, the node answers each request of an open call once and in order, and goes on', async () => {
  const txids = ['0', '1', '2'].map((digit) => digit.repeat(64))
  const message = fc.record({
    type: fc.constantFrom(...(Object.keys(Type) as (keyof typeof Type)[])),
    txid: fc.constantFrom(...txids, 'f'.repeat(64), ''),
    payload: fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.constant(getState('one'))),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 40 }), async (messages) => {
      const live = liveContracts()
      const contract = ScriptedContract.registered(live, 'basic')
      const place = { channelId: 'mychannel' }
      const calls = txids.map((txid) => contract.stream.run(task({ txid, invoke: () => fail() }), never()))
      const settled = Promise.allSettled(calls)
      contract.heard.length = 0
      const expected: string[] = []
      for (const { type, ...rest } of messages) {
        if (isRequest(type) && !contract.ended) expected.push(rest.txid)
        contract.say({ type, ...place, ...rest })
        await new Promise(setImmediate)
      }
      const answered = contract.heard.map(({ txid }) => txid)
      if (!contract.ended) expect(answered).toEqual(expected)
      contract.vanish()
      expect(await settled).toHaveLength(txids.length)
      expect(live.list()).toEqual([])
    }),
    { numRuns: 200 },
  )
})

const fail = (): Promise<never> => Promise.reject(new ContractError('unknown-contract', 'no other contract'))

function isRequest(type: keyof typeof Type): boolean {
  return (
    Type[type] === Type.INVOKE_CHAINCODE || STATE_ANSWERS.has(Type[type]) || QUERY_ANSWERS.has(Type[type])
  )
}
