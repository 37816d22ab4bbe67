import { expect, test } from '@jest/globals'
import type { Simulated } from '../../../src/contract/call.js'
import { ContractError } from '../../../src/contract/contract-error.js'
import { INITIALISED_KEY } from '../../../src/contract/peer/initialisation.js'
import {
  ChaincodeInput,
  ChaincodeMessage,
  ChaincodeMessageType as Type,
  ChaincodeSpec,
  GetState,
  PutState,
  Response,
} from '../../../src/contract/wire/fabric.js'
import { ScriptedContract, textOf, typesOf } from './support/scripted-contract.js'
import { callOf, deployment, type TestNode, testNode } from './support/test-node.js'

const NO_BYTES = new Uint8Array()

const invocation = (name: string, ...args: string[]): Uint8Array =>
  ChaincodeSpec.encode({
    chaincodeId: { path: '', name, version: '' },
    input: { args: args.map((arg) => Buffer.from(arg)), decorations: {}, isInit: false },
  })

const argsOf = (message: ChaincodeMessage): readonly string[] =>
  ChaincodeInput.decode(message.payload).args.map((arg) => Buffer.from(arg).toString())

function connect(node: TestNode, id: string): ScriptedContract {
  return ScriptedContract.registered(node.live, id)
}

test('a call runs in the process of its definition, and its result is what the contract answered', async () => {
  const node = testNode()
  node.values.set('basic.k', 'before')
  const contract = connect(node, 'basic:1.0')
  const call = callOf('basic', ['update', 'k'])
  const result = node.executor.execute(call)
  const message = await contract.next()
  expect(argsOf(message)).toEqual(['update', 'k'])
  const place = { txid: call.callId, channelId: 'mychannel' }
  contract.say({ type: 'GET_STATE', ...place, payload: GetState.encode({ key: 'k' }) })
  expect(textOf(await contract.next())).toBe('before')
  contract.say({
    type: 'PUT_STATE',
    ...place,
    payload: PutState.encode({ key: 'k', value: Buffer.from('after') }),
  })
  expect(typesOf([await contract.next()])).toEqual(['RESPONSE'])
  const event = { name: 'updated', payload: Buffer.from('k') }
  contract.complete(place, { status: 200, payload: Buffer.from('done') }, event)
  expect(await result).toMatchObject({
    response: { status: 200, message: '', payload: Buffer.from('done') },
    event,
    writes: [{ namespace: 'basic', key: 'k', value: { text: 'after' } }],
  })
  expect(node.openSnapshots()).toBe(0)
})

test('a response of 500 is an answer of the contract', async () => {
  const node = testNode()
  const contract = connect(node, 'basic:1.0')
  const result = node.executor.execute(callOf('basic', ['fail']))
  contract.complete(await contract.next(), { status: 500, message: 'no such asset' })
  expect((await result).response).toMatchObject({ status: 500, message: 'no such asset' })
})

test('ERROR of a contract fails the call with its text', async () => {
  const node = testNode()
  const contract = connect(node, 'basic:1.0')
  const result = node.executor.execute(callOf('basic', []))
  const { txid, channelId } = await contract.next()
  contract.say({ type: 'ERROR', txid, channelId, payload: Buffer.from('Error: Proposal header is empty') })
  await expect(result).rejects.toMatchObject({
    fault: 'bad-call',
    message: 'transaction returned with failure: Error: Proposal header is empty',
  })
  expect(node.openSnapshots()).toBe(0)
  expect(node.states[0]?.isOver).toBe(true)
})

test('a contract that is not deployed is unknown', async () => {
  await expect(testNode().executor.execute(callOf('ghost', []))).rejects.toMatchObject({
    fault: 'unknown-contract',
    message:
      'make sure the chaincode ghost has been successfully defined on channel mychannel and try again: chaincode ghost not found',
  })
})

test('a contract that is deployed and not connected says so', async () => {
  const node = testNode()
  await expect(node.executor.execute(callOf('basic', []))).rejects.toMatchObject({
    fault: 'not-connected',
    message: expect.stringContaining(
      "chaincode definition for 'basic' exists, but chaincode is not installed: no process is connected as basic:1.0",
    ),
  })
  expect(node.openSnapshots()).toBe(0)
})

test.each(['label:abc', 'basic:2.0', 'basic'])(
  'a process that registered as %s runs the contract',
  async (id) => {
    const node = testNode()
    node.deployed.set('basic', deployment('basic', { id: 'label:abc', version: '2.0' }))
    const contract = connect(node, id)
    const result = node.executor.execute(callOf('basic', ['x']))
    contract.complete(await contract.next())
    expect((await result).response.status).toBe(200)
  },
)

