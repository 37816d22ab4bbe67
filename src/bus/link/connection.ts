import { messageOf } from '../../base/errors.js'
import { BUS_ERRORS, type BusError, busError, type BusErrorCode } from '../bus-error.js'
import type { Limits } from '../limits.js'
import type { Dialect } from '../wire/dialect.js'
import { writeFrame } from '../wire/frame.js'
import type {
  Message,
  MessageType,
  NegotiateConnection,
  NegotiateConnectionResponse,
  Unreadable,
} from '../wire/message.js'
import { MessageIds } from '../wire/message-id.js'
import { PROTOCOL_VERSION } from '../wire/protocol-version.js'
import {
  ackData,
  type Envelope,
  envelopes,
  negotiationData,
  negotiationResponseData,
  responseData,
  type ResponseFields,
  timeZone,
} from '../wire/write-message.js'
import type { Answerer, ConnectionOptions } from './connection-options.js'
import { ACCEPTED_COMMENT, judgeNegotiation, namesEvents } from './judge-negotiation.js'
import { PendingMessages } from './pending-messages.js'
import { readIncoming } from './read-incoming.js'
import { TokenBucket } from './token-bucket.js'
import { WriteBatch } from './write-batch.js'

/** RFC 6455 close codes. */
const CLOSE_NORMAL = 1000
const CLOSE_POLICY = 1008

/** A peer that does not answer our close is cut after this. */
const CLOSE_GRACE_MS = 2_000

/** Pings in a row that a peer which has answered one may leave unanswered. */
const MAX_UNANSWERED_PINGS = 2

/** One connection between two modules. Both sides send requests and answer those of the other. */
export class Connection {
  readonly pending: PendingMessages
  readonly openedMs: number
  /** What the peer calls itself; "" when it does not say. */
  peerName = ''
  dialect: Dialect = 'plain'
  /** The peer understands SubscriptionLastEvent. */
  peerNamesEvents = false
  readonly #options: ConnectionOptions
  readonly #answerer: Answerer
  readonly #envelope: Envelope
  readonly #ids: MessageIds
  readonly #bucket: TokenBucket
  readonly #batch: WriteBatch
  readonly #closeListeners = new Set<(reason: string) => void>()
  #isActive = false
  #isClosed = false
  #rate = 0
  #negotiation: { id: string; settle: (outcome: NegotiateConnectionResponse | BusError) => void } | undefined
  #stopNegotiationTimer: () => void
  #unansweredPings = 0
  #hasPonged = false

