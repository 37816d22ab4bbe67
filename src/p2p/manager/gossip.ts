import type { Clock } from '../clock.js'
import type { PeerMessage } from '../peer/peer-message.js'
import type { AddressV2 } from '../wire/messages/addrv2.js'
import { ADDRESS_NETWORKS } from '../wire/messages/addrv2.js'
import type { TimedAddress } from '../wire/messages/addr.js'
import type { PeerAddress } from './address.js'
import { isRoutable } from './routable.js'
import { TokenBucket } from './token-bucket.js'

/** Nodes pass on so many addresses unasked; whoever sends more wants to flood us. */
const MAX_UNSOLICITED = 10
const ADDRESSES_PER_SECOND = 0.1
const MAX_SAVED = 1000
const PENALTY_SECONDS = 2 * 60 * 60
const FUTURE_SECONDS = 10 * 60
const SERVES_CHAIN = 1n

/** An address that somebody told of. */
export interface HeardAddress {
  readonly address: PeerAddress
  /** Seconds since 1970. */
  readonly lastSeen: number
}

/** What is believed of the addresses that one peer tells of. */
export class Gossip {
  readonly #bucket: TokenBucket
  #asked = false

  /** `anywhere` takes private and local addresses too, as a network of tests needs. */
  constructor(
    private readonly clock: Clock,
    private readonly anywhere: boolean,
  ) {
    this.#bucket = new TokenBucket(clock, ADDRESSES_PER_SECOND, MAX_SAVED, 1)
  }

  /** We have asked for addresses: the next list may be long. */
  asked(): void {
    this.#asked = true
    this.#bucket.grant(MAX_SAVED)
  }

  /** The addresses of a message that are worth keeping. */
  hear(message: PeerMessage): HeardAddress[] {
    if (message.command === 'addr') return this.#sift(message.body, addressOf)
    if (message.command === 'addrv2') return this.#sift(message.body, addressOfV2)
    return []
  }

  #sift<T extends TimedAddress | AddressV2>(
    entries: readonly T[],
    read: (entry: T) => PeerAddress | undefined,
  ): HeardAddress[] {
    if (!this.#asked && entries.length > MAX_UNSOLICITED) return []
    if (entries.length > 1) this.#asked = false
    const heard: HeardAddress[] = []
    for (const entry of entries) {
      const address = read(entry)
      if (address === undefined || !this.#isUseful(address, entry.services)) continue
      if (!this.#bucket.take()) break
      heard.push({ address, lastSeen: this.#credible(entry.time) })
    }
    return heard
  }

  #isUseful({ host, port }: PeerAddress, services: bigint): boolean {
    return port > 0 && (services & SERVES_CHAIN) !== 0n && (this.anywhere || isRoutable(host))
  }

  /** Peers tell of times as they like: none is later than now, and all are taken for a little older than told. */
  #credible(time: number): number {
    const now = Math.floor(this.clock.now() / 1000)
    return Math.max(0, Math.min(time > now + FUTURE_SECONDS ? 0 : time, now) - PENALTY_SECONDS)
  }
}

const V4_PREFIX = Buffer.from('00000000000000000000ffff', 'hex')

const textOfV4 = (ip: Uint8Array): string => ip.join('.')

const textOfV6 = (ip: Uint8Array): string => {
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((ip[2 * index] ?? 0) << 8) | (ip[2 * index + 1] ?? 0)).toString(16),
  )
  // The URL parser writes the shortest form.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}

function addressOf({ ip, port }: TimedAddress): PeerAddress {
  const isV4 = V4_PREFIX.equals(ip.subarray(0, V4_PREFIX.length))
  return { host: isV4 ? textOfV4(ip.subarray(V4_PREFIX.length)) : textOfV6(ip), port }
}

/** Undefined for networks that we do not reach. */
function addressOfV2({ network, address, port }: AddressV2): PeerAddress | undefined {
  if (network === ADDRESS_NETWORKS.ipv4.id) return { host: textOfV4(address), port }
  if (network === ADDRESS_NETWORKS.ipv6.id) return { host: textOfV6(address), port }
  return undefined
}
