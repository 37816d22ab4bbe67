import { EventEmitter } from 'node:events'
import { HashThreads } from '../blocks/hash-threads.js'
import { Broadcaster, type BroadcastOptions, type BroadcastResult } from '../broadcast/broadcaster.js'
import { diagnostics } from '../diagnostics.js'
import { BannedError, type P2pError, ProtocolError, UsageError } from '../errors.js'
import type { Announcement, HeadersSource } from '../headers/headers-source.js'
import type { Network } from '../networks/network.js'
import { ForeignPeerError } from '../peer/handshake.js'
import { BAN_SCORE, Peer } from '../peer/peer.js'
import type { PeerMessage } from '../peer/peer-message.js'
import { Announcements } from './announcements.js'
import { addressKey, parseAddress, type PeerAddress } from './address.js'
import type { AddressBook } from './address-book.js'
import { BookKeeper } from './book-keeper.js'
import { ConnectionSlot, type ConnectionEnd } from './connection-slot.js'
import { resolveSeeds } from './dns-seeds.js'
import { Gossip } from './gossip.js'
import type { ManagerEvents } from './manager-events.js'
import { managerSettings, type ManagerSettings, type PeerManagerOptions } from './options.js'
import { PeerGroup } from './peer-group.js'
import { ReconnectSchedule } from './reconnect-schedule.js'
import { Rotation, type PeerWish } from './rotation.js'

/** Keeps connections to many peers: those that were named, and those that were found. */
export class PeerManager extends EventEmitter<ManagerEvents> implements HeadersSource {
  readonly #settings: ManagerSettings
  /** Hash the large blocks of all peers, unless the options bring threads of their own. */
  readonly #threads = new HashThreads()
  readonly #keeper: BookKeeper
  readonly #rotation = new Rotation()
  readonly #announcements = new Announcements()
  readonly #broadcaster: Broadcaster
  readonly #groups = new Map<string, PeerGroup>()
  readonly #gossip = new Map<Peer, Gossip>()
  #nextId = 1
  #opened: Promise<void> | undefined
  #closed: Promise<void> | undefined

  constructor(options: PeerManagerOptions) {
    super()
    this.#settings = managerSettings(options)
    const { clock, logger, file, network } = this.#settings
    this.#keeper = new BookKeeper(clock, logger, file)
    this.#broadcaster = new Broadcaster({ network, clock, peers: () => this.connected })
  }

  get network(): Network {
    return this.#settings.network
  }

  /** Every address that is known, and what is known of it. */
  get addressBook(): AddressBook {
    return this.#keeper.book
  }

  /** Peers whose handshake is done, by id. */
  get connected(): readonly Peer[] {
    return this.#rotation.peers
  }

