import { once } from 'node:events'
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ClientReadableStream, type ServiceError, status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { BlockEvents, EventsWanted } from '../../../src/contract/gateway/gateway-calls.js'
import { serializeIdentity } from '../../../src/contract/identity/identity.js'
import {
  ChaincodeEventsRequest,
  type ChaincodeEventsResponse,
  type SeekPosition,
  SignedChaincodeEventsRequest,
} from '../../../src/contract/wire/fabric.js'
import { FakeCalls } from './fake-calls.js'
import { alice, bob, GatewayKit, options, signed } from './gateway-kit.js'

let kit: GatewayKit
let calls: FakeCalls

beforeEach(async () => {
  calls = new FakeCalls(() => {
    throw new Error('no contract here')
  })
  kit = await GatewayKit.open(options(calls, { limits: { streams: 1 } }))
})
afterEach(() => kit.close())

const id = (letter: string) => letter.repeat(64)
const event = (letter: string) => ({
  callId: id(letter),
  name: `event ${letter}`,
  payload: Buffer.from(letter),
})

const at = (position: Partial<SeekPosition>) => ({ startPosition: position as SeekPosition })
const atBlock = (number: number) => at({ specified: { number } })

/** Blocks 0 to 3: `a`, nothing, `b` and `c`, `d`. */
function fourBlocks(): void {
  calls.addBlock([event('a')])
  calls.addBlock([])
  calls.addBlock([event('b'), event('c')])
  calls.addBlock([event('d')])
}

/** The next answers, as `height: ids`. */
async function take(stream: ClientReadableStream<ChaincodeEventsResponse>, count: number): Promise<string[]> {
  const taken: string[] = []
  for await (const answer of stream) {
    const { blockNumber, events } = answer as ChaincodeEventsResponse
    taken.push(`${blockNumber}: ${events.map(({ txId }) => txId[0]).join(' ')}`)
    if (taken.length === count) break
  }
  return taken
}

async function failureOf(stream: ClientReadableStream<ChaincodeEventsResponse>): Promise<ServiceError> {
  stream.resume()
  const [error] = (await once(stream, 'error')) as [ServiceError]
  return error
}

async function untilWaiting(count: number): Promise<void> {
  while (calls.waiting !== count) await new Promise((resolve) => setImmediate(resolve))
}

test('an event has its contract, its call, its name and its payload', async () => {
  fourBlocks()
  const [answer] = (await once(kit.events(atBlock(3)), 'data')) as [ChaincodeEventsResponse]
  expect(answer).toMatchObject({
    blockNumber: 3,
    events: [{ chaincodeId: 'basic', txId: id('d'), eventName: 'event d', payload: Buffer.from('d') }],
  })
})

test('events come from the block asked for on, one answer for each block that has any', async () => {
  fourBlocks()
  expect(await take(kit.events(atBlock(0)), 3)).toEqual(['0: a', '2: b c', '3: d'])
})

test('block 0 is a block to ask for, and the last one too', async () => {
  fourBlocks()
  expect(await take(kit.events(atBlock(1)), 1)).toEqual(['2: b c'])
})

test.each([
  ['unless told otherwise', {}],
  ['if told so', at({ nextCommit: {} })],
])('events come from the next block on %s', async (_when, request) => {
  fourBlocks()
  const stream = kit.events(request)
  const taken = take(stream, 1)
  await untilWaiting(1)
  calls.addBlock([event('e')])
  expect(await taken).toEqual(['4: e'])
})

test('a block that is still to come may be asked for', async () => {
  fourBlocks()
  const taken = take(kit.events(atBlock(5)), 1)
  await untilWaiting(1)
  calls.addBlock([event('e')])
  calls.addBlock([event('f')])
  expect(await taken).toEqual(['5: f'])
})

test.each([
  ['in the middle of a block', 2, 'b', ['2: c', '3: d']],
  ['at the end of a block', 2, 'c', ['3: d']],
  ['at a call without an event, the whole block again', 2, 'x', ['2: b c', '3: d']],
  ['in a block without events', 1, 'x', ['2: b c', '3: d']],
  ['whose call is in a later block, too', 0, 'd', ['0: a', '2: b c', '3: d']],
])('events come after a checkpoint %s', async (_where, block, letter, expected) => {
  fourBlocks()
  const request = { ...atBlock(block), afterTransactionId: id(letter) }
  expect(await take(kit.events(request), expected.length)).toEqual(expected)
})

test.each([
  ['the oldest block', at({ oldest: {} })],
  ['the newest block', at({ newest: {} })],
  ['no position', at({})],
  ['a block beyond all numbers', atBlock(Number.MAX_SAFE_INTEGER + 1)],
])('%s is no place to begin at', async (_what, request) => {
  const { code, details } = await failureOf(kit.events(request))
  expect(code).toBe(status.INVALID_ARGUMENT)
  expect(details).toMatch(/^invalid start position/)
})

test('whoever did not sign the request hears nothing', async () => {
  expect((await failureOf(kit.events({}, bob))).code).toBe(status.PERMISSION_DENIED)
  expect((await failureOf(kit.events({ channelId: 'other' }))).code).toBe(status.FAILED_PRECONDITION)
})

test('a client that goes away ends its stream and makes room for another', async () => {
  const stream = kit.events()
  const ended = once(stream, 'error')
  await untilWaiting(1)
  expect((await failureOf(kit.events())).code).toBe(status.RESOURCE_EXHAUSTED)
  stream.cancel()
  await ended
  await untilWaiting(0)
  const second = kit.events({}, alice)
  const taken = take(second, 1)
  await untilWaiting(1)
  calls.addBlock([event('a')])
  expect(await taken).toEqual(['0: a'])
})

test('events that cannot be read end the stream with an error of the node', async () => {
  const faults: unknown[] = []
  kit.close()
  kit = await GatewayKit.open(options(calls, { onFault: (error) => faults.push(error) }))
  calls.events = async function* () {
    await Promise.resolve()
    throw new Error('disk')
  }
  expect(await failureOf(kit.events())).toMatchObject({
    code: status.INTERNAL,
    details: 'internal error of the node',
  })
  expect(faults).toEqual([new Error('disk')])
})

/** A client that asks for events and reads none until told to; Fabric's own client reads ahead. */
function lazyClient(port: number): {
  readonly session: ClientHttp2Session
  readonly stream: ClientHttp2Stream
} {
  const session = connect(`http://127.0.0.1:${port}`)
  const stream = session.request({
    ':method': 'POST',
    ':path': '/gateway.Gateway/ChaincodeEvents',
    'content-type': 'application/grpc',
    te: 'trailers',
  })
  const identity = serializeIdentity(alice)
  const request = ChaincodeEventsRequest.encode({ channelId: 'mychannel', chaincodeId: 'basic', identity })
  const message = SignedChaincodeEventsRequest.encode(signed(request, alice))
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  stream.end(Buffer.concat([prefix, message]))
  return { session, stream }
}

test('a client that does not read holds up its own stream, not the memory of the node', async () => {
  const payload = Buffer.alloc(50_000)
  let read = 0
  calls.events = async function* ({ signal }: EventsWanted): AsyncGenerator<BlockEvents> {
    while (!signal.aborted && read < 300) {
      read += 1
      yield { height: read, events: [{ callId: id('a'), name: 'n', payload }] }
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  const { session, stream } = lazyClient(kit.port)
  let before = -1
  while (read !== before || read === 0) {
    before = read
    await sleep(100)
  }
  expect(read).toBeLessThan(100)
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  await once(stream, 'end')
  expect(bytes).toBeGreaterThan(300 * payload.length)
  session.destroy()
})
