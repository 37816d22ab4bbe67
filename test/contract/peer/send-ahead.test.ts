import { once } from 'node:events'
import { connect } from 'node:http2'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test } from '@jest/globals'
import { Client, credentials, type ServerWritableStream } from '@grpc/grpc-js'
import { type GrpcPort, openGrpcPort } from '../../../src/contract/peer/grpc-port.js'

type Call = ServerWritableStream<Buffer, Buffer>

const KIB = 1024
/** What a call sends ahead, the window of HTTP/2, and what either side has in its hands. */
const MAX_UNREAD_BYTES = 256 * KIB + 64 * KIB + 32 * KIB
const PATH = '/test.Numbers/Count'

const same = (bytes: Buffer): Buffer => bytes
const service = {
  count: {
    ...{ path: PATH, requestStream: false, responseStream: true },
    ...{
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  },
}

let port: GrpcPort
const cleanups: (() => void)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup()
  await port.close(0)
})

/** Opens the port and lets `ask` call it: the call as the server has it. */
async function callBy<T>(ask: (address: string) => T): Promise<[Call, T]> {
  const host = '127.0.0.1'
  port = await openGrpcPort({ host, port: 0, maxMessageBytes: 1024 * KIB, maxConnections: 10 })
  const called = new Promise<Call>((resolve) => port.addService(service, { count: resolve }))
  const asked = ask(`${host}:${port.port}`)
  return [await called, asked]
}

function callOfClient(address: string) {
  const client = new Client(address, credentials.createInsecure())
  cleanups.push(() => client.close())
  const stream = client.makeServerStreamRequest(PATH, same, same, Buffer.alloc(0))
  return stream.on('error', () => undefined)
}

/** A call whose answers nobody reads. */
function callUnread(address: string): void {
  const session = connect(`http://${address}`)
  cleanups.push(() => session.destroy())
  const headers = { ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc' }
  const stream = session.request(headers)
  stream.on('error', () => undefined)
  stream.end(Buffer.alloc(5))
}

function message(number: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUInt32BE(number)
  return buffer
}

test('messages that come together do not wait for each other', async () => {
  const [server] = await callBy(callOfClient)
  let taken = 0
  for (let i = 0; i < 100; i++) server.write(message(i, KIB), () => (taken += 1))
  // No turn of the event loop passes, so the socket has taken nothing yet.
  await new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)))
  expect(taken).toBe(100)
})

test('to a client that does not read no more is sent than may be ahead', async () => {
  const [server] = await callBy(callUnread)
  let taken = 0
  for (let i = 0; i < 200; i++) server.write(message(i, 10 * KIB), () => (taken += 1))
  for (let before = -1; before !== taken;) {
    before = taken
    for (let turns = 0; turns < 50; turns++) await turn()
  }
  expect(taken).toBeGreaterThan(20)
  expect(taken * 10 * KIB).toBeLessThan(MAX_UNREAD_BYTES)
})

test.each([
  ['small', KIB],
  ['larger than what may be ahead', 300 * KIB],
])('messages that are %s come in order, all of them, and the status after them', async (_size, bytes) => {
  const [server, client] = await callBy(callOfClient)
  const numbers: number[] = []
  client.on('data', (data: Buffer) => numbers.push(data.readUInt32BE()))
  const over = once(client, 'status') as Promise<[{ code: number }]>
  for (let i = 0; i < 40; i++) server.write(message(i, bytes))
  server.end()
  expect((await over)[0].code).toBe(0)
  expect(numbers).toEqual(Array.from({ length: 40 }, (_, i) => i))
})