test('processes that share an id take turns', async () => {
  const node = testNode({ sharedIds: true })
  const contracts = [connect(node, 'basic:1.0'), connect(node, 'basic:1.0')]
  expect(node.live.list()).toHaveLength(2)
  const results = ['1', '2', '3', '4'].map((arg) => node.executor.execute(callOf('basic', [arg])))
  await new Promise(setImmediate)
  expect(contracts.map(({ heard }) => heard.map(argsOf))).toEqual([
    [['1'], ['3']],
    [['2'], ['4']],
  ])
  for (const contract of contracts) for (const message of contract.heard) contract.complete(message)
  await Promise.all(results)
  contracts[0]?.vanish()
  const last = node.executor.execute(callOf('basic', ['5']))
  const [, second] = contracts
  if (!second) throw new Error('there are two')
  second.heard.length = 0
  second.complete(await second.next())
  await last
})

test('a call that takes too long fails, and what the contract still sends for it has no effect', async () => {
  const node = testNode({ timeoutMs: 20 })
  const contract = connect(node, 'basic:1.0')
  const result = node.executor.execute(callOf('basic', ['hang']))
  const { txid, channelId } = await contract.next()
  await expect(result).rejects.toMatchObject({
    fault: 'timeout',
    message: 'timeout expired while executing transaction',
  })
  const payload = PutState.encode({ key: 'late', value: Buffer.from('v') })
  contract.say({ type: 'PUT_STATE', txid, channelId, payload })
  expect(textOf(await contract.next())).toBe(`PUT_STATE failed: transaction ID: ${txid}: no ledger context`)
  contract.complete({ txid, channelId })
  expect(node.states[0]?.writes.size).toBe(0)
  expect(node.openSnapshots()).toBe(0)

  const next = node.executor.execute(callOf('basic', ['work']))
  contract.complete(await contract.next())
  expect((await next).response.status).toBe(200)
})

test('a contract that goes away fails its calls, and others are not disturbed', async () => {
  const node = testNode()
  const contract = connect(node, 'basic:1.0')
  const other = connect(node, 'other:1.0')
  const result = node.executor.execute(callOf('basic', ['x']))
  const untouched = node.executor.execute(callOf('other', ['x']))
  await contract.next()
  contract.vanish()
  await expect(result).rejects.toMatchObject({ fault: 'stream-lost', message: 'chaincode stream terminated' })
  other.complete(await other.next())
  expect((await untouched).response.status).toBe(200)
  expect(node.openSnapshots()).toBe(0)
})

test('a call with more bytes than a message may have is refused', async () => {
  const node = testNode({ maxMessageBytes: 1000 })
  connect(node, 'basic:1.0')
  await expect(node.executor.execute(callOf('basic', ['x'.repeat(1000)]))).rejects.toMatchObject({
    fault: 'bad-call',
  })
})

test('a contract works on so many calls at once, others wait, and more are refused', async () => {
  const node = testNode({ callsAtOnce: 2, waitingCalls: 1 })
  const contract = connect(node, 'basic:1.0')
  const results = ['1', '2', '3'].map((arg) => node.executor.execute(callOf('basic', [arg])))
  await expect(node.executor.execute(callOf('basic', ['4']))).rejects.toMatchObject({ fault: 'busy' })
  expect(contract.heard.map(argsOf)).toEqual([['1'], ['2']])
  expect(node.openSnapshots()).toBe(2)
  contract.complete(await contract.next())
  await results[0]
  contract.complete(await contract.next())
  const third = await contract.next()
  expect(argsOf(third)).toEqual(['3'])
  contract.complete(third)
  await Promise.all(results)
})

test('an error of the node itself reaches the caller as it is', async () => {
  const node = testNode()
  const contract = connect(node, 'basic:1.0')
  const result = node.executor.execute(callOf('basic', []))
  const { txid, channelId } = await contract.next()
  contract.say({ type: 'PUT_STATE', txid, channelId, payload: PutState.encode({ key: 'broken' }) })
  await expect(result).rejects.toThrow('our own bug')
  await expect(result).rejects.not.toBeInstanceOf(ContractError)
})

test('a contract that must be initialised is initialised once for each version, and then called', async () => {
  const node = testNode()
  node.deployed.set('basic', deployment('basic', { initRequired: true }))
  const contract = connect(node, 'basic:1.0')
  const run = async (isInit: boolean): Promise<Simulated> => {
    const result = node.executor.execute(callOf('basic', ['x'], { isInit }))
    void contract.next().then((message) => {
      expect(message.type).toBe(isInit ? Type.INIT : Type.TRANSACTION)
      contract.complete(message)
    })
    return result
  }
  const refused = { fault: 'initialisation' }
  await expect(node.executor.execute(callOf('basic', ['x']))).rejects.toMatchObject({
    ...refused,
    message: "chaincode 'basic' has not been initialized for this version, must call as init first",
  })
  expect((await run(true)).writes).toEqual([
    { namespace: 'basic', key: INITIALISED_KEY, value: { text: '1.0' } },
  ])
  node.values.set(`basic.${INITIALISED_KEY}`, '1.0')
  await expect(node.executor.execute(callOf('basic', ['x'], { isInit: true }))).rejects.toMatchObject({
    ...refused,
    message: "chaincode 'basic' is already initialized but called as init",
  })
  expect((await run(false)).writes).toEqual([])
  node.deployed.set('basic', deployment('basic', { initRequired: true, version: '2.0' }))
  await expect(node.executor.execute(callOf('basic', ['x']))).rejects.toMatchObject(refused)
})

