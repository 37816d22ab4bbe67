import { DEFAULT_LARGE_MESSAGE_LIMIT, type BlockReaderOptions } from '../blocks/block-reader.js'
import { systemClock, type Clock } from '../clock.js'
import { silentLogger, type Logger } from '../logger.js'
import type { Hash } from '../hash.js'
import type { Network } from '../networks/network.js'
import { messageLimits, type MessageLimits } from '../wire/limits.js'
import type { Handlers } from './handlers.js'
import { HaveSet } from './have-set.js'
import { tcpTransport } from './tcp-transport.js'
import type { Transport } from './transport.js'

/** How to talk to a peer; the same for all peers of a manager. */
export interface ProtocolOptions extends Partial<MessageLimits> {
  readonly network: Network
  readonly handlers?: Handlers | undefined
  /** 'low' leaves requests and their answers to the handlers; 'high', the default, has methods for them. */
  readonly mode?: 'high' | 'low'
  readonly transport?: Transport
  readonly clock?: Clock
  readonly logger?: Logger
  /** The local address to connect from. */
  readonly localAddress?: string
  readonly userAgent?: string
  /** Flags of what we serve. */
  readonly services?: bigint
  readonly protocolVersion?: number
  /** The height that we tell the peer. */
  readonly startHeight?: number
  /** Whether the peer shall announce transactions. */
  readonly relay?: boolean
  /** Whether to ask for new blocks to be announced by their headers. */
  readonly sendHeaders?: boolean
  readonly connectTimeoutMs?: number
  readonly handshakeTimeoutMs?: number
  readonly pingIntervalMs?: number
  readonly pongTimeoutMs?: number
  readonly requestTimeoutMs?: number
  /** Bytes from which on a block or a transaction is delivered in parts. */
  readonly largeMessageLimit?: number
  /** Bytes of a part; by default the same. */
  readonly chunkBytes?: number
  /** How blocks are verified, and which offsets are told. The peers of a manager share its threads unless it is given some. */
  readonly blocks?: Pick<BlockReaderOptions, 'txOffsets' | 'verify' | 'threads'>
  /** Whether a block is welcome that no request of the peer asked for; all are by default. */
  readonly isWantedBlock?: (hash: Hash) => boolean
}

/** Where one peer is, and how to talk to it. */
export interface PeerOptions extends ProtocolOptions {
  /** A name or an address. */
  readonly host: string
  /** By default the port of the network. */
  readonly port?: number
  /** Names the peer in a manager. */
  readonly id?: number
  /** The blocks that the peer is known to have; shared by the connections to one address. */
  readonly haveBlocks?: HaveSet
}

/** The options with every default filled in. */
export type PeerSettings = Readonly<
  Required<Omit<PeerOptions, keyof MessageLimits | 'handlers' | 'localAddress' | 'blocks'>>
> & {
  readonly handlers: Handlers
  readonly localAddress: string | undefined
  readonly blocks: NonNullable<PeerOptions['blocks']>
  readonly limits: MessageLimits
}

const DEFAULTS = {
  id: 0,
  mode: 'high',
  userAgent: '/terrarium:0.1.0/',
  services: 0n,
  protocolVersion: 70_016,
  startHeight: 0,
  relay: true,
  sendHeaders: true,
  connectTimeoutMs: 10_000,
  handshakeTimeoutMs: 15_000,
  pingIntervalMs: 120_000,
  pongTimeoutMs: 120_000,
  requestTimeoutMs: 30_000,
  largeMessageLimit: DEFAULT_LARGE_MESSAGE_LIMIT,
  blocks: {},
  isWantedBlock: () => true,
} as const

export function peerSettings(options: PeerOptions): PeerSettings {
  const { maxBlockBytes, maxTxBytes, maxMessageBytes, network } = options
  const given = { maxBlockBytes, maxTxBytes, maxMessageBytes }
  const limits = Object.fromEntries(Object.entries(given).filter(([, bytes]) => bytes !== undefined))
  return {
    ...DEFAULTS,
    port: network.port,
    transport: tcpTransport,
    clock: systemClock,
    logger: silentLogger,
    haveBlocks: new HaveSet(),
    chunkBytes: options.largeMessageLimit ?? DEFAULTS.largeMessageLimit,
    ...options,
    handlers: options.handlers ?? {},
    localAddress: options.localAddress,
    limits: messageLimits(network.family, limits),
  }
}
