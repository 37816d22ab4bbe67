import { EventEmitter, once } from 'node:events'
import { connect } from 'node:http2'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Client, type ClientDuplexStream, credentials, status } from '@grpc/grpc-js'
import { openContractDoor } from '../../../src/contract/peer/contract-door.js'
import { type GrpcPort, openGrpcPort } from '../../../src/contract/peer/grpc-port.js'
import { LiveContracts } from '../../../src/contract/peer/live-contracts.js'
import {
  ChaincodeID,
  ChaincodeMessage,
  ChaincodeMessageType as Type,
  GetState,
  SignedProposal,
} from '../../../src/contract/wire/fabric.js'
import { chaincodeSupport } from '../../../src/contract/wire/services.js'
import type { ContractTask } from '../../../src/contract/peer/open-call.js'
import { MapState } from './support/map-state.js'

const CALL = { txid: 'a'.repeat(64), channelId: 'mychannel' }
const MAX_BYTES = 1_000_000

let port: GrpcPort
let live: LiveContracts
let client: Client

beforeEach(async () => {
  port = await openGrpcPort({ host: '127.0.0.1', port: 0, maxMessageBytes: MAX_BYTES, maxConnections: 10 })
  live = new LiveContracts({ sharedIds: false, now: () => 0 })
  openContractDoor(port, live, { registerTimeoutMs: 200, streams: 2 })
  client = new Client(`127.0.0.1:${port.port}`, credentials.createInsecure())
})

afterEach(async () => {
  client.close()
  await port.close(0)
})

type Stream = ClientDuplexStream<Uint8Array, ChaincodeMessage>

/** A stream on which the test sends any bytes. */
function open(): Stream {
  const { path, responseDeserialize } = chaincodeSupport.register
  return client.makeBidiStreamRequest(path, (bytes: Uint8Array) => Buffer.from(bytes), responseDeserialize)
}

const message = (type: number, rest: Partial<ChaincodeMessage> = {}): Uint8Array =>
  ChaincodeMessage.encode({ type, ...rest })

const register = (id: string): Uint8Array =>
  message(Type.REGISTER, { payload: ChaincodeID.encode({ name: id }) })

async function registered(id: string): Promise<Stream> {
  const stream = open()
  stream.write(register(id))
  await live.waitFor(id, 5000)
  return stream
}

/** The status that the stream ended with. */
async function endOf(stream: Stream): Promise<{ code: number; details: string }> {
  stream.resume()
  const [{ code, details }] = (await once(stream, 'error')) as [{ code: number; details: string }]
  return { code, details }
}

test('a contract registers over gRPC and is called', async () => {
  const stream = await registered('basic:1.0')
  const state = new MapState({ callId: CALL.txid, channelId: CALL.channelId, contract: 'basic' }, new Map())
  const run = live.find(['basic:1.0'])?.run(taskOn(state), new AbortController().signal)
  const types: number[] = []
  stream.on('data', ({ type, txid, channelId }: ChaincodeMessage) => {
    types.push(type)
    if (type === Type.TRANSACTION) stream.write(message(Type.COMPLETED, { txid, channelId }))
  })
  expect((await run)?.response).toMatchObject({ status: 0 })
  expect(types).toEqual([Type.REGISTERED, Type.READY, Type.TRANSACTION])
  stream.on('error', () => undefined)
  stream.cancel()
})

test.each([
  ['a name that is taken', register('basic:1.0'), status.ALREADY_EXISTS, 'duplicate chaincodeID: basic:1.0'],
  ['an empty name', register(''), status.INVALID_ARGUMENT, /chaincodeID name is empty/],
  [
    'a message before it has registered',
    message(Type.GET_STATE),
    status.FAILED_PRECONDITION,
    /in created state/,
  ],
  ['what is no message', Buffer.from([0x0a, 0x7f]), status.INTERNAL, /./],
  ['a message that is too long', Buffer.alloc(MAX_BYTES + 1), status.RESOURCE_EXHAUSTED, /larger than max/],
])('a contract with %s sees an error', async (_, bytes, code, details) => {
  const other = await registered('basic:1.0')
  const stream = open()
  stream.write(bytes)
  expect(await endOf(stream)).toEqual({ code, details: expect.stringMatching(details) })
  expect(live.list()).toHaveLength(1)
  other.on('error', () => undefined)
  other.cancel()
})