test('a contract that needs no initialisation refuses one', async () => {
  const node = testNode()
  connect(node, 'basic:1.0')
  await expect(node.executor.execute(callOf('basic', [], { isInit: true }))).rejects.toMatchObject({
    fault: 'initialisation',
    message: "chaincode 'basic' does not require initialization but called as init",
  })
})

test('a contract calls another one within the same call, on its own namespace; the inner event is dropped', async () => {
  const node = testNode()
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  const result = node.executor.execute(callOf('basic', ['outer']))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other', 'inner', 'arg') })
  const inner = await other.next()
  expect(argsOf(inner)).toEqual(['inner', 'arg'])
  expect(place(inner)).toEqual(place(call))
  expect(inner.proposal).toEqual(call.proposal)
  const write = { key: 'k', value: Buffer.from('v') }
  other.say({ type: 'PUT_STATE', ...place(call), payload: PutState.encode(write) })
  await other.next()
  const event = { name: 'inner', payload: Buffer.from('x') }
  other.complete(call, { status: 200, payload: Buffer.from('from other') }, event)

  const answer = await basic.next()
  expect(answer.type).toBe(Type.RESPONSE)
  const message = ChaincodeMessage.decode(answer.payload)
  expect(message).toMatchObject({ type: Type.COMPLETED, ...place(call), chaincodeEvent: null })
  expect(Buffer.from(Response.decode(message.payload).payload).toString()).toBe('from other')
  basic.complete(call)
  const { event: seen, writes } = await result
  expect(seen).toBeUndefined()
  expect(writes).toEqual([{ namespace: 'other', key: 'k', value: { text: 'v' } }])
})

test('a caller whom a contract does not know as a member of its organisation never reaches it', async () => {
  const node = testNode()
  connect(node, 'basic:1.0')
  node.strangers.set('basic', 'false')
  const caller = { mspId: 'Org1MSP', certificate: 'false' }
  await expect(node.executor.execute(callOf('basic', [], { caller }))).rejects.toMatchObject({
    fault: 'access-denied',
    message:
      'access denied: channel [mychannel] chaincode [basic] creator org [Org1MSP]: no authority of this organisation has issued the certificate',
  })
  expect(node.openSnapshots()).toBe(0)
})

test('a false contract does not bring its members into another one: that one has authorities of its own', async () => {
  const node = testNode()
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  node.strangers.set('other', 'false')
  const caller = { mspId: 'Org1MSP', certificate: 'false' }
  const result = node.executor.execute(callOf('basic', ['outer'], { caller }))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other', 'inner') })
  const answer = await basic.next()
  expect(answer.type).toBe(Type.ERROR)
  expect(textOf(answer)).toBe(
    `INVOKE_CHAINCODE failed: transaction ID: ${call.txid}: execute failed: invalid invocation: access denied: channel [mychannel] chaincode [other] creator org [Org1MSP]: no authority of this organisation has issued the certificate`,
  )
  expect(other.heard).toEqual([])
  expect(node.states[0]?.asked).toEqual([])
  basic.complete(call)
  expect((await result).response.status).toBe(200)
})

test('a response of 500 of a called contract is passed on to the one that called', async () => {
  const node = testNode()
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  void node.executor.execute(callOf('basic', [])).catch(() => undefined)
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other:7.0/mychannel') })
  await other.next()
  other.complete(call, { status: 500, message: 'no' })
  const message = ChaincodeMessage.decode((await basic.next()).payload)
  expect(message.type).toBe(Type.COMPLETED)
  expect(Response.decode(message.payload)).toMatchObject({ status: 500, message: 'no' })
  basic.complete(call)
})

test('ERROR of a called contract is passed on as ERROR within the answer', async () => {
  const node = testNode()
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  void node.executor.execute(callOf('basic', []))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other') })
  await other.next()
  other.say({ type: 'ERROR', ...place(call), payload: Buffer.from('broken') })
  const message = ChaincodeMessage.decode((await basic.next()).payload)
  expect([message.type, textOf(message)]).toEqual([Type.ERROR, 'broken'])
  basic.complete(call)
})