  constructor(options: ConnectionOptions) {
    const { socket, clock, limits } = options
    this.#options = options
    this.openedMs = clock.now()
    this.pending = new PendingMessages(clock)
    this.#ids = new MessageIds(this.openedMs)
    this.#envelope = envelopes(() => clock.now(), timeZone(new Date(this.openedMs).getTimezoneOffset()))
    this.#bucket = new TokenBucket(limits.messagesPerSecond, () => clock.now())
    this.#batch = new WriteBatch(options.stream)
    this.#answerer = options.answerer(this)
    this.#stopNegotiationTimer = clock.after(limits.negotiationTimeoutMs, () => this.#negotiationIsLate())
    socket.on('message', (data, isBinary) => this.#onFrame(data as Buffer, isBinary))
    socket.on('close', (code, reason) => this.#onClose(`${code} ${reason.toString()}`.trim()))
    socket.on('error', (error) => options.log.debug({ peer: this.peerName, fault: messageOf(error) }, 'bus'))
    socket.on('pong', () => {
      this.#hasPonged = true
      this.#unansweredPings = 0
    })
  }

  /** Negotiated and open. */
  get isActive(): boolean {
    return this.#isActive && !this.#isClosed
  }

  /** Bytes that wait for the peer to read. */
  get bufferedBytes(): number {
    return this.#options.socket.bufferedAmount
  }

  get limits(): Limits {
    return this.#options.limits
  }

  nextId(): string {
    return this.#ids.next()
  }

  /** Called once, with the close code and reason, also when the connection is closed already. */
  onClose(listener: (reason: string) => void): () => void {
    if (this.#isClosed) listener('closed')
    else this.#closeListeners.add(listener)
    return () => this.#closeListeners.delete(listener)
  }

  /** Asks the other side to talk to us. @throws {BusError} when no answer comes */
  negotiate(): Promise<NegotiateConnectionResponse> {
    const { abbreviation, compressionRate } = this.#options.identity
    const id = this.nextId()
    return new Promise((resolve, reject) => {
      this.#negotiation = {
        id,
        settle: (outcome) => ('type' in outcome ? resolve(outcome) : reject(outcome)),
      }
      if (this.#isClosed) this.#settleNegotiation(busError('DISCONNECTED'))
      this.#send(
        id,
        'NegotiateConnection',
        negotiationData({ abbreviation, version: PROTOCOL_VERSION, rate: compressionRate }),
      )
    })
  }

  /** Sends a message; its id where it is given. Whether it could be sent. */
  post(type: MessageType, dataText: string, id = this.nextId()): boolean {
    if (!this.isActive) return false
    this.#send(id, type, dataText)
    return true
  }

  respond(fields: ResponseFields): void {
    const papers = this.#options.statusOfPapers === true && this.dialect === 'document'
    this.#send(this.nextId(), 'Response', responseData(fields, papers))
  }

  ack(requestId: string): void {
    this.#send(this.nextId(), 'Ack', ackData(requestId))
  }

  refuse(requestId: string, code: BusErrorCode, comment: string): void {
    const { status } = BUS_ERRORS[code]
    const plain = { processingMs: 0, maxObjects: 0, results: [] }
    this.respond({ requestId, status, comment, errorCode: code, ...plain })
  }

  close(reason = '', code: number = CLOSE_NORMAL): void {
    if (this.#isClosed) return
    const { socket, clock } = this.#options
    socket.close(code, reason.slice(0, 120))
    this.onClose(clock.after(CLOSE_GRACE_MS, () => this.cut()))
  }

  /** Ends it without a word. */
  cut(): void {
    this.#options.socket.terminate()
  }

  /** A sign of life is asked for; a peer that stopped giving any is cut. Peers that never gave one are left alone. */
  ping(): void {
    const { socket, log } = this.#options
    if (this.#hasPonged && this.#unansweredPings >= MAX_UNANSWERED_PINGS) {
      log.info({ peer: this.peerName }, 'a peer of the bus is gone without a word')
      socket.terminate()
      return
    }
    this.#unansweredPings += 1
    if (socket.readyState === socket.OPEN) socket.ping()
  }

  #send(id: string, type: MessageType, dataText: string): void {
    const { socket, limits } = this.#options
    if (socket.readyState !== socket.OPEN) return
    const text = this.#envelope(id, type, dataText)
    const isPlain = type === 'NegotiateConnection' || type === 'NegotiateConnectionResponse'
    this.#batch.hold()
    socket.send(writeFrame(text, isPlain ? 0 : this.#rate))
    if (socket.bufferedAmount > limits.maxBufferedBytes) this.#evict('reads too slowly')
  }

  /** Ends the connection of a peer that costs too much; it may not even read the reason. */
  #evict(reason: string): void {
    this.#options.log.warn({ peer: this.peerName, reason }, 'a peer of the bus was cut off')
    this.close(reason, CLOSE_POLICY)
  }

  #onFrame(data: Buffer, isBinary: boolean): void {
    const { limits, identity, isDialler } = this.#options
    const { message, wasCompressed, dialect } = readIncoming(data, isBinary, limits)
    // A peer that accepts any rate and ignores compressed frames must not be sent one before it has shown it can.
    if (wasCompressed && isDialler) this.#rate = identity.compressionRate
    if (dialect !== undefined) this.dialect = dialect
    if (!this.#isWithinRate()) this.#refuseFlood(message)
    else if (message.type === 'Unreadable') this.#refuseUnreadable(message)
    else this.#onMessage(message)
  }

  #refuseUnreadable({ id, fault }: Unreadable): void {
    this.#options.log.warn({ peer: this.peerName, fault }, 'dropped a message')
    if (id !== '') this.refuse(id, 'BAD_MESSAGE', fault)
  }

  #isWithinRate(): boolean {
    if (this.#bucket.take()) return true
    if (this.#bucket.isFlooded && !this.#isClosed) this.#evict('sends too much')
    return false
  }

  #refuseFlood(message: Message | Unreadable): void {
    if (message.type === 'Request' && message.wantsResponse)
      this.refuse(message.id, 'TOO_MANY_REQUESTS', `${this.limits.messagesPerSecond} messages a second`)
  }

  #onMessage(message: Message): void {
    if (message.type === 'NegotiateConnection') this.#onNegotiate(message)
    else if (message.type === 'NegotiateConnectionResponse') this.#onNegotiated(message)
    else if (this.#isActive) this.#onActive(message)
    else if (message.type === 'Request' && message.wantsResponse)
      this.refuse(message.id, 'NOT_NEGOTIATED', 'send NegotiateConnection first')
  }

  #onActive(message: Exclude<Message, NegotiateConnection | NegotiateConnectionResponse>): void {
    const { pending } = this
    if (message.type === 'Response') {
      if (!pending.answered(message)) this.#late(message.requestId)
    } else if (message.type === 'Ack') {
      if (!pending.has(message.requestId)) this.#late(message.requestId)
    } else {
      if (message.type === 'Notification' && message.wantsAck) this.ack(message.id)
      this.#answerer.asked(message)
    }
  }

  #late(requestId: string): void {
    this.#options.log.debug({ peer: this.peerName, request: requestId }, 'an answer nobody waits for')
  }

