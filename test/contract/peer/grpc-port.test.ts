import { once } from 'node:events'
import { connect as http2Connect } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  type ChannelCredentials,
  Client,
  credentials,
  type ServerUnaryCall,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import {
  type GrpcPort,
  type GrpcPortOptions,
  type GrpcTls,
  openGrpcPort,
} from '../../../src/contract/peer/grpc-port.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { pemOfKey } from '../../../src/contract/identity/pem-of-key.js'

const MAX_BYTES = 100 * 1024 * 1024

const echo = {
  echo: {
    path: '/test.Echo/Echo',
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  },
}

interface TlsFiles {
  readonly certificate: string
  readonly key: string
}

let authority: Organisation
let stranger: Organisation
let server: TlsFiles
const cleanups: (() => Promise<void> | void)[] = []

beforeAll(async () => {
  authority = await Organisation.create('Org1MSP', Date.now())
  stranger = await Organisation.create('Org2MSP', Date.now())
  server = await issue(authority)
})

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function issue(organisation: Organisation): Promise<TlsFiles> {
  const { certificate, privateKey } = await organisation.issueTls([], Date.now())
  return { certificate, key: pemOfKey(privateKey) }
}

async function openPort(
  tls?: Partial<GrpcTls>,
  plaintext = true,
  more: Partial<GrpcPortOptions> = {},
): Promise<GrpcPort> {
  const port = await openGrpcPort({
    host: '127.0.0.1',
    port: 0,
    maxMessageBytes: MAX_BYTES,
    maxConnections: 100,
    plaintext,
    ...more,
    ...(tls ? { tls: { ...server, ...tls } } : {}),
  })
  cleanups.push(() => port.close(0))
  port.addService(echo, {
    echo: (call: { request: Buffer }, answer: (error: null, bytes: Buffer) => void) =>
      answer(null, call.request),
  })
  return port
}

function ask(
  port: GrpcPort,
  channel: ChannelCredentials,
  bytes = Buffer.from('hello'),
  path = echo.echo.path,
): Promise<Buffer> {
  const client = new Client(`localhost:${port.port}`, channel, {
    'grpc.max_receive_message_length': -1,
    'grpc.use_local_subchannel_pool': 1,
  })
  cleanups.push(() => client.close())
  return new Promise((resolve, reject) => {
    const { requestSerialize, responseDeserialize } = echo.echo
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, bytes, (error, answer) => {
      if (error) reject(error)
      else resolve(answer ?? Buffer.alloc(0))
    })
  })
}

const trusting = (client?: TlsFiles): ChannelCredentials =>
  credentials.createSsl(
    Buffer.from(authority.tlsRootCertificate),
    client && Buffer.from(client.key),
    client && Buffer.from(client.certificate),
  )

