import { P2pError, PeerDisconnectedError, ProtocolError, UsageError } from '../errors.js'
import type { Network } from '../networks/network.js'
import { encodeBody, type KnownCommand, type MessageBodies } from '../wire/codec.js'
import type { Version } from '../wire/messages/version.js'
import { Connection } from './connection.js'
import { Delivery } from './delivery.js'
import { Handshake } from './handshake.js'
import { noteBlocks, type HaveSet } from './have-set.js'
import { Keepalive } from './keepalive.js'
import { peerSettings, type PeerOptions, type PeerSettings } from './options.js'
import { PayloadRouter } from './payload-router.js'
import { readMessage, type PeerMessage, type StreamedMessage } from './peer-message.js'
import { Requester } from './requester.js'
import { Requests } from './requests/requests.js'

/** A peer that has lost so many points is closed, and is to be banned. */
export const BAN_SCORE = 100

const ITERATOR_CAPACITY = 100
/** As long as timers can wait: the keepalive has a timeout of its own. */
const NO_TIMEOUT_MS = 2 ** 31 - 1
/** After these a connection is of no use, whatever they cost. */
const FATAL: readonly string[] = ['self_connection', 'obsolete_version', 'foreign_peer']

/**
 * One connection that we make to a node, from its first byte to its last; for the next one, make another Peer.
 *
 * Messages are read in the order of the wire, answers are matched to requests at once, then the handlers are called one by
 * one: a handler may await a request. When too much waits for the handlers, nothing more is read.
 */
export class Peer extends Requester {
  readonly #settings: PeerSettings
  readonly #handshake: Handshake
  readonly #requests: Requests
  readonly #router: PayloadRouter
  readonly #keepalive: Keepalive
  readonly #delivery: Delivery
  readonly #closed: Promise<void>
  #connection: Connection | undefined
  #state: 'new' | 'connecting' | 'ready' | 'closed' = 'new'
  #score = 0
  #cancelHandshake: () => void = () => undefined