  #onNegotiate(message: NegotiateConnection): void {
    const { log, isDialler } = this.#options
    const fault = isDialler ? 'Negotiation unsuccessful! This side dialled' : judgeNegotiation(message)
    this.peerName = message.abbreviation
    this.#send(
      this.nextId(),
      'NegotiateConnectionResponse',
      negotiationResponseData(message.id, fault === undefined, fault ?? ACCEPTED_COMMENT),
    )
    if (fault === undefined) {
      // The peer asked for compression, so it can read it.
      this.#rate = message.rate ?? 0
      this.#activate()
    } else if (!isDialler) {
      log.warn({ peer: this.peerName, fault }, 'refused a connection')
      this.close(fault)
    }
  }

  #onNegotiated(message: NegotiateConnectionResponse): void {
    const id = this.#negotiation?.id
    if (id === undefined || (message.requestId !== undefined && message.requestId !== id)) return
    this.peerNamesEvents = namesEvents(message.comment)
    if (message.isAccepted) this.#activate()
    this.#settleNegotiation(message)
  }

  #activate(): void {
    this.#isActive = true
    this.#stopNegotiationTimer()
  }

  #settleNegotiation(outcome: NegotiateConnectionResponse | BusError): void {
    this.#negotiation?.settle(outcome)
    this.#negotiation = undefined
  }

  #negotiationIsLate(): void {
    this.#settleNegotiation(busError('TIMEOUT'))
    this.close('no negotiation in time', CLOSE_POLICY)
  }

  #onClose(reason: string): void {
    this.#isClosed = true
    this.#stopNegotiationTimer()
    this.#settleNegotiation(busError('DISCONNECTED'))
    this.pending.failAll(() => busError('DISCONNECTED'))
    this.#answerer.closed()
    for (const listener of this.#closeListeners) listener(reason)
    this.#closeListeners.clear()
  }
}