async function open(port: GrpcPort): Promise<Socket> {
  const socket = connect(port.port, '127.0.0.1')
  cleanups.push(() => void socket.destroy())
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

test('plaintext and TLS are served on one port at the same time', async () => {
  const port = await openPort({})
  const answers = [
    ask(port, credentials.createInsecure()),
    ask(port, trusting()),
    ask(port, credentials.createInsecure()),
    ask(port, trusting()),
  ]
  expect((await Promise.all(answers)).map(String)).toEqual(['hello', 'hello', 'hello', 'hello'])
})

test('messages of 8 MB pass both ways', async () => {
  const port = await openPort({})
  const bytes = Buffer.alloc(8 * 1024 * 1024, 7)
  expect((await ask(port, credentials.createInsecure(), bytes)).equals(bytes)).toBe(true)
  expect((await ask(port, trusting(), bytes)).equals(bytes)).toBe(true)
})

test('without TLS files a TLS client is turned away, and others are served', async () => {
  const port = await openPort()
  await expect(ask(port, trusting())).rejects.toMatchObject({
    code: status.UNAVAILABLE,
  })
  expect(String(await ask(port, credentials.createInsecure()))).toBe('hello')
})

test('plaintext can be forbidden', async () => {
  const port = await openPort({}, false)
  await expect(ask(port, credentials.createInsecure())).rejects.toMatchObject({ code: status.UNAVAILABLE })
  expect(String(await ask(port, trusting()))).toBe('hello')
})

test('with client authorities only clients with a certificate of theirs are let in', async () => {
  const port = await openPort({ clientAuthorities: authority.tlsRootCertificate }, false)
  expect(String(await ask(port, trusting(await issue(authority))))).toBe('hello')
  await expect(ask(port, trusting())).rejects.toMatchObject({ code: status.UNAVAILABLE })
  await expect(ask(port, trusting(await issue(stranger)))).rejects.toMatchObject({
    code: status.UNAVAILABLE,
  })
})

test('a service learns who has shown a certificate', async () => {
  const seen: boolean[] = []
  for (const tls of [{}, { clientAuthorities: authority.tlsRootCertificate }]) {
    const port = await openPort(tls)
    const path = '/test.Echo/Seen'
    port.addService(
      { seen: { ...echo.echo, path } },
      {
        seen: (call: ServerUnaryCall<Buffer, Buffer>, answer: (error: null, bytes: Buffer) => void) => {
          seen.push(call.getAuthContext().sslPeerCertificate !== undefined)
          answer(null, call.request)
        },
      },
    )
    await ask(port, trusting(await issue(authority)), Buffer.from('hello'), path)
    await ask(port, credentials.createInsecure(), Buffer.from('hello'), path)
  }
  expect(seen).toEqual([false, false, true, false])
})

describe('where there is no room for a connection', () => {
  const refused = (text: RegExp) => ({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringMatching(text) as unknown,
  })
  const plain = credentials.createInsecure()

  test('its client learns why, in plaintext and over TLS, and when to come back', async () => {
    const told: (readonly [string, string])[] = []
    const onRefused = (...each: [string, string]): void => void told.push(each)
    const port = await openPort({}, true, { maxConnections: 1, onRefused })
    await open(port)
    const error: unknown = await ask(port, plain).catch((caught: unknown) => caught)
    expect(error).toMatchObject(refused(/^the node has 1 connections at its port .* no more may come$/))
    expect((error as ServiceError).metadata.get('retry-after-ms')).toEqual(['10000'])
    await expect(ask(port, trusting())).rejects.toMatchObject(refused(/^the node has 1 connections/))
    expect(told).toHaveLength(2)
    expect(told[0]).toEqual(['127.0.0.1', expect.stringMatching(/^the node has 1 connections/)])
  })

  test('one address has only so many, and may open others when it has closed some', async () => {
    const port = await openPort({}, true, { maxConnectionsPerPeer: 2 })
    const [first] = [await open(port), await open(port)]
    await expect(ask(port, plain)).rejects.toMatchObject(refused(/2 connections from this address/))
    first.resume()
    first.end()
    await once(first, 'close')
    expect(String(await ask(port, plain))).toBe('hello')
  })

  test('it is cut after a moment, and at once where many are being told already', async () => {
    const port = await openPort({}, true, { maxConnections: 0 })
    const sockets = await Promise.all(Array.from({ length: 33 }, () => open(port)))
    const closed = sockets.map(async (socket) => {
      socket.resume()
      await once(socket, 'close')
      return socket
    })
    const first = await Promise.race(closed)
    expect(sockets.filter((each) => each !== first && each.destroyed)).toEqual([])
    await Promise.all(closed)
  })
})

test('a header that is too long is refused, and others are served', async () => {
  const port = await openPort()
  const session = http2Connect(`http://127.0.0.1:${port.port}`, { maxSendHeaderBlockLength: 1_000_000 })
  cleanups.push(() => session.destroy())
  session.on('error', () => undefined)
  const stream = session.request({
    ':method': 'POST',
    ':path': echo.echo.path,
    'content-type': 'application/grpc',
    ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-long-${i}`, 'x'.repeat(4000)])),
  })
  let answer: unknown
  stream.on('response', (headers) => (answer = headers))
  const error = new Promise((resolve) => stream.once('error', resolve))
  stream.once('close', () => session.destroy())
  expect(await Promise.race([error, once(stream, 'close').then(() => 'closed')])).toBeDefined()
  expect(answer).toBeUndefined()
  expect(String(await ask(port, credentials.createInsecure()))).toBe('hello')
})

test('a client that trusts another authority does not connect', async () => {
  const port = await openPort({})
  const distrusting = credentials.createSsl(Buffer.from(stranger.tlsRootCertificate))
  await expect(ask(port, distrusting)).rejects.toMatchObject({ code: status.UNAVAILABLE })
})

test.each([
  ['junk', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
  ['broken TLS', Buffer.from([0x16, 0x03, 0x01, 0x00, 0x05, 1, 2, 3, 4, 5])],
  ['one byte of HTTP/2 and the end', Buffer.from('P')],
])('%s harms nobody', async (_, bytes) => {
  const port = await openPort({})
  const socket = await open(port)
  const closed = once(socket, 'close')
  socket.resume()
  socket.end(bytes)
  await closed
  expect(String(await ask(port, credentials.createInsecure()))).toBe('hello')
  expect(String(await ask(port, trusting()))).toBe('hello')
})

test('the first bytes of a connection may come one by one', async () => {
  const port = await openPort()
  const socket = await open(port)
  const preface = Buffer.concat([
    Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
  ])
  socket.setNoDelay(true)
  for (const byte of preface) {
    await new Promise<void>((resolve) => void socket.write(Buffer.from([byte]), () => resolve()))
  }
  const [settings] = (await once(socket, 'data')) as [Buffer]
  expect(settings[3]).toBe(4)
})

test('closing cuts connections that do not end by themselves', async () => {
  const port = await openPort()
  const socket = await open(port)
  const closed = once(socket, 'close')
  socket.resume()
  await port.close(10)
  await closed
  await expect(ask(port, credentials.createInsecure())).rejects.toMatchObject({ code: status.UNAVAILABLE })
})

test('a port that is taken is refused', async () => {
  const { port } = await openPort()
  const options = { host: '127.0.0.1', port, maxMessageBytes: MAX_BYTES, maxConnections: 1 }
  await expect(openGrpcPort(options)).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

test('TLS files that are not in order are refused', async () => {
  const tls = { certificate: 'no certificate', key: 'no key' }
  const options = { host: '127.0.0.1', port: 0, maxMessageBytes: MAX_BYTES, maxConnections: 1, tls }
  await expect(openGrpcPort(options)).rejects.toThrow()
})
