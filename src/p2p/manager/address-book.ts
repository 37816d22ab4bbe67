import type { Clock } from '../clock.js'
import type { Version } from '../wire/messages/version.js'
import { addressKey, type PeerAddress } from './address.js'
import type { PeerRecord } from './peer-record.js'

/** How long a ban lasts. */
export const BAN_SECONDS = 24 * 60 * 60

const MAX_ADDRESSES = 5000
/** As long as timers can wait. */
const MAX_WAIT_MS = 2 ** 31 - 1

/** Every address that is known, and what is known of it. */
export class AddressBook {
  readonly #records = new Map<string, PeerRecord>()

  /** `onChange` is called after something changed that is worth keeping. */
  constructor(
    private readonly clock: Clock,
    private readonly onChange: () => void = () => undefined,
    private readonly capacity = MAX_ADDRESSES,
  ) {}

  get records(): IterableIterator<PeerRecord> {
    return this.#records.values()
  }

  get size(): number {
    return this.#records.size
  }

  get(address: PeerAddress): PeerRecord | undefined {
    return this.#records.get(addressKey(address))
  }

  /** What an earlier run knew. Bans that are over are forgotten. */
  load(records: Iterable<PeerRecord>): void {
    for (const record of records) {
      this.#records.set(addressKey(record.address), record)
      this.isBanned(record.address)
    }
  }

  /** Takes an address that was told of; the one that is of least use makes room. @returns its record */
  add(address: PeerAddress, lastSeen = this.#seconds()): PeerRecord {
    const key = addressKey(address)
    const known = this.#records.get(key)
    if (known !== undefined) {
      known.lastSeen = Math.max(known.lastSeen ?? 0, lastSeen)
      return known
    }
    if (this.#records.size >= this.capacity) this.#evict()
    const record: PeerRecord = { address, lastConnected: null, banned: false, lastSeen }
    this.#records.set(key, record)
    return record
  }

  /** The address leads nowhere we want to go. */
  remove(address: PeerAddress): void {
    if (this.#records.delete(addressKey(address))) this.onChange()
  }

  connected(address: PeerAddress, version: Version | undefined): void {
    const record = this.add(address)
    record.lastConnected = this.#seconds()
    if (version !== undefined) {
      record.services = version.services
      record.userAgent = version.userAgent
    }
    delete record.failures
    this.onChange()
  }

  /** It is not to be tried again before `waitMs` milliseconds have passed. */
  failed(address: PeerAddress, waitMs: number): void {
    const record = this.add(address)
    record.retryAt = this.clock.now() + waitMs
    record.failures = (record.failures ?? 0) + 1
    this.onChange()
  }

  ban(address: PeerAddress, reason: string): void {
    const record = this.add(address)
    record.banned = true
    record.bannedUntil = this.#seconds() + BAN_SECONDS
    record.banReason = reason
    this.onChange()
  }

  /** A ban that is over is lifted. */
  isBanned(address: PeerAddress): boolean {
    const record = this.get(address)
    if (record?.banned !== true) return false
    if (record.bannedUntil === undefined || record.bannedUntil > this.#seconds()) return true
    record.banned = false
    delete record.bannedUntil
    delete record.banReason
    return false
  }

  /** Milliseconds until a ban is over; 0 for an address that is not banned. */
  bannedForMs(address: PeerAddress): number {
    if (!this.isBanned(address)) return 0
    const until = this.get(address)?.bannedUntil
    return until === undefined ? MAX_WAIT_MS : Math.min(MAX_WAIT_MS, until * 1000 - this.clock.now())
  }

  /** The most promising address of those that `isFree` lets through and that may be tried now. */
  candidate(isFree: (key: string) => boolean): PeerAddress | undefined {
    let best: PeerRecord | undefined
    for (const [key, record] of this.#records) {
      if (!isFree(key) || this.isBanned(record.address) || (record.retryAt ?? 0) > this.clock.now()) continue
      if (best === undefined || isBetter(record, best)) best = record
    }
    return best?.address
  }

  #evict(): void {
    let worst: [string, PeerRecord] | undefined
    for (const entry of this.#records) {
      if (entry[1].banned) continue
      if (worst === undefined || isBetter(worst[1], entry[1])) worst = entry
    }
    // Bans are kept as long as anything else can go.
    const [key] = worst ?? this.#records.entries().next().value ?? []
    if (key !== undefined) this.#records.delete(key)
  }

  #seconds(): number {
    return Math.floor(this.clock.now() / 1000)
  }
}

/** Few failures are better, then a good connection not long ago, then having been told of lately. */
function isBetter(a: PeerRecord, b: PeerRecord): boolean {
  const failures = (a.failures ?? 0) - (b.failures ?? 0)
  if (failures !== 0) return failures < 0
  const connected = (a.lastConnected ?? 0) - (b.lastConnected ?? 0)
  if (connected !== 0) return connected > 0
  return (a.lastSeen ?? 0) > (b.lastSeen ?? 0)
}