test('a contract from another machine that has shown no certificate is turned away', () => {
  let register: ((stream: unknown) => void) | undefined
  openContractDoor(
    { addService: (_, services) => (register = services['register'] as typeof register) },
    live,
  )
  const stream = Object.assign(new EventEmitter(), {
    getPeer: () => '192.0.2.1:4000',
    getAuthContext: () => ({}),
  })
  let refusal: unknown
  stream.on('error', (error: unknown) => {
    refusal = error
  })
  register?.(stream)
  expect(refusal).toMatchObject({
    code: status.PERMISSION_DENIED,
    details: expect.stringContaining('client-ca.crt'),
  })
  expect(stream.listenerCount('data')).toBe(0)
})

test('only so many contracts may dial at once', async () => {
  const first = await registered('basic:1.0')
  const second = await registered('basic:2.0')
  expect(await endOf(open())).toEqual({
    code: status.RESOURCE_EXHAUSTED,
    details: 'there are 2 contracts here, and no more may come',
  })
  const gone = once(live, 'gone')
  first.on('error', () => undefined).cancel()
  await gone
  const third = await registered('basic:3.0')
  for (const stream of [second, third]) stream.on('error', () => undefined).cancel()
})

test('a contract that does not register is sent away', async () => {
  expect(await endOf(open())).toMatchObject({ code: status.DEADLINE_EXCEEDED })
})

test.each([
  ['ends its stream', (stream: Stream) => void stream.end()],
  ['cancels', (stream: Stream) => stream.cancel()],
  ['sends junk', (stream: Stream) => void stream.write(Buffer.from([0x0a, 0x7f]))],
])('a contract that %s is gone, and its name is free', async (_, leave) => {
  const stream = await registered('basic:1.0')
  stream.on('error', () => undefined)
  stream.resume()
  const gone = once(live, 'gone')
  leave(stream)
  expect((await gone)[0]).toBe('basic:1.0')
  expect(live.list()).toEqual([])
})

/** A message as gRPC has it in a stream of HTTP/2. */
function framed(bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

test('a contract that does not read what it asked for does not fill the memory of the node', async () => {
  const session = connect(`http://127.0.0.1:${port.port}`)
  const stream = session.request({
    ':method': 'POST',
    ':path': chaincodeSupport.register.path,
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  stream.on('error', () => undefined)
  stream.write(framed(register('basic:1.0')))
  await live.waitFor('basic:1.0', 5000)
  const state = new MapState(
    { callId: CALL.txid, channelId: CALL.channelId, contract: 'basic' },
    new Map([['basic.big', 'x'.repeat(500_000)]]),
  )
  const late = new AbortController()
  const run = live.find(['basic:1.0'])?.run(taskOn(state), late.signal)
  const request = message(Type.GET_STATE, { ...CALL, payload: GetState.encode({ key: 'big' }) })
  for (let n = 0; n < 200; n++) stream.write(framed(request))
  let before = -1
  while (before < state.reads) {
    before = state.reads
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  expect(state.reads).toBeGreaterThan(10)
  expect(state.reads).toBeLessThan(50)
  late.abort(new Error('enough'))
  await expect(run).rejects.toThrow('enough')
  session.destroy()
})

function taskOn(state: MapState): ContractTask {
  return {
    ...CALL,
    isInit: false,
    input: Buffer.from('input'),
    signedProposal: SignedProposal.encode({}),
    requests: state.of('basic'),
    invoke: () => Promise.reject(new Error('no other contract')),
  }
}
