import type { Clock } from '../clock.js'
import { toDisplay, type Hash } from '../hash.js'
import type { Peer } from '../peer/peer.js'
import { INV } from '../wire/messages/inv.js'
import type { Reject } from '../wire/messages/reject.js'
import type { BroadcastResult, Rejection } from './broadcaster.js'

export interface BroadcastState {
  readonly raw: Uint8Array
  readonly txid: Hash
  /** Covers the witness; the same as `txid` where there is none. */
  readonly wtxid: Hash
  readonly clock: Clock
  readonly waitMs: number
  readonly minRelays: number
  readonly push: boolean
  readonly signal: AbortSignal | undefined
  readonly onSettled: () => void
}

/** One transaction on its way into the network. */
export class Broadcast {
  readonly outcome: Promise<BroadcastResult>
  readonly #told = new Set<Peer>()
  readonly #requestedBy = new Set<Peer>()
  readonly #sentTo = new Set<Peer>()
  readonly #relayedBy = new Set<Peer>()
  readonly #cancelTimer: () => void
  #rejected: Rejection | undefined
  #resolve!: (result: BroadcastResult) => void
  #reject!: (error: Error) => void
  #settled = false

  constructor(private readonly state: BroadcastState) {
    this.outcome = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#cancelTimer = state.clock.after(state.waitMs, () => this.#finish())
    state.signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Announces it to a peer, or sends it at once. */
  tell(peer: Peer): void {
    this.#told.add(peer)
    const { push, txid, wtxid } = this.state
    if (push) this.#send(peer)
    else if (peer.wtxidRelay) this.#announce(peer, INV.witnessTxId, wtxid)
    else this.#announce(peer, INV.tx, txid)
  }

  /** Whether a peer was told, or has told us. */
  knows(peer: Peer): boolean {
    return this.#told.has(peer) || this.#sentTo.has(peer) || this.#relayedBy.has(peer)
  }

  wasSentTo(peer: Peer): boolean {
    return this.#sentTo.has(peer)
  }

  /** Whoever has it without having it from us shows that it travels. */
  onInv(peer: Peer): void {
    if (this.#sentTo.has(peer)) return
    this.#relayedBy.add(peer)
    if (this.#relayedBy.size >= this.state.minRelays) this.#finish()
  }

  /** Each peer is served once: asking again and again is no way to have us send a lot. */
  onGetData(peer: Peer): void {
    if (this.#requestedBy.has(peer) || this.#sentTo.has(peer)) return
    this.#requestedBy.add(peer)
    this.#send(peer)
  }

  onReject(peer: Peer, { code, reason }: Reject): void {
    this.#rejected = { peerId: peer.id, code, reason }
    this.#finish()
  }

  /** A peer has left. @returns whether it was told and has not asked: somebody else should be told. */
  forget(peer: Peer): boolean {
    return this.#told.delete(peer) && !this.#sentTo.has(peer)
  }

  fail(error: Error): void {
    if (this.#settle()) this.#reject(error)
  }

  readonly #onAbort = (): void => this.fail(this.state.signal?.reason as Error)

  #announce(peer: Peer, type: number, hash: Hash): void {
    // A peer that has left is forgotten when its end is told.
    peer.send('inv', [{ type, hash }]).catch(() => undefined)
  }

  #send(peer: Peer): void {
    this.#sentTo.add(peer)
    peer.sendRaw('tx', this.state.raw).catch(() => undefined)
  }

  #finish(): void {
    if (!this.#settle()) return
    const rejected = this.#rejected
    this.#resolve({
      txid: toDisplay(this.state.txid),
      ...(rejected && { rejected }),
      requestedBy: idsOf(this.#requestedBy),
      relayingPeerIds: idsOf(this.#relayedBy),
    })
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#cancelTimer()
    this.state.signal?.removeEventListener('abort', this.#onAbort)
    this.state.onSettled()
    return true
  }
}

const idsOf = (peers: Iterable<Peer>): number[] => [...peers].map(({ id }) => id)