  constructor(options: PeerOptions) {
    super()
    this.#settings = peerSettings(options)
    const { clock, pingIntervalMs, pongTimeoutMs } = this.#settings
    this.#delivery = new Delivery(this, this.#settings.handlers, clock, (error) => this.#report(error))
    this.#handshake = new Handshake(this.#settings, (command, body) => this.#answer(command, body))
    this.#requests = new Requests(
      this.#settings,
      (command, body) => this.send(command, body),
      (headers) => this.emit('unaskedHeaders', headers),
    )
    this.#router = new PayloadRouter(this.#settings, {
      deliver: (message) => this.#deliver(message),
      onBytes: (count) => this.#requests.blocks.progress(count),
      isWanted: (hash) => this.#requests.blocks.has(hash) || this.#settings.isWantedBlock(hash),
      wantsTx: () => this.#requests.wantsTx,
    })
    this.#keepalive = new Keepalive({
      clock,
      pingIntervalMs,
      pongTimeoutMs,
      ping: () => this.#requests.ping({ timeoutMs: NO_TIMEOUT_MS }),
      lastExcuseAt: () => Math.max(this.#delivery.lastBusyAt, this.#router.lastBytesAt),
      onTimeout: () => void this.close(new PeerDisconnectedError(`no pong in ${pongTimeoutMs} ms`)),
    })
    this.#closed = new Promise((resolve) => this.once('close', () => resolve()))
  }

  get id(): number {
    return this.#settings.id
  }

  get host(): string {
    return this.#settings.host
  }

  get port(): number {
    return this.#settings.port
  }

  get network(): Network {
    return this.#settings.network
  }

  /** The handshake is done, and the connection has not ended. */
  get ready(): boolean {
    return this.#state === 'ready'
  }

  get closed(): boolean {
    return this.#state === 'closed'
  }

  /** Somebody listens there, whatever came of it. */
  get opened(): boolean {
    return this.#connection?.opened ?? false
  }

  /** Requests that are not answered yet. */
  get load(): number {
    return this.#requests.size
  }

  /** What the peer told of itself; undefined until it did. */
  get version(): Version | undefined {
    return this.#handshake.version
  }

  /** BTC: both sides name transactions by the hash that covers the witness. */
  get wtxidRelay(): boolean {
    return this.#handshake.wtxidRelay
  }

  /** Points lost, of {@link BAN_SCORE}. */
  get score(): number {
    return this.#score
  }

  /** Blocks that the peer is known to have. */
  get haveBlocks(): HaveSet {
    return this.#settings.haveBlocks
  }

  /** The height that the peer said it has; 0 until it did. */
  get startHeight(): number {
    return this.version?.startHeight ?? 0
  }

  /** Bytes of the connection so far. */
  get traffic(): Readonly<Connection['traffic']> {
    return this.#connection?.traffic ?? { bytesIn: 0, bytesOut: 0 }
  }

  /**
   * Connects; resolves when the handshake is done.
   * @throws {UsageError} when called twice, or after `close`
   * @throws {P2pError} rejects with why it failed, or with the reason of the signal
   */
  async connect({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#state !== 'new') throw new UsageError('a peer connects once')
    signal?.throwIfAborted()
    this.#state = 'connecting'
    const onAbort = (): void => void this.close(signal?.reason as Error)
    signal?.addEventListener('abort', onAbort, { once: true })
    const outcome = new Promise<void>((resolve, reject) => {
      this.once('ready', resolve)
      this.once('close', (reason) => reject(reason ?? new PeerDisconnectedError('closed while connecting')))
    })
    this.#connection = new Connection(this.#settings, {
      onOpen: () => this.#onOpen(),
      onPayload: (command, payload) => this.#receive(command, payload),
      openSink: (command, header) => (this.ready ? this.#router.open(command, header) : undefined),
      onFault: (error) => this.#report(error),
      onClosed: (reason) => this.#onClosed(reason),
    })
    await outcome.finally(() => signal?.removeEventListener('abort', onAbort))
  }

  /** Ends the connection at once, and resolves when it has ended. Requests fail; messages not yet handled are dropped. */
  close(reason?: Error): Promise<void> {
    if (this.#state === 'closed') return this.#closed
    this.#delivery.drop()
    if (this.#connection === undefined) this.#onClosed(reason)
    else this.#connection.close(reason)
    return this.#closed
  }

  /**
   * Sends a message; resolves when more may follow, which is soon unless the peer is slow to read.
   * @throws {PeerDisconnectedError} rejects with it when the connection has ended
   */
  async send<C extends KnownCommand>(command: C, body: MessageBodies[C]): Promise<void> {
    await this.sendRaw(command, encodeBody(command, body, this.network.family))
  }

  /** Like `send`, with a payload that is encoded already. */
  async sendRaw(command: string, payload: Uint8Array): Promise<void> {
    if (this.#connection === undefined) throw new UsageError('the peer is not connected')
    await this.#connection.send(command, payload)
  }

  /** Takes points from the peer; without enough of them left it is closed. */
  misbehaved(error: ProtocolError): void {
    this.#score += error.score
    this.#settings.logger.warn(`${this.#name}: ${error.message} (${this.#score} of ${BAN_SCORE})`)
    this.emit('fault', error)
    if (this.#score >= BAN_SCORE) void this.close(error)
  }

  /**
   * All messages from now on, to be iterated. Nothing more is read while `capacity` of them are unread; chunks are lent until
   * the next one is asked for. Ends with the connection.
   */
  messages({
    capacity = ITERATOR_CAPACITY,
  }: { readonly capacity?: number } = {}): AsyncIterableIterator<PeerMessage> {
    const queue = this.#delivery.queue(capacity)
    if (this.closed) this.#delivery.end()
    return queue
  }

  protected override get asked(): Requests {
    if (this.#settings.mode === 'low') throw new UsageError('a peer in low mode makes no requests')
    if (this.#state === 'new' || this.#state === 'connecting')
      throw new UsageError('the peer is not connected')
    return this.#requests
  }

  get #name(): string {
    return `peer ${this.id} (${this.host}:${this.port})`
  }

  #onOpen(): void {
    const { clock, handshakeTimeoutMs } = this.#settings
    this.#cancelHandshake = clock.after(
      handshakeTimeoutMs,
      () =>
        void this.close(new ProtocolError('handshake_timeout', `no handshake in ${handshakeTimeoutMs} ms`)),
    )
    this.#handshake.start()
  }

  #onReady(): void {
    this.#state = 'ready'
    this.#cancelHandshake()
    this.#keepalive.start()
    this.emit('ready')
  }

  #receive(command: string, payload: Uint8Array): void | Promise<void> {
    let message: PeerMessage
    try {
      message = readMessage(command, payload, this.network.family)
      this.#handshake.receive(message)
      this.#requests.observe(message)
    } catch (error) {
      this.#report(error)
      return
    }
    noteBlocks(this.haveBlocks, message)
    const sent = message.command === 'ping' ? this.#sendQuietly('pong', message.body) : undefined
    if (this.#handshake.done && this.#state === 'connecting') this.#onReady()
    this.#announce(message)
    const room = this.#delivery.add(message, payload.length)
    return sent && room ? Promise.all([sent, room]).then(() => undefined) : (sent ?? room)
  }

  /** Streamed messages are awaited one by one, so that they are never more than one in memory. */
  async #deliver(message: StreamedMessage): Promise<void> {
    noteBlocks(this.haveBlocks, message)
    const taken = this.#requests.blocks.take(message)
    if (taken !== undefined) return taken
    this.#requests.observe(message)
    this.#announce(message)
    await this.#delivery.lend(message)
  }

  #announce(message: PeerMessage): void {
    try {
      this.emit('message', message)
    } catch (error) {
      this.emit('handlerError', error)
    }
  }

  /** Errors of the peer cost it points, all others came from handlers. */
  #report(error: unknown): void {
    if (error instanceof ProtocolError) this.misbehaved(error)
    else if (!(error instanceof P2pError && FATAL.includes(error.code))) this.emit('handlerError', error)
    if (error instanceof P2pError && FATAL.includes(error.code)) void this.close(error)
  }

  #answer<C extends KnownCommand>(command: C, body: MessageBodies[C]): void {
    void this.#sendQuietly(command, body)
  }

  /** Whether the peer has left is seen elsewhere. */
  #sendQuietly<C extends KnownCommand>(command: C, body: MessageBodies[C]): Promise<void> {
    return this.send(command, body).catch(() => undefined)
  }

  #onClosed(reason: Error | undefined): void {
    this.#state = 'closed'
    this.#cancelHandshake()
    this.#keepalive.stop()
    this.#requests.close(new PeerDisconnectedError(undefined, { cause: reason }))
    this.#delivery.end()
    this.#settings.logger.debug(`${this.#name}: closed${reason === undefined ? '' : `: ${reason.message}`}`)
    this.emit('close', reason)
  }
}
