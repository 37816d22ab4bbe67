import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { sha256d } from '../../../src/p2p/hash.js'
import type { Network } from '../../../src/p2p/networks/network.js'
import { decodeBody, encodeBody, type KnownCommand, type MessageBodies } from '../../../src/p2p/wire/codec.js'
import {
  decodeMessageHeader,
  encodeMessageHeader,
  type MessageHeader,
} from '../../../src/p2p/wire/message-header.js'
import { NO_ADDRESS } from '../../../src/p2p/wire/messages/net-address.js'

export interface RawMessage {
  readonly header: MessageHeader
  readonly payload: Uint8Array
}

/** A bare socket that frames messages and does nothing of its own: what proves a node without the library's peer. */
export class RawClient {
  /** All messages so far, in order. */
  readonly messages: RawMessage[] = []
  /** Bytes so far. */
  received = 0
  readonly #events = new EventEmitter().setMaxListeners(0)
  #bytes: Uint8Array = new Uint8Array(0)
  #ended = false
  #fault: unknown

  private constructor(
    readonly network: Network,
    readonly socket: Socket,
  ) {
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      this.received += bytes.length
      this.#bytes = Buffer.concat([this.#bytes, bytes])
      try {
        this.#parse()
      } catch (error) {
        this.#fault = error
        socket.destroy()
      }
    })
    socket.once('close', () => {
      this.#ended = true
      this.#events.emit('message')
    })
  }

  static async connect(network: Network, port: number, localAddress = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true })
    await once(socket, 'connect')
    return new RawClient(network, socket)
  }

  /** Version and verack both ways. */
  async handshake(): Promise<void> {
    this.send('version', {
      version: 70_016,
      services: 0n,
      time: BigInt(Math.floor(Date.now() / 1000)),
      receiver: NO_ADDRESS,
      sender: NO_ADDRESS,
      nonce: BigInt(Math.floor(Math.random() * 2 ** 48)),
      userAgent: '/raw/',
      startHeight: 0,
      relay: true,
    })
    await this.next('version')
    this.send('verack', undefined)
    await this.next('verack')
  }

  send<Command extends KnownCommand>(command: Command, body: MessageBodies[Command]): void {
    this.sendPayload(command, encodeBody(command, body, this.network.family))
  }

  sendPayload(command: string, payload: Uint8Array): void {
    const checksum = sha256d(payload).subarray(0, 4)
    this.socket.write(encodeMessageHeader(this.network.magic, { command, length: payload.length, checksum }))
    this.socket.write(payload)
  }

  /** The message of a command that came as the `nth` one (1 is the first), now or later. @throws when the connection ends before. */
  async message(command: string, nth = 1): Promise<RawMessage> {
    for (;;) {
      const found = this.messages.filter(({ header }) => header.command === command)[nth - 1]
      if (found !== undefined) return found
      if (this.#ended) throw new Error(`the connection ended before ${command} number ${nth}`)
      await once(this.#events, 'message')
    }
  }

  /** How many messages of a command came so far. */
  count(command: string): number {
    return this.messages.filter(({ header }) => header.command === command).length
  }

  /** What that message says. */
  async next<Command extends KnownCommand>(command: Command, nth = 1): Promise<MessageBodies[Command]> {
    return decodeBody(command, (await this.message(command, nth)).payload, this.network.family)
  }

  /** What the other side sent that is no message, after the connection has ended for it. */
  async fault(): Promise<unknown> {
    await this.ended()
    return this.#fault
  }

  /** Resolves when the other side has cut the connection. */
  async ended(): Promise<void> {
    while (!this.#ended) await once(this.#events, 'message')
  }

  close(): void {
    this.socket.destroy()
  }

  #parse(): void {
    while (this.#bytes.length >= 24) {
      const header = decodeMessageHeader(this.#bytes, this.network.magic, this.network.family)
      if (header === undefined) return
      const start = header.checksum === undefined ? 44 : 24
      if (this.#bytes.length < start + header.length) return
      const payload = this.#bytes.slice(start, start + header.length)
      this.#bytes = this.#bytes.subarray(start + header.length)
      this.messages.push({ header, payload })
      this.#events.emit('message')
    }
  }
}
