import { expect, test } from '@jest/globals'
import type { Chaincode } from '../../../src/contract/shim/chaincode.js'
import { success } from '../../../src/contract/shim/chaincode.js'
import { ChaincodeSession } from '../../../src/contract/shim/session.js'
import type { ChaincodeStub } from '../../../src/contract/shim/stub.js'
import type { ChaincodeMessage } from '../../../src/contract/wire/fabric.js'
import {
  ChaincodeAdditionalParams,
  ChaincodeID,
  ChaincodeInput,
  ChaincodeMessageType as Type,
  GetState,
  GetStateMultiple,
  GetStateMultipleResult,
  Response,
  WriteBatchState,
} from '../../../src/contract/wire/fabric.js'
import { signedProposal } from '../support/signed-proposal.js'

type Run = (stub: ChaincodeStub) => Promise<Uint8Array | string | undefined>
type Sent = Partial<ChaincodeMessage>

const NOTHING = Buffer.alloc(0)
const message = (fields: Sent): ChaincodeMessage => ({
  type: 0,
  timestamp: null,
  payload: NOTHING,
  txid: '',
  proposal: null,
  chaincodeEvent: null,
  channelId: '',
  ...fields,
})

/** A session whose other end is the test. */
class Conversation {
  readonly sent: Sent[] = []
  readonly session: ChaincodeSession
  #read = 0
  #wake = (): void => undefined

  constructor(run: Run) {
    const call = async (stub: ChaincodeStub): ReturnType<Chaincode['Invoke']> => {
      const result = await run(stub)
      return success(typeof result === 'string' ? Buffer.from(result) : result)
    }
    const send = (each: Sent): void => {
      this.sent.push(each)
      this.#wake()
    }
    this.session = new ChaincodeSession(send, { Init: call, Invoke: call })
  }

  say(type: number, fields: Sent = {}): void {
    this.session.receive(message({ type, txid: 'tx', channelId: 'ch', ...fields }))
  }

  ready(payload: Uint8Array = NOTHING): this {
    this.session.register('name:1')
    this.say(Type.REGISTERED)
    this.say(Type.READY, { payload })
    this.#read = this.sent.length
    return this
  }

  begin(fields: Sent = {}): void {
    const payload = ChaincodeInput.encode({ args: [Buffer.from('fn')] })
    this.say(Type.TRANSACTION, { payload, proposal: signedProposal('tx'), ...fields })
  }

