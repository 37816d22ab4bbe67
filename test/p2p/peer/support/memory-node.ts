import { createHash } from 'node:crypto'
import type { Network } from '../../../../src/p2p/networks/network.js'
import { FrameStream } from '../../../../src/p2p/peer/frame-stream.js'
import { readMessage, type PeerMessage } from '../../../../src/p2p/peer/peer-message.js'
import type { LinkEvents, LinkTarget, Transport } from '../../../../src/p2p/peer/transport.js'
import { encodeBody, type KnownCommand, type MessageBodies } from '../../../../src/p2p/wire/codec.js'
import { messageLimits } from '../../../../src/p2p/wire/limits.js'
import { encodeMessageHeader } from '../../../../src/p2p/wire/message-header.js'
import { NO_ADDRESS } from '../../../../src/p2p/wire/messages/net-address.js'
import type { Version } from '../../../../src/p2p/wire/messages/version.js'
import { settle } from './fake-clock.js'

const sha = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** The bytes of a message. */
export function frame(network: Network, command: string, payload: Uint8Array): Buffer {
  const checksum = sha(sha(payload)).subarray(0, 4)
  return Buffer.concat([
    encodeMessageHeader(network.magic, { command, length: payload.length, checksum }),
    payload,
  ])
}

export const versionOf = (changes: Partial<Version> = {}): Version => ({
  version: 70_016,
  services: 1n,
  time: 1_700_000_000n,
  receiver: NO_ADDRESS,
  sender: NO_ADDRESS,
  nonce: 7n,
  userAgent: '/fake:1.0/',
  startHeight: 0,
  relay: true,
  ...changes,
})

/** The far end of one link in memory. */
export class MemoryLink {
  /** All that the peer sent, in order. */
  readonly received: PeerMessage[] = []
  closed = false
  /** What `write` answers. */
  writable = true
  #frames: FrameStream
  #unread: Uint8Array[] = []
  #paused = false

  constructor(
    readonly network: Network,
    readonly target: LinkTarget,
    private readonly events: LinkEvents,
    onMessage: (message: PeerMessage, link: MemoryLink) => void,
  ) {
    this.#frames = new FrameStream({
      network,
      limits: messageLimits(network.family),
      openSink: () => undefined,
      onFault: (error) => {
        throw error as Error
      },
      onPayload: (command, payload) => {
        const message = readMessage(command, payload, network.family)
        this.received.push(message)
        onMessage(message, this)
      },
    })
  }

  get commands(): string[] {
    return this.received.map(({ command }) => command)
  }

  send<C extends KnownCommand>(command: C, body: MessageBodies[C]): void {
    this.sendRaw(command, encodeBody(command, body, this.network.family))
  }

  sendRaw(command: string, payload: Uint8Array): void {
    this.sendBytes(frame(this.network, command, payload))
  }

  sendBytes(bytes: Uint8Array): void {
    this.#unread.push(Uint8Array.from(bytes))
    this.#feed()
  }

  /** Bytes that the peer has not taken. */
  get unreadBytes(): number {
    return this.#unread.reduce((sum, { length }) => sum + length, 0)
  }

  drain(): void {
    this.writable = true
    this.events.onDrain()
  }

  open(): void {
    if (!this.closed) this.events.onOpen()
  }

  /** Ends the link from this side. */
  end(error?: Error): void {
    if (this.closed) return
    this.closed = true
    setImmediate(() => this.events.onClose(error))
  }

  write(bytes: Uint8Array): boolean {
    if (!this.closed) void this.#frames.push(bytes)
    return this.writable
  }

  resume(): void {
    this.#paused = false
    this.#feed()
  }

  #feed(): void {
    while (!this.#paused && !this.closed) {
      const bytes = this.#unread.shift()
      if (bytes === undefined) return
      this.#paused = !this.events.onBytes(bytes)
    }
  }
}

/** A node in memory: what it does with messages is up to the test. */
export class MemoryNode {
  readonly links: MemoryLink[] = []
  /** The next attempts to connect fail. */
  refuses = false
  /** Nobody answers the next attempts to connect. */
  silent = false

  constructor(
    readonly network: Network,
    private readonly onMessage: (message: PeerMessage, link: MemoryLink) => void = () => undefined,
  ) {}

  get link(): MemoryLink {
    const link = this.links.at(-1)
    if (link === undefined) throw new Error('nobody has connected')
    return link
  }

  readonly transport: Transport = (target, events) => {
    const link = new MemoryLink(this.network, target, events, this.onMessage)
    this.links.push(link)
    if (this.refuses) link.end(new Error('connect ECONNREFUSED'))
    else if (!this.silent) setImmediate(() => link.open())
    return {
      write: (bytes) => link.write(bytes),
      resume: () => link.resume(),
      destroy: () => link.end(),
    }
  }
}

/** Answers the handshake as a node does, then does what the test says. */
export function obliging(
  changes: Partial<Version> = {},
  next: (message: PeerMessage, link: MemoryLink) => void = () => undefined,
): (message: PeerMessage, link: MemoryLink) => void {
  return (message, link) => {
    if (message.command === 'version') {
      link.send('version', versionOf(changes))
      link.send('verack', undefined)
    } else if (message.command === 'ping') link.send('pong', message.body)
    next(message, link)
  }
}

/** The next message of a kind that the peer has sent, from the `from`th on. */
export async function receive<C extends PeerMessage['command']>(
  link: MemoryLink,
  command: C,
  from = 0,
): Promise<Extract<PeerMessage, { command: C }>> {
  for (let turn = 0; turn < 1000; turn++) {
    const found = link.received.slice(from).find((message) => message.command === command)
    if (found !== undefined) return found as Extract<PeerMessage, { command: C }>
    await settle()
  }
  throw new Error(`no ${command} came, but ${link.commands.join(', ')}`)
}
