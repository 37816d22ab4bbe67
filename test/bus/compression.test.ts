import { deflateSync, inflateSync } from 'node:zlib'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { type WebSocket, WebSocketServer } from 'ws'
import { afterThisTest } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { type Envelope, RawClient } from './support/raw-client.js'
import { aMethod, aModule, startBus } from './support/test-bus.js'

const echo = aMethod('echo', (params) => params)

describe('behaviour 7', () => {
  const long = 'x'.repeat(2_000)

  async function compressing(rate: string): Promise<RawClient> {
    const { url } = await startBus({ methods: [echo], limits: { maxMessageBytes: 100_000 } })
    const client = await RawClient.open(url)
    client.send(
      client.message('NegotiateConnection', { CompressionAlgorithm: 'zlib', CompressionRate: rate }),
    )
    await client.next('NegotiateConnectionResponse')
    return client
  }

  test('a peer that asked for rate 6 gets zlib frames, and may send them and plain text', async () => {
    const client = await compressing('6')
    const request = client.message('Request', { RequestMethods: { echo: { long } } })
    client.socket.send(deflateSync(JSON.stringify(request)))
    const frame = await waitFor('a frame', () => client.frames[1])
    expect(frame.isBinary).toBe(true)
    expect((frame.data.readUInt16BE(0) & 0x0f00) >> 8).toBe(8)
    const reply = JSON.parse(inflateSync(frame.data).toString()) as Envelope
    expect(reply.MessageData).toMatchObject({ ResponseStatus: 0, ResponseData: { echo: { long } } })
    client.request({ echo: { long: 'short' } })
    expect((await client.next('Response')).MessageData['ResponseData']).toEqual({ echo: { long: 'short' } })
  })

  test('zlib frames of Qt, with a length in front, and JSON in binary frames are read', async () => {
    const client = await compressing('0')
    const text = (id: string) =>
      JSON.stringify(client.message('Request', { RequestMethods: { echo: {} } }, id))
    const body = deflateSync(text('qt-1'))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(text('qt-1').length)
    client.socket.send(Buffer.concat([length, body]))
    client.socket.send(Buffer.from(text('binary-1')))
    expect((await client.response('qt-1'))['ResponseStatus']).toBe(0)
    expect((await client.response('binary-1'))['ResponseStatus']).toBe(0)
  })

  test('a stream that inflates beyond the limit is cut off, and the connection goes on', async () => {
    const client = await compressing('0')
    const bomb = deflateSync(Buffer.alloc(50_000_000, ' '))
    expect(bomb.length).toBeLessThan(100_000)
    client.socket.send(bomb)
    expect((await client.ask({ echo: {} }))['ResponseStatus']).toBe(0)
  })

  test('a dialler stays with plain text until it has seen a compressed frame', async () => {
    const server = createServer()
    const sockets = new WebSocketServer({ server })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const accepted = once(sockets, 'connection')
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
    const answer = { long }
    const module = aModule({ url }, { compressionRate: 6, methods: { long: () => answer } })
    const starting = module.start()
    starting.catch(() => undefined)
    const [socket] = (await accepted) as [WebSocket]
    afterThisTest(() => {
      socket.terminate()
      server.close()
    })
    const frames: boolean[] = []
    const messages: Envelope[] = []
    socket.on('message', (data: Buffer, isBinary) => {
      frames.push(isBinary)
      messages.push(JSON.parse((isBinary ? inflateSync(data) : data).toString()) as Envelope)
    })
    const send = (MessageType: string, MessageData: object, isCompressed = false): void => {
      const id = `m-${messages.length}-${isCompressed}`
      const text = JSON.stringify({ MessageID: id, Timestamp: '0', TimeZone: '0', MessageType, MessageData })
      socket.send(isCompressed ? deflateSync(text) : text)
    }
    const first = await waitFor('the negotiation', () => messages[0])
    send('NegotiateConnectionResponse', {
      RequestID: first.MessageID,
      NegotiationStatus: '1',
      NegotiationComment: '',
    })
    await waitFor('the registration', () => messages[1])
    send('Request', { RequestMethods: { long: {} } })
    await waitFor('the first answer', () => messages[2])
    send('Request', { RequestMethods: { long: {} } }, true)
    await waitFor('the second answer', () => messages[3])
    expect(frames).toEqual([false, false, false, true])
  })
})