  /** The addresses that shall be, and are not, connected. */
  get disconnected(): readonly PeerAddress[] {
    return [...this.#groups.values()].filter(({ isConnected }) => !isConnected).map(({ address }) => address)
  }

  /**
   * Starts to connect; resolves when `waitForPeers` are connected. Peers that cannot be reached are tried again and again, so
   * this may take for ever: pass a signal.
   * @throws {UsageError} for a file of peers that is none, and when the manager is closed meanwhile
   */
  open({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#closed !== undefined) throw new UsageError('the manager is closed')
    if (this.#opened === undefined) {
      this.#opened = this.#open(signal)
      // Whoever opens without waiting learns the same from the events.
      this.#opened.catch(() => undefined)
    }
    return this.#opened
  }

  /** Ends every connection and every wait, and resolves when the file of peers is written. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  /** For `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /**
   * The next connected peer in turn, now or when there is one that is as wished.
   * @throws {UsageError} rejects with it when the manager is closed; with the reason of the signal when that is aborted
   */
  async nextPeer(wish: PeerWish = {}): Promise<Peer> {
    if (this.#closed !== undefined) throw new UsageError('the manager is closed')
    return this.#rotation.next(wish)
  }

  /**
   * Keeps connections to one more address, from now on.
   * @throws {BannedError} for one that is banned
   */
  add(peer: string | PeerAddress): void {
    const address = typeof peer === 'string' ? parseAddress(peer, this.network.port) : peer
    if (this.addressBook.isBanned(address)) throw new BannedError(`${addressKey(address)} is banned`)
    this.#addGroup(address, true)
  }

  /** Ends the connections to an address, and makes none for a day. */
  ban(address: PeerAddress, reason: string): void {
    this.addressBook.ban(address, reason)
    this.emit('ban', address, reason)
    diagnostics.ban.tell(() => ({ ...address, reason }))
    const group = this.#groups.get(addressKey(address))
    const error = new BannedError(`${addressKey(address)} is banned: ${reason}`)
    for (const { peer } of group?.slots ?? []) void peer?.close(error)
  }

  /**
   * Tells the network of a transaction, and watches what becomes of it.
   * @throws {UsageError} rejects with it for one that is being broadcast already, and where no peer is connected
   */
  broadcast(raw: Uint8Array, options: BroadcastOptions = {}): Promise<BroadcastResult> {
    return this.#broadcaster.broadcast(raw, options)
  }

  /** Takes points from a peer that broke the protocol; one that was merely slow keeps them. */
  report(peer: Peer, error: P2pError): void {
    if (error instanceof ProtocolError) peer.misbehaved(error)
  }

  /** Calls the listener with all that peers tell of new blocks, until the function that it returns is called. */
  onAnnouncement(listener: (announcement: Announcement) => void): () => void {
    return this.#announcements.listen(listener)
  }

  async #open(signal: AbortSignal | undefined): Promise<void> {
    const { addresses, discover, waitForPeers, network } = this.#settings
    await this.#keeper.load(network.port)
    if (this.#closed !== undefined) throw new UsageError('the manager is closed')
    for (const address of addresses) this.#addGroup(address, true)
    if (discover.dns) void this.#askSeeds()
    this.#fill()
    await this.#rotation.reached(waitForPeers, signal)
  }

  async #close(): Promise<void> {
    const error = new UsageError('the manager is closed')
    this.#rotation.close(error)
    this.#broadcaster.close(error)
    await Promise.all([...this.#groups.values()].map((group) => group.stop()))
    await this.#threads.close()
    await this.#keeper.close()
  }

  async #askSeeds(): Promise<void> {
    const { network, resolver, logger } = this.#settings
    const found = await resolveSeeds(network, resolver, (seed, error) =>
      logger.warn(`the seed ${seed} does not answer: ${String(error)}`),
    )
    for (const address of found) this.addressBook.add(address)
    this.#fill()
  }

  /** Connects to the most promising addresses, as many as are wanted. */
  #fill(): void {
    while (this.#closed === undefined && this.#groups.size < this.#settings.maxOutbound) {
      const address = this.#candidate()
      if (address === undefined) return
      this.#addGroup(address, false)
    }
  }

  #candidate(): PeerAddress | undefined {
    return this.addressBook.candidate((key) => !this.#groups.has(key))
  }

  #addGroup(address: PeerAddress, configured: boolean): void {
    const key = addressKey(address)
    if (this.#closed !== undefined || this.#groups.has(key)) return
    this.addressBook.add(address)
    const group = new PeerGroup(address, configured)
    for (let count = 0; count < this.#settings.concurrency; count++) group.slots.push(this.#slot(group))
    this.#groups.set(key, group)
    group.start(this.addressBook.bannedForMs(address))
  }

  async #removeGroup(group: PeerGroup): Promise<void> {
    this.#groups.delete(group.key)
    await group.stop()
  }

  #slot(group: PeerGroup): ConnectionSlot {
    const { clock, reconnect, random } = this.#settings
    const id = this.#nextId++
    return new ConnectionSlot({
      clock,
      schedule: new ReconnectSchedule(reconnect, random),
      makePeer: () => this.#makePeer(group, id),
      onReady: (peer) => this.#onReady(group, peer),
      onEnded: (peer, end) => this.#onEnded(group, peer, end),
    })
  }

  #makePeer({ address, haveBlocks }: PeerGroup, id: number): Peer {
    const { protocol } = this.#settings
    const blocks = { threads: this.#threads, ...protocol.blocks }
    const peer = new Peer({ ...protocol, ...address, id, haveBlocks, blocks })
    peer.on('message', (message) => this.#onMessage(peer, message))
    peer.on('unaskedHeaders', (headers) => this.#announcements.unaskedHeaders(peer, headers))
    peer.on('fault', (error) => this.emit('fault', peer, error))
    peer.on('handlerError', (error) => this.emit('handlerError', peer, error))
    return peer
  }

  #onMessage(peer: Peer, message: PeerMessage): void {
    this.#broadcaster.onMessage(peer, message)
    this.#announcements.heard(peer, message)
    const heard = this.#gossip.get(peer)?.hear(message) ?? []
    for (const { address, lastSeen } of heard) this.addressBook.add(address, lastSeen)
    if (heard.length > 0) this.#fill()
    this.emit('message', peer, message)
  }

  #onReady({ address }: PeerGroup, peer: Peer): void {
    const { clock, discover, network } = this.#settings
    this.addressBook.connected(address, peer.version)
    if (discover.addr) this.#askForAddresses(peer, new Gossip(clock, isLocal(network)))
    this.#rotation.add(peer)
    this.emit('connect', peer)
    this.#announcements.connected(peer)
  }

  #askForAddresses(peer: Peer, gossip: Gossip): void {
    gossip.asked()
    this.#gossip.set(peer, gossip)
    // If it has left, its end is told elsewhere.
    peer.send('getaddr', undefined).catch(() => undefined)
  }

  /** @returns milliseconds until the next attempt; undefined for none */
  #onEnded(group: PeerGroup, peer: Peer, end: ConnectionEnd): number | undefined {
    this.#gossip.delete(peer)
    if (this.#rotation.remove(peer)) {
      this.#broadcaster.onDisconnect(peer)
      this.emit('disconnect', peer, end.reason)
    }
    if (this.#closed !== undefined) return undefined
    this.#judge(group, peer, end)
    if (this.#isHopeless(group, end)) {
      void this.#removeGroup(group).then(() => this.#fill())
      return undefined
    }
    return Math.max(end.waitMs, this.addressBook.bannedForMs(group.address))
  }

  #judge({ address }: PeerGroup, peer: Peer, { outcome, reason, waitMs }: ConnectionEnd): void {
    if (outcome !== 'lost') {
      this.addressBook.failed(address, waitMs)
      this.emit('failed', address, reason)
    }
    if (peer.score >= BAN_SCORE || reason instanceof ForeignPeerError)
      this.ban(address, reason?.message ?? 'it broke the protocol')
  }

  /** Addresses that were found make room for better ones; one that is our own is of no use to anybody. */
  #isHopeless({ configured, address }: PeerGroup, { outcome, reason }: ConnectionEnd): boolean {
    if (reason instanceof ProtocolError && reason.code === 'self_connection') {
      this.addressBook.remove(address)
      return true
    }
    if (configured) return false
    return this.addressBook.isBanned(address) || (outcome !== 'lost' && this.#candidate() !== undefined)
  }
}

/** Networks of tests run on private addresses. */
const isLocal = (network: Network): boolean => network.rules.noRetarget === true
