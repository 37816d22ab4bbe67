import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type AccessRules, checkOrigin, isTrusted } from '../access/access.js'
import { CHAIN_HEADER } from '../api/chain-header.js'
import { ApiError, errorBody } from '../api/errors.js'
import { canonicalIp } from '../base/ip.js'
import { messageOf } from '../base/errors.js'
import { type Clock, systemClock } from '../time/clock.js'
import type { BusCaller } from './host/offered-method.js'
import { Connection } from './link/connection.js'
import type { Answerer } from './link/connection-options.js'
import { DEFAULT_LIMITS, type Limits } from './limits.js'
import type { Log } from './log.js'

export interface DoorOptions {
  /** Short name in negotiations. */
  readonly name: string
  readonly access: AccessRules
  readonly log: Log
  readonly clock?: Clock
  /** Bounds of strangers; those who are trusted may send at any rate and hold more subscriptions. */
  readonly limits?: Partial<Limits>
  readonly maxConnections?: number
  /** Answer clients that follow the protocol's papers with their values of success. */
  readonly statusOfPapers?: boolean
}

const MAX_CONNECTIONS = 4_096
const TRUSTED_SUBSCRIPTIONS = 100_000
const GOING_AWAY = 1001
const CLOSE_GRACE_MS = 500

/** Lets WebSockets in at an HTTP server, at any path, and closes them all in the end; the server goes on. */
export class BusDoor {
  readonly connections = new Set<Connection>()
  readonly #server: Server
  readonly #options: DoorOptions
  readonly #answerer: (connection: Connection, caller: BusCaller) => Answerer
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #sockets: WebSocketServer
  #stopPings: () => void = () => undefined

  constructor(
    server: Server,
    options: DoorOptions,
    answerer: (connection: Connection, caller: BusCaller) => Answerer,
  ) {
    this.#server = server
    this.#options = options
    this.#answerer = answerer
    this.#clock = options.clock ?? systemClock
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: this.#limits.maxMessageBytes,
      clientTracking: false,
    })
    server.on('upgrade', this.#upgrade)
    this.#keepPinging()
  }

  readonly #upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => undefined)
    try {
      checkOrigin(request, this.#options.access)
      if (this.connections.size >= (this.#options.maxConnections ?? MAX_CONNECTIONS))
        throw new ApiError('NOT_READY', 'the bus of this node is full')
    } catch (error) {
      this.#options.log.warn({ ip: request.socket.remoteAddress, fault: messageOf(error) }, 'refused')
      refuse(socket, error instanceof ApiError ? error : new ApiError('INTERNAL'))
      return
    }
    this.#sockets.handleUpgrade(request, socket, head, (accepted) => this.#accept(accepted, socket, request))
  }

  async close(): Promise<void> {
    this.#server.off('upgrade', this.#upgrade)
    this.#stopPings()
    const gone = [...this.connections].map(
      (connection) => new Promise<void>((resolve) => connection.onClose(() => resolve())),
    )
    for (const connection of this.connections) connection.close('the node stops', GOING_AWAY)
    const stopTimer = this.#clock.after(CLOSE_GRACE_MS, () => {
      for (const connection of this.connections) connection.cut()
    })
    await Promise.all(gone)
    stopTimer()
  }

  #accept(socket: WebSocket, stream: Duplex, request: IncomingMessage): void {
    const { access, name, log, statusOfPapers = false } = this.#options
    const trusted = isTrusted(request, access)
    const connection = new Connection({
      socket,
      stream,
      isDialler: false,
      identity: { abbreviation: name, compressionRate: 0 },
      answerer: (own) => this.#answerer(own, callerOf(request, own, trusted)),
      limits: trusted
        ? { ...this.#limits, messagesPerSecond: 0, maxSubscriptions: TRUSTED_SUBSCRIPTIONS }
        : this.#limits,
      clock: this.#clock,
      log,
      statusOfPapers,
    })
    this.connections.add(connection)
    connection.onClose(() => this.connections.delete(connection))
  }

  #keepPinging(): void {
    this.#stopPings = this.#clock.after(this.#limits.pingMs, () => {
      for (const connection of this.connections) connection.ping()
      this.#keepPinging()
    })
  }
}

function callerOf(request: IncomingMessage, connection: Connection, trusted: boolean): BusCaller {
  const ipAddress = canonicalIp(request.socket.remoteAddress ?? '')
  const chainId = request.headers[CHAIN_HEADER]
  return {
    connection,
    isTrusted: trusted,
    ...(ipAddress === undefined ? {} : { ipAddress }),
    ...(typeof chainId === 'string' ? { chainId } : {}),
  }
}

function refuse(socket: Duplex, error: ApiError): void {
  const body = JSON.stringify(errorBody(error))
  socket.end(
    `HTTP/1.1 ${error.status} ${error.code}\r\nconnection: close\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}
