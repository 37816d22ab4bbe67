import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { type AccessRules, checkOrigin, isTrusted, unauthorized } from '../access/access.js'
import { CHAIN_HEADER } from '../api/chain-header.js'
import { ApiError, errorBody } from '../api/errors.js'
import { canonicalIp } from '../base/ip.js'
import { messageOf } from '../base/errors.js'
import { type Clock, systemClock } from './clock.js'
import type { BusCaller, OfferedMethod } from './host/offered-method.js'
import { Connection } from './link/connection.js'
import { DEFAULT_LIMITS, type Limits } from './limits.js'
import type { Log } from './log.js'
import { Manager } from './manager/manager.js'

export interface BusOptions {
  /** What the program itself offers: tableMethods(…), storageMethods(…). */
  readonly methods: readonly OfferedMethod[]
  /** Short name in negotiations, and domain in listings. */
  readonly name: string
  /** Roles that the program plays, with their versions. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
  /** Where the server is reached. */
  readonly place: { readonly ip: string; readonly port: number }
  readonly access: AccessRules
  readonly log: Log
  readonly clock?: Clock
  /** Bounds of strangers; those who are trusted may send at any rate and hold more subscriptions. */
  readonly limits?: Partial<Limits>
  readonly maxConnections?: number
  readonly dependencyTimeoutMs?: number
  /** Answer clients that follow the protocol's papers with their values of success. */
  readonly statusOfPapers?: boolean
}

export interface Bus {
  readonly manager: Manager
  readonly connectionCount: number
  /** Closes all connections; the HTTP server goes on. */
  close(): Promise<void>
}

const MAX_CONNECTIONS = 4_096
const DEPENDENCY_TIMEOUT_MS = 10_000
const TRUSTED_SUBSCRIPTIONS = 100_000
const GOING_AWAY = 1001
const CLOSE_GRACE_MS = 500

/** Opens the bus on an HTTP server: any WebSocket that may use the node, at any path. */
export function attachBus(server: Server, options: BusOptions): Bus {
  const door = new BusDoor(options)
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void =>
    door.upgrade(request, socket, head)
  server.on('upgrade', onUpgrade)
  return {
    manager: door.manager,
    get connectionCount() {
      return door.connections.size
    },
    async close() {
      server.off('upgrade', onUpgrade)
      await door.close()
    },
  }
}

class BusDoor {
  readonly manager: Manager
  readonly connections = new Set<Connection>()
  readonly #options: BusOptions
  readonly #clock: Clock
  readonly #limits: Limits
  readonly #sockets: WebSocketServer
  #stopPings: () => void = () => undefined

  constructor(options: BusOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: this.#limits.maxMessageBytes,
      clientTracking: false,
    })
    this.manager = new Manager({
      clock: this.#clock,
      log: options.log,
      methods: options.methods,
      domain: options.name,
      roles: options.roles ?? {},
      place: options.place,
      dependencyTimeoutMs: options.dependencyTimeoutMs ?? DEPENDENCY_TIMEOUT_MS,
      unauthorized: () => unauthorized(options.access),
    })
    this.#keepPinging()
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
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
      answerer: (own) => this.manager.answerer(own, callerOf(request, own, trusted)),
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
