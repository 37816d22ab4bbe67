import { once } from 'node:events'
import { type AddressInfo, createServer, type Server as Listener, type Socket } from 'node:net'
import {
  type ConnectionInjector,
  logVerbosity,
  Server,
  ServerCredentials,
  type ServerOptions,
  type ServiceDefinition,
  setLogVerbosity,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import { Excess } from './excess.js'
import { PeerCounts } from './peer-counts.js'
import { sendAhead } from './send-ahead.js'

/** What the port shows of itself over TLS; PEM. */
export interface GrpcTls {
  readonly certificate: string
  readonly key: string
  /** Authorities of clients' certificates. Where they are given, a client without such a certificate is turned away. */
  readonly clientAuthorities?: string
}

export interface GrpcPortOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Without it the port speaks plaintext only. */
  readonly tls?: GrpcTls
  /** Clients may speak plaintext, unless this is false. */
  readonly plaintext?: boolean
  readonly maxMessageBytes: number
  readonly maxConnections: number
  /** From one address; as many as in all where it is left out. */
  readonly maxConnectionsPerPeer?: number
  /** A connection came for which there is no room. */
  readonly onRefused?: (address: string, reason: string) => void
}

/** One TCP port for all gRPC services of the node, in plaintext and over TLS at once. */
export interface GrpcPort {
  readonly port: number
  /** May be called at any time, once for each service. */
  addService(definition: ServiceDefinition, implementation: UntypedServiceImplementation): void
  /** Drops the connection of a peer, with all its calls; `peer` as a call tells it: address and port. */
  cut(peer: string): void
  /** Takes no more connections, lets calls under way end for so long, then cuts the rest. */
  close(graceMs: number): Promise<void>
}

/** The first byte of every TLS connection; HTTP/2 in plaintext begins with a P. */
const TLS_HANDSHAKE = 0x16

/** Calls at once on one connection; clients keep more to themselves until others have ended. */
const MAX_STREAMS = 1024

/** A connection that says nothing for so long is dropped. */
const FIRST_BYTE_TIMEOUT_MS = 10_000

/** A connection without calls is told to end after so long; clients then connect again when they need it. */
const IDLE_MS = 1_800_000

/** A connection whose other end is gone is found out about so fast. Shims ping every 60 s or 110 s of their own. */
const PING_MS = 60_000
const PING_TIMEOUT_MS = 20_000

/** Rejects where the port is taken or the TLS files are not in order. */
export async function openGrpcPort(options: GrpcPortOptions): Promise<GrpcPort> {
  // It would write headers with odd characters, and so keys, to stderr.
  setLogVerbosity(logVerbosity.NONE)
  const excess = new Excess()
  const server = new Server({ ...serverOptions(options), interceptors: [excess.interceptor, sendAhead] })
  const injectors = injectorsOf(server, options)
  const sockets = new Map<string, Socket>()
  const enter = admission(options, sockets, excess)
  const listener = createServer({ noDelay: true }, (socket) => {
    if (enter(socket)) route(socket, injectors)
  })
  listener.listen(options.port, options.host)
  await once(listener, 'listening')
  // A connection that could not be taken, for want of a file descriptor, is its client's to try again.
  listener.on('error', () => undefined)
  return {
    port: (listener.address() as AddressInfo).port,
    addService: (definition, implementation) => server.addService(definition, implementation),
    cut: (peer) => void sockets.get(peer)?.destroy(),
    close: (graceMs) => close(listener, server, injectors, sockets, graceMs),
  }
}

/** Counts a connection in until it ends; false: it was cut. */
function admission(
  { maxConnections, maxConnectionsPerPeer = maxConnections, onRefused }: GrpcPortOptions,
  sockets: Map<string, Socket>,
  excess: Excess,
): (socket: Socket) => boolean {
  const perPeer = new PeerCounts(maxConnectionsPerPeer)
  return (socket) => {
    const address = socket.remoteAddress ?? ''
    const peer = `${address}:${socket.remotePort}`
    const isFull = sockets.size - excess.size >= maxConnections
    const leave = isFull ? undefined : perPeer.enter(address)
    if (!leave) {
      const reason = isFull
        ? `the node has ${maxConnections} connections at its port for contracts, and no more may come`
        : `the node has ${maxConnectionsPerPeer} connections from this address, and no more may come`
      onRefused?.(address, reason)
      if (!excess.take(socket, peer, reason)) return false
    }
    sockets.set(peer, socket)
    socket.once('close', () => {
      if (sockets.get(peer) === socket) sockets.delete(peer)
      leave?.()
    })
    return true
  }
}

interface Injectors {
  readonly plain: ConnectionInjector | undefined
  readonly tls: ConnectionInjector | undefined
}

function serverOptions({ maxMessageBytes }: GrpcPortOptions): ServerOptions {
  return {
    'grpc.max_receive_message_length': maxMessageBytes,
    'grpc.max_send_message_length': maxMessageBytes,
    'grpc.max_connection_idle_ms': IDLE_MS,
    'grpc.keepalive_time_ms': PING_MS,
    'grpc.keepalive_timeout_ms': PING_TIMEOUT_MS,
    'grpc.max_concurrent_streams': MAX_STREAMS,
    'grpc.enable_channelz': 0,
  }
}

function injectorsOf(server: Server, { tls, plaintext = true }: GrpcPortOptions): Injectors {
  return {
    plain: plaintext ? server.createConnectionInjector(ServerCredentials.createInsecure()) : undefined,
    tls: tls && server.createConnectionInjector(credentials(tls)),
  }
}

function credentials({ certificate, key, clientAuthorities }: GrpcTls): ServerCredentials {
  const pairs = [{ cert_chain: Buffer.from(certificate), private_key: Buffer.from(key) }]
  if (clientAuthorities === undefined) return ServerCredentials.createSsl(null, pairs)
  return ServerCredentials.createSsl(Buffer.from(clientAuthorities), pairs, true)
}

/** The first byte tells what the other side speaks; whoever takes the connection over finds it unread. */
function route(socket: Socket, { plain, tls }: Injectors): void {
  const drop = (): void => void socket.destroy()
  socket.on('error', drop)
  socket.setTimeout(FIRST_BYTE_TIMEOUT_MS, drop)
  socket.once('data', (bytes: Buffer) => {
    socket.setTimeout(0)
    socket.off('timeout', drop)
    socket.pause()
    socket.unshift(bytes)
    const injector = bytes[0] === TLS_HANDSHAKE ? tls : plain
    if (injector) injector.injectConnection(socket)
    else drop()
  })
}

async function close(
  listener: Listener,
  server: Server,
  { plain, tls }: Injectors,
  sockets: ReadonlyMap<string, Socket>,
  graceMs: number,
): Promise<void> {
  const closed = once(listener, 'close')
  listener.close()
  for (const injector of [plain, tls]) injector?.drain(graceMs)
  const timer = setTimeout(() => {
    for (const socket of sockets.values()) socket.destroy()
  }, graceMs)
  await closed
  clearTimeout(timer)
  server.forceShutdown()
}
