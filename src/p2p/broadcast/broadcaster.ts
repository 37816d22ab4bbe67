import type { Clock } from '../clock.js'
import { PeerDisconnectedError, UsageError } from '../errors.js'
import { sha256d, toDisplay, type Hash } from '../hash.js'
import { hasWitness, type Network } from '../networks/network.js'
import type { Peer } from '../peer/peer.js'
import type { PeerMessage } from '../peer/peer-message.js'
import { decodeTx, encodeTx } from '../wire/messages/tx.js'
import { INV, type InvItem } from '../wire/messages/inv.js'
import { REJECT_CODES, type Reject } from '../wire/messages/reject.js'
import { Broadcast } from './broadcast.js'

/** How a transaction is made known. */
export interface BroadcastOptions {
  /** How many peers are told; one more is left to listen, where there is one. */
  readonly peers?: number
  /** Milliseconds to wait for what becomes of it; nodes take 5 seconds to pass something on. */
  readonly waitMs?: number
  /** So many peers that pass it on are enough. */
  readonly minRelays?: number
  /** Sends the transaction itself instead of announcing it. Some nodes disconnect whoever does. */
  readonly push?: boolean
  /** Whether the transaction is read here first, and not sent where it cannot be. */
  readonly checkMalformed?: boolean
  readonly signal?: AbortSignal
}

/** Why a peer, or we ourselves, refused it. DUPLICATE too is no success: something else spends the same. */
export interface Rejection {
  /** The id of the peer; undefined where it was refused here. */
  readonly peerId: number | undefined
  /** One byte; codes that nobody knows survive as they are. */
  readonly code: number
  readonly reason: string
}

/** What became of a transaction. */
export interface BroadcastResult {
  /** As people read it; for what cannot be read, the hash of the bytes. */
  readonly txid: string
  readonly rejected?: Rejection
  /** Ids of the peers that have asked for it. */
  readonly requestedBy: readonly number[]
  /** Ids of the peers that have it from somebody else than us. */
  readonly relayingPeerIds: readonly number[]
}

export interface BroadcasterOptions {
  readonly network: Network
  readonly clock: Clock
  /** Those that are connected, by id. */
  readonly peers: () => readonly Peer[]
}

const TX_TYPES: readonly number[] = [INV.tx, INV.witnessTxId, INV.tx + INV.witnessFlag]

const DEFAULT_WAIT_MS = 15_000

/** Makes transactions known, and watches what becomes of them. */
export class Broadcaster {
  /** By each id that a transaction has: one, or two where it has a witness. */
  readonly #byId = new Map<string, Broadcast>()
  #turn = 0
  #closed: Error | undefined

  constructor(private readonly options: BroadcasterOptions) {}

  /** Transactions that are watched. */
  get size(): number {
    return new Set(this.#byId.values()).size
  }

  /** @throws {UsageError | PeerDisconnectedError} see PeerManager.broadcast */
  async broadcast(raw: Uint8Array, options: BroadcastOptions): Promise<BroadcastResult> {
    const { signal, checkMalformed = true } = options
    signal?.throwIfAborted()
    if (this.#closed) throw this.#closed
    const ids = this.#idsOf(raw)
    if (ids === undefined && checkMalformed) return refusedHere(raw)
    const { txid, wtxid } = ids ?? { txid: sha256d(raw), wtxid: sha256d(raw) }
    if (this.#byId.has(toDisplay(txid))) throw new UsageError(`${toDisplay(txid)} is being broadcast already`)
    const told = this.#choose(options)
    const broadcast = this.#begin(raw, txid, wtxid, options)
    for (const peer of told) broadcast.tell(peer)
    return broadcast.outcome
  }

  /** Looks at everything that any peer tells. */
  onMessage(peer: Peer, message: PeerMessage): void {
    if (this.#byId.size === 0) return
    if (message.command === 'inv') this.#each(message.body, (broadcast) => broadcast.onInv(peer))
    else if (message.command === 'getdata') this.#each(message.body, (broadcast) => broadcast.onGetData(peer))
    else if (message.command === 'reject') this.#refusedBy(peer, message.body)?.onReject(peer, message.body)
  }

  /** A peer that was told has left: another one is told instead. */
  onDisconnect(peer: Peer): void {
    for (const broadcast of new Set(this.#byId.values())) {
      if (!broadcast.forget(peer)) continue
      const other = this.options.peers().find((candidate) => !broadcast.knows(candidate))
      if (other !== undefined) broadcast.tell(other)
    }
  }

  /** Whatever is watched fails with `error`, and so does all that comes. */
  close(error: Error): void {
    this.#closed = error
    for (const broadcast of this.#byId.values()) broadcast.fail(error)
  }

  #begin(raw: Uint8Array, txid: Hash, wtxid: Hash, options: BroadcastOptions): Broadcast {
    const keys = [toDisplay(txid), toDisplay(wtxid)]
    const broadcast = new Broadcast({
      raw,
      txid,
      wtxid,
      clock: this.options.clock,
      waitMs: options.waitMs ?? DEFAULT_WAIT_MS,
      minRelays: options.minRelays ?? 1,
      push: options.push ?? false,
      signal: options.signal,
      onSettled: () => {
        for (const key of keys) this.#byId.delete(key)
      },
    })
    for (const key of keys) this.#byId.set(key, broadcast)
    return broadcast
  }

  /** In turn; one at least is left to listen, because nobody passes on to us what he has from us. */
  #choose({ peers = 1 }: BroadcastOptions): Peer[] {
    const connected = this.options.peers()
    if (connected.length === 0) throw new PeerDisconnectedError('no peer is connected')
    const count = Math.min(peers, Math.max(1, connected.length - 1))
    const start = this.#turn++ % connected.length
    return [...connected.slice(start), ...connected.slice(0, start)].slice(0, count)
  }

  #each(items: readonly InvItem[], act: (broadcast: Broadcast) => void): void {
    for (const { type, hash } of items) {
      if (!TX_TYPES.includes(type)) continue
      const broadcast = this.#byId.get(toDisplay(hash))
      if (broadcast !== undefined) act(broadcast)
    }
  }

  /** A peer that could not read what it got does not say what it was: only where it got one alone, that is it. */
  #refusedBy(peer: Peer, reject: Reject): Broadcast | undefined {
    if (reject.hash !== undefined) {
      return reject.message === 'tx' ? this.#byId.get(toDisplay(reject.hash)) : undefined
    }
    if (reject.code !== REJECT_CODES.MALFORMED || !['tx', ''].includes(reject.message)) return undefined
    const sent = [...new Set(this.#byId.values())].filter((broadcast) => broadcast.wasSentTo(peer))
    return sent.length === 1 ? sent[0] : undefined
  }

  /** Undefined for bytes that are no transaction. */
  #idsOf(raw: Uint8Array): { txid: Hash; wtxid: Hash } | undefined {
    try {
      const tx = decodeTx(raw, hasWitness(this.options.network))
      if (tx.inputs.length === 0 || tx.outputs.length === 0) return undefined
      const wtxid = sha256d(raw)
      return { txid: tx.witnesses === undefined ? wtxid : sha256d(encodeTx(tx, false)), wtxid }
    } catch {
      return undefined
    }
  }
}

/** What nodes say of bytes that they cannot read. */
function refusedHere(raw: Uint8Array): BroadcastResult {
  const rejected = { peerId: undefined, code: REJECT_CODES.MALFORMED, reason: 'error parsing message' }
  return { txid: toDisplay(sha256d(raw)), rejected, requestedBy: [], relayingPeerIds: [] }
}
