import { once } from 'node:events'
import { type ClientOptions, WebSocket } from 'ws'
import { waitFor } from '../../support/wait-for.js'
import { afterThisTest } from '../../support/cleanup.js'

export interface Envelope {
  readonly MessageID: string
  readonly Timestamp: string
  readonly TimeZone: string
  readonly MessageType: string
  readonly MessageData: Record<string, unknown>
}

/** A client that knows nothing of the bus: sends frames as they are given and keeps what comes. */
export class RawClient {
  readonly socket: WebSocket
  /** Everything that came, as messages. */
  readonly messages: Envelope[] = []
  /** Everything that came, as it came. */
  readonly frames: { data: Buffer; isBinary: boolean }[] = []
  closed: { code: number; reason: string } | undefined
  #ids = 0

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data, isBinary) => {
      this.frames.push({ data: data as Buffer, isBinary })
      if (!isBinary) this.messages.push(JSON.parse((data as Buffer).toString()) as Envelope)
    })
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }))
    socket.on('error', () => undefined)
  }

  static async open(url: string, options: ClientOptions = {}): Promise<RawClient> {
    const socket = new WebSocket(url, { perMessageDeflate: false, ...options })
    const client = new RawClient(socket)
    afterThisTest(() => socket.terminate())
    await once(socket, 'open')
    return client
  }

  /** Opens and negotiates as a plain C++ program does. */
  static async negotiated(url: string, options: ClientOptions = {}): Promise<RawClient> {
    const client = await RawClient.open(url, options)
    client.send(
      client.message('NegotiateConnection', {
        ProtocolVersion: '0.1',
        CompressionAlgorithm: 'zlib',
        CompressionRate: '0',
      }),
    )
    await client.next('NegotiateConnectionResponse')
    return client
  }

  message(type: string, data: object, id = `raw-${++this.#ids}`): Envelope {
    return {
      MessageID: id,
      Timestamp: '1700000000000',
      TimeZone: '0',
      MessageType: type,
      MessageData: data as Record<string, unknown>,
    }
  }

  send(message: string | object): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** Sends a Request with these methods; gives its id. */
  request(methods: unknown, fields: object = {}): string {
    const message = this.message('Request', { RequestMethods: methods, ...fields })
    this.send(message)
    return message.MessageID
  }

  /** Sends a Request and waits for its answer. */
  async ask(methods: unknown, fields: object = {}): Promise<Record<string, unknown>> {
    return this.response(this.request(methods, fields))
  }

  /** The data of the first Response to a request. */
  async response(id: string): Promise<Record<string, unknown>> {
    const found = await waitFor(`a Response to ${id}`, () => this.responses(id)[0])
    return found
  }

  /** The data of all Responses to a request so far. */
  responses(id: string): Record<string, unknown>[] {
    return this.messages
      .filter(({ MessageType, MessageData }) => MessageType === 'Response' && MessageData['RequestID'] === id)
      .map(({ MessageData }) => MessageData)
  }

  async next(type: string, count = 1): Promise<Envelope> {
    return waitFor(
      `${count} × ${type}`,
      () => this.messages.filter(({ MessageType }) => MessageType === type)[count - 1],
    )
  }

  /** Resolves when everything sent so far has been handled by a server that answers in order. */
  async settled(): Promise<void> {
    const id = this.request({})
    await this.response(id)
  }

  async end(): Promise<{ code: number; reason: string }> {
    return waitFor('the end of the connection', () => this.closed)
  }
}