  /** The next message of the contract. */
  async next(): Promise<Sent> {
    while (this.sent.length <= this.#read) await new Promise<void>((resolve) => (this.#wake = resolve))
    return this.sent[this.#read++] as Sent
  }

  async answer(): Promise<string> {
    const { type, payload = NOTHING } = await this.next()
    expect(type).toBe(Type.COMPLETED)
    const response = Response.decode(payload)
    return `${response.status} ${response.message}${Buffer.from(response.payload).toString()}`
  }
}

const BATCHES = ChaincodeAdditionalParams.encode({
  useWriteBatch: true,
  maxSizeWriteBatch: 3,
  useGetMultipleKeys: true,
  maxSizeGetMultipleKeys: 2,
})

test('a contract registers by its name, and works once the peer is ready', () => {
  const conversation = new Conversation(() => Promise.resolve('done'))
  conversation.session.register('name:1')
  expect(conversation.sent).toHaveLength(1)
  expect(conversation.sent[0]?.type).toBe(Type.REGISTER)
  expect(ChaincodeID.decode(conversation.sent[0]?.payload ?? NOTHING)).toMatchObject({
    name: 'name:1',
    path: '',
  })
})

test('keepalives are sent back in every state', () => {
  const conversation = new Conversation(() => Promise.resolve('done'))
  conversation.say(Type.KEEPALIVE)
  conversation.say(Type.REGISTERED)
  conversation.say(Type.KEEPALIVE)
  conversation.say(Type.READY)
  conversation.say(Type.KEEPALIVE)
  expect(conversation.sent.map(({ type }) => type)).toEqual([18, 18, 18])
})

test.each([
  ['created', [], Type.READY, 'the node answered with message 4 before it was ready'],
  ['created', [], Type.ERROR, 'the node answered with message 7 before it was ready: refused'],
  [
    'established',
    [Type.REGISTERED],
    Type.TRANSACTION,
    'the node answered with message 5 before it was ready',
  ],
  ['ready', [Type.REGISTERED, Type.READY], 99, 'the node sent a message of the unknown type 99'],
])('what may not come in the state %s ends the conversation', (_state, before, type, text) => {
  const conversation = new Conversation(() => Promise.resolve('done'))
  for (const each of before) conversation.say(each)
  expect(() => conversation.say(type, { payload: Buffer.from('refused') })).toThrow(text)
})

test('READY may carry anything', async () => {
  const conversation = new Conversation(() => Promise.resolve('done')).ready(Buffer.from([0xff, 0xff, 1]))
  conversation.begin()
  expect(await conversation.answer()).toBe('200 done')
})

test('an input that cannot be read comes back as an error', async () => {
  const conversation = new Conversation(() => Promise.resolve('done')).ready()
  const payload = Buffer.from([0x0a, 0x7f, 1])
  conversation.begin({ payload })
  expect(await conversation.next()).toEqual({ type: Type.ERROR, payload, txid: 'tx', channelId: 'ch' })
})

test.each([
  ['no header', { proposalBytes: NOTHING, signature: NOTHING }, 'Error: Proposal header is empty'],
  [
    'no payload',
    { proposalBytes: Buffer.from([0x0a, 1, 0]), signature: NOTHING },
    'Error: Proposal payload is empty',
  ],
  [
    'garbage',
    { proposalBytes: Buffer.from([0x0a, 0x7f]), signature: NOTHING },
    /^Error: Decoding Proposal failed/,
  ],
])('a proposal with %s is refused', async (_name, proposal, text) => {
  const conversation = new Conversation(() => Promise.resolve('done')).ready()
  conversation.begin({ proposal })
  const { type, payload } = await conversation.next()
  expect(type).toBe(Type.ERROR)
  expect(Buffer.from(payload ?? NOTHING).toString()).toMatch(text)
})

test('what a contract asks at once goes one by one', async () => {
  const asking = new Conversation(async (stub) => {
    const values = await Promise.all(['a', 'b', 'c'].map((key) => stub.getState(key)))
    return values.map(String).join()
  }).ready()
  asking.begin()
  for (const key of ['a', 'b', 'c']) {
    const { type, payload = NOTHING, txid, channelId } = await asking.next()
    expect([type, GetState.decode(payload).key, txid, channelId]).toEqual([Type.GET_STATE, key, 'tx', 'ch'])
    expect(asking.sent.at(-1)?.payload).toBe(payload)
    asking.say(Type.RESPONSE, { payload: Buffer.from(`value of ${key}`) })
  }
  expect(await asking.answer()).toBe('200 value of a,value of b,value of c')
})

test('a peer that takes batches gets writes and reads together, as many as it takes', async () => {
  const conversation = new Conversation(async (stub) => {
    await Promise.all([1, 2, 3, 4].map((n) => stub.putState(`k${n}`, Buffer.from('v'))))
    const values = await stub.getMultipleStates('a', 'b', 'c')
    return values.map(String).join()
  }).ready(BATCHES)
  conversation.begin()
  const first = await conversation.next()
  expect(first.type).toBe(Type.WRITE_BATCH_STATE)
  expect(WriteBatchState.decode(first.payload ?? NOTHING).rec.map(({ key, type }) => [key, type])).toEqual([
    ['k1', 9],
    ['k2', 9],
    ['k3', 9],
  ])
  conversation.say(Type.RESPONSE)
  expect((await conversation.next()).type).toBe(Type.PUT_STATE)
  conversation.say(Type.RESPONSE)
  const reads = await conversation.next()
  expect(reads.type).toBe(Type.GET_STATE_MULTIPLE)
  expect(GetStateMultiple.decode(reads.payload ?? NOTHING).keys).toEqual(['a', 'b'])
  const values = [Buffer.from('A'), Buffer.from('B')]
  conversation.say(Type.RESPONSE, { payload: GetStateMultipleResult.encode({ values }) })
  expect((await conversation.next()).type).toBe(Type.GET_STATE)
  conversation.say(Type.RESPONSE, { payload: Buffer.from('C') })
  expect(await conversation.answer()).toBe('200 A,B,C')
})

test('of a batch that is refused each part is asked alone, so that the right one fails', async () => {
  const conversation = new Conversation(async (stub) => {
    const writes = ['good', 'bad'].map((key) => stub.putState(key, Buffer.from('v')))
    const results = await Promise.allSettled(writes)
    return results.map((each) => (each.status === 'rejected' ? String(each.reason) : 'written')).join()
  }).ready(BATCHES)
  conversation.begin()
  expect((await conversation.next()).type).toBe(Type.WRITE_BATCH_STATE)
  conversation.say(Type.ERROR, { payload: Buffer.from('batch refused') })
  expect((await conversation.next()).type).toBe(Type.PUT_STATE)
  conversation.say(Type.RESPONSE)
  expect((await conversation.next()).type).toBe(Type.PUT_STATE)
  conversation.say(Type.ERROR, { payload: Buffer.from('bad refused') })
  expect(await conversation.answer()).toBe('200 written,Error: bad refused')
})

test('writes held back go together at the end of the transaction', async () => {
  const conversation = new Conversation(async (stub) => {
    stub.startWriteBatch()
    await stub.putState('a', 'text')
    await stub.deleteState('b')
    return 'done'
  }).ready(BATCHES)
  conversation.begin()
  const { type, payload = NOTHING } = await conversation.next()
  expect(type).toBe(Type.WRITE_BATCH_STATE)
  expect(WriteBatchState.decode(payload).rec.map((each) => [each.key, each.type])).toEqual([
    ['a', 9],
    ['b', 10],
  ])
  conversation.say(Type.ERROR, { payload: Buffer.from('refused') })
  for (const type of [Type.PUT_STATE, Type.DEL_STATE]) {
    expect((await conversation.next()).type).toBe(type)
    conversation.say(Type.ERROR, { payload: Buffer.from('refused') })
  }
  expect(await conversation.answer()).toBe('500 refused')
})

test('an answer that nobody asked for has no effect', async () => {
  const conversation = new Conversation(async (stub) => (await stub.getState('k')).toString()).ready()
  conversation.say(Type.RESPONSE, { txid: 'other' })
  conversation.begin()
  await conversation.next()
  conversation.say(Type.RESPONSE, { txid: 'other', payload: Buffer.from('wrong') })
  conversation.say(Type.RESPONSE, { payload: Buffer.from('right') })
  conversation.say(Type.RESPONSE, { payload: Buffer.from('late') })
  expect(await conversation.answer()).toBe('200 right')
})

test('transactions with one id in two channels are two', async () => {
  const conversation = new Conversation(async (stub) => (await stub.getState('k')).toString()).ready()
  conversation.begin({ channelId: 'one' })
  conversation.begin({ channelId: 'two' })
  await conversation.next()
  await conversation.next()
  conversation.say(Type.RESPONSE, { channelId: 'two', payload: Buffer.from('second') })
  expect(await conversation.answer()).toBe('200 second')
  conversation.say(Type.RESPONSE, { channelId: 'one', payload: Buffer.from('first') })
  expect(await conversation.answer()).toBe('200 first')
})

test('a request after its transaction has ended is refused', async () => {
  let kept: ChaincodeStub | undefined
  const conversation = new Conversation((stub) => {
    kept = stub
    return Promise.resolve('done')
  }).ready()
  conversation.begin()
  expect(await conversation.answer()).toBe('200 done')
  await expect(kept?.getState('k')).rejects.toThrow('transaction tx has ended')
})

test('the end of the stream fails what is open', async () => {
  let failure: unknown
  const conversation = new Conversation(async (stub) => {
    await stub.getState('k').catch((error: unknown) => (failure = error))
    return 'never sent'
  }).ready()
  conversation.begin()
  await conversation.next()
  conversation.session.end()
  await new Promise(setImmediate)
  expect(failure).toEqual(new Error('chaincode stream terminated'))
  expect(conversation.sent.map(({ type }) => type)).not.toContain(Type.COMPLETED)
})

test('a contract that answers nothing of meaning has failed', async () => {
  const session: Sent[] = []
  const chaincode = { Init: () => Promise.resolve(undefined), Invoke: () => Promise.resolve(undefined) }
  const running = new ChaincodeSession((each) => session.push(each), chaincode as unknown as Chaincode)
  running.receive(message({ type: Type.REGISTERED }))
  running.receive(message({ type: Type.READY }))
  running.receive(message({ type: Type.INIT, txid: '1234567890', channelId: 'ch' }))
  await new Promise(setImmediate)
  expect(Response.decode(session[0]?.payload ?? NOTHING)).toMatchObject({
    status: 500,
    message: '[ch-12345678] Calling chaincode Init() has not called success or error.',
  })
})
