import { systemClock } from '../clock.js'
import { silentLogger } from '../logger.js'
import type { ProtocolOptions } from '../peer/options.js'
import { type PeerAddress, parseAddress } from './address.js'
import { systemResolver, type Resolver } from './dns-seeds.js'
import { RECONNECT_SECONDS } from './reconnect-schedule.js'

/** Which peers are connected to, and how to talk to them. */
export interface PeerManagerOptions extends ProtocolOptions {
  /** Addresses to which connections are always kept: `host`, `host:port`, `[::1]:port` or objects. */
  readonly peers?: readonly (string | PeerAddress)[]
  /** Connections to each address. */
  readonly concurrency?: number
  /** How many peers `open` waits for. */
  readonly waitForPeers?: number
  /** Addresses that are connected to at the same time, as far as they are not in `peers`. */
  readonly maxOutbound?: number
  /** Whether the peers of earlier runs are read from, and those of this one written to, a file. */
  readonly usePersistedPeers?: boolean
  /** By default peers.<network>.json where the process runs. */
  readonly peersFile?: string
  /** Where else to find peers: the DNS seeds of the network, and the addresses that peers tell of. */
  readonly discover?: { readonly dns?: boolean; readonly addr?: boolean }
  /** Seconds before the next attempts to connect. */
  readonly reconnect?: readonly number[]
  /** Finds the addresses of DNS seeds. */
  readonly resolver?: Resolver
  /** 0 to 1; spreads reconnections. */
  readonly random?: () => number
}

/** The options with every default filled in. */
export type ManagerSettings = Readonly<
  Required<Omit<PeerManagerOptions, keyof ProtocolOptions | 'peers' | 'discover' | 'peersFile'>>
> &
  Pick<Required<PeerManagerOptions>, 'network' | 'clock' | 'logger'> & {
    readonly addresses: readonly PeerAddress[]
    readonly discover: { readonly dns: boolean; readonly addr: boolean }
    /** Undefined where nothing is kept. */
    readonly file: string | undefined
    /** What every peer is made with. */
    readonly protocol: ProtocolOptions
  }

export function managerSettings(options: PeerManagerOptions): ManagerSettings {
  const { network, peers = [], discover, peersFile, usePersistedPeers = true } = options
  return {
    concurrency: 1,
    waitForPeers: 1,
    maxOutbound: 8,
    reconnect: RECONNECT_SECONDS,
    resolver: systemResolver,
    random: Math.random,
    clock: systemClock,
    logger: silentLogger,
    ...options,
    usePersistedPeers,
    addresses: peers.map((peer) => (typeof peer === 'string' ? parseAddress(peer, network.port) : peer)),
    discover: { dns: discover?.dns ?? false, addr: discover?.addr ?? false },
    file: usePersistedPeers ? (peersFile ?? `peers.${network.name}.json`) : undefined,
    protocol: options,
  }
}