test.each([
  ['itself', 'basic', /: execute failed: error sending: txid: [0-9a-f]{64}\(mychannel\) exists$/],
  ['an unknown one', 'ghost', /: execute failed: invalid invocation: .*ghost: chaincode ghost not found$/],
  ['one of no name', '', /chaincode  not found$/],
  ['one on another channel', 'other/elsewhere', /: failed to find ledger for channel: elsewhere$/],
  ['one that is away', 'other', /: execute failed: .*exists, but chaincode is not installed/],
])('a contract that calls %s is told why not, and goes on', async (_, name, text) => {
  const node = testNode()
  const basic = connect(node, 'basic:1.0')
  const result = node.executor.execute(callOf('basic', []))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation(name) })
  const answer = await basic.next()
  expect(answer.type).toBe(Type.ERROR)
  expect(textOf(answer)).toMatch(/^INVOKE_CHAINCODE failed: transaction ID: [0-9a-f]{64}: /)
  expect(textOf(answer)).toMatch(text)
  basic.complete(call)
  expect((await result).response.status).toBe(200)
})

test('a circle of calls is refused where it closes, also where processes share an id', async () => {
  const node = testNode({ sharedIds: true })
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  connect(node, 'basic:1.0')
  const result = node.executor.execute(callOf('basic', []))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other') })
  await other.next()
  other.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('basic') })
  expect(textOf(await other.next())).toMatch(/txid: [0-9a-f]{64}\(mychannel\) exists$/)
  other.complete(call)
  await basic.next()
  basic.complete(call)
  await result
})

test('a called contract that is not initialised is not called', async () => {
  const node = testNode()
  node.deployed.set('other', deployment('other', { initRequired: true }))
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  void node.executor.execute(callOf('basic', []))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other') })
  expect(textOf(await basic.next())).toMatch(
    /execute failed: invalid invocation: chaincode 'other' has not been initialized for this version/,
  )
  expect(other.heard).toEqual([])
  basic.complete(call)
})

test('a called contract that goes away is told to the one that called', async () => {
  const node = testNode()
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  void node.executor.execute(callOf('basic', []))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other') })
  await other.next()
  other.vanish()
  expect(textOf(await basic.next())).toMatch(/execute failed: error sending: chaincode stream terminated$/)
  basic.complete(call)
})

test('the time of a call covers all contracts that take part', async () => {
  const node = testNode({ timeoutMs: 30 })
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  const result = node.executor.execute(callOf('basic', []))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other') })
  await other.next()
  await expect(result).rejects.toMatchObject({ fault: 'timeout' })
  other.say({ type: 'GET_STATE', ...place(call), payload: GetState.encode({ key: 'k' }) })
  expect(textOf(await other.next())).toMatch(/no ledger context$/)
  expect(basic.heard).toEqual([])
})

test('a contract that answers before the one it called leaves that one without effect', async () => {
  const node = testNode()
  const [basic, other] = [connect(node, 'basic:1.0'), connect(node, 'other:1.0')]
  const result = node.executor.execute(callOf('basic', []))
  const call = await basic.next()
  basic.say({ type: 'INVOKE_CHAINCODE', ...place(call), payload: invocation('other') })
  await other.next()
  basic.complete(call)
  expect((await result).writes).toEqual([])
  other.say({
    type: 'PUT_STATE',
    ...place(call),
    payload: PutState.encode({ key: 'k', value: Buffer.from('v') }),
  })
  expect(textOf(await other.next())).toMatch(/no ledger context$/)
  expect(node.states[0]?.writes.size).toBe(0)
  expect(basic.heard).toEqual([])
})

test('a served contract is dialled when it is called first', async () => {
  const dialled: (readonly string[])[] = []
  const node = testNode(
    {},
    {
      dial: (ids) => {
        dialled.push(ids)
        const contract = connect(node, 'basic:1.0')
        void contract.next().then((message) => contract.complete(message, { status: 200, payload: NO_BYTES }))
        return Promise.resolve(contract.stream)
      },
    },
  )
  await node.executor.execute(callOf('basic', []))
  expect(dialled).toEqual([['basic:1.0', 'basic:1.0', 'basic']])
})

test('a served contract that cannot be reached is told to the caller', async () => {
  const refusal = new ContractError('not-connected', 'connect ECONNREFUSED')
  const node = testNode({}, { dial: () => Promise.reject(refusal) })
  await expect(node.executor.execute(callOf('basic', []))).rejects.toMatchObject({
    fault: 'not-connected',
    message: expect.stringMatching(/connect ECONNREFUSED$/),
  })
})

function place({ txid, channelId }: ChaincodeMessage): { txid: string; channelId: string } {
  return { txid, channelId }
}
