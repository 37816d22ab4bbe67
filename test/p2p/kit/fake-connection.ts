import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Network } from '../../../src/p2p/networks/network.js'
import { encodeBody, type KnownCommand, type MessageBodies } from '../../../src/p2p/wire/codec.js'
import { decodeMessageHeader, encodeMessageHeader } from '../../../src/p2p/wire/message-header.js'
import { payloadOf, type Payload } from './payload.js'
import type { Script } from './script.js'

const WRITE_BYTES = 1 << 19
const RATE_STEPS_PER_SECOND = 50

/** One connection of a fake node: sends in order, as its script says. */
export class FakeConnection {
  /** The other side asked for new blocks by `headers`. */
  prefersHeaders = false
  bytesSent = 0
  readonly closed: Promise<void>
  #queue: Promise<void> = Promise.resolve()
  #received: Uint8Array = new Uint8Array(0)
  #splits = 0

  constructor(
    readonly socket: Socket,
    readonly network: Network,
    readonly script: Script,
    receive: (command: string, payload: Uint8Array) => void,
    fault: (error: unknown) => void,
  ) {
    socket.setNoDelay(true)
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()))
    // The other side may go at any time; `closed` tells.
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes])
      try {
        this.#parse(receive)
      } catch (error) {
        fault(error)
        this.drop()
      }
    })
  }

  /** Sends a message that the codec knows. Resolves when it is handed to the system, or the connection is gone. */
  send<Command extends KnownCommand>(command: Command, body: MessageBodies[Command]): Promise<void> {
    return this.sendPayload(command, payloadOf(encodeBody(command, body, this.network.family)))
  }

  /** Sends any payload under any name. */
  sendPayload(command: string, payload: Payload): Promise<void> {
    this.#queue = this.#queue.then(async () => {
      try {
        await this.#sendNow(command, payload)
      } catch (error) {
        if (!this.socket.destroyed) throw error
      }
    })
    return this.#queue
  }

  /** Sends bytes as they are. */
  sendRaw(bytes: Uint8Array): Promise<void> {
    this.#queue = this.#queue.then(() => this.#write(payloadOf(bytes)))
    return this.#queue
  }

  /** Cuts the connection. */
  drop(): void {
    this.socket.destroy()
  }

  async #sendNow(command: string, payload: Payload): Promise<void> {
    const { delayMs, extended, wrongChecksum, wrongMagic } = this.script
    if (delayMs !== undefined) await sleep(delayMs)
    const magic = wrongMagic?.includes(command) ? Uint8Array.of(1, 2, 3, 4) : this.network.magic
    const header = { command, length: payload.length }
    if (extended?.includes(command)) await this.#write(payloadOf(encodeMessageHeader(magic, header)))
    else {
      // A copy: the slice of a Buffer would be a view of what other connections send.
      const checksum = Uint8Array.from(await payload.checksum())
      if (wrongChecksum?.includes(command)) checksum[0] = (checksum[0] ?? 0) ^ 1
      await this.#write(payloadOf(encodeMessageHeader(magic, { ...header, checksum })))
    }
    await this.#write(payload)
  }

  /** Fills two buffers in turn, each of them again once the system has taken what it held. */
  async #write(payload: Payload): Promise<void> {
    const slots = [0, 1].map(() => ({
      buffer: new Uint8Array(Math.min(WRITE_BYTES, payload.length)),
      free: Promise.resolve(),
    }))
    let offset = 0
    for (let turn = 0; offset < payload.length && !this.socket.destroyed; turn++) {
      const slot = slots[turn % 2]
      if (slot === undefined) break
      await slot.free
      const chunk = slot.buffer.subarray(0, Math.min(this.#nextWriteBytes(), payload.length - offset))
      payload.fill(chunk, offset)
      slot.free = this.#flush(chunk)
      offset += chunk.length
      if (this.#isPaced) await slot.free
    }
    await Promise.all(slots.map(({ free }) => free))
  }

  /** What it writes must not be joined by the system. */
  get #isPaced(): boolean {
    const { writeBytes, bytesPerSecond, dropAfterBytes } = this.script
    return (writeBytes ?? bytesPerSecond ?? dropAfterBytes) !== undefined
  }

  #nextWriteBytes(): number {
    const { writeBytes = WRITE_BYTES, bytesPerSecond, dropAfterBytes } = this.script
    const split = typeof writeBytes === 'number' ? writeBytes : writeBytes[this.#splits++ % writeBytes.length]
    const rate =
      bytesPerSecond === undefined
        ? Infinity
        : Math.max(1, Math.floor(bytesPerSecond / RATE_STEPS_PER_SECOND))
    const left = dropAfterBytes === undefined ? Infinity : Math.max(1, dropAfterBytes - this.bytesSent)
    return Math.min(split ?? WRITE_BYTES, rate, left)
  }

  async #flush(chunk: Uint8Array): Promise<void> {
    const { bytesPerSecond, dropAfterBytes } = this.script
    this.bytesSent += chunk.length
    // An error has closed the socket, which `closed` tells.
    await new Promise<void>((resolve) => this.socket.write(chunk, () => resolve()))
    if (this.bytesSent >= (dropAfterBytes ?? Infinity)) {
      await new Promise<void>((resolve) => this.socket.end(resolve))
      this.drop()
    } else if (bytesPerSecond !== undefined) await sleep(1000 / RATE_STEPS_PER_SECOND)
  }

  #parse(receive: (command: string, payload: Uint8Array) => void): void {
    while (this.#received.length >= 24) {
      const header = decodeMessageHeader(this.#received, this.network.magic, this.network.family)
      if (header === undefined) return
      const start = header.checksum === undefined ? 44 : 24
      if (this.#received.length < start + header.length) return
      const payload = this.#received.slice(start, start + header.length)
      this.#received = this.#received.subarray(start + header.length)
      receive(header.command, payload)
    }
  }
}
