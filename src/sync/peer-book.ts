import { BoundedSet } from '../base/bounded-set.js'
import type { OnMisbehaviour, Peer, Peers, PeerStatus } from './peer.js'
import type { SyncSettings } from './settings.js'

/** Invalid branch ends remembered per node. */
const REMEMBERED_TIPS = 16

/** Answers without the blocks that a node must have, after which it counts as lying. */
const MAX_WITHHELD = 3

/** Batches asked of one node at a time: one is on its way while the next is being made. */
export const MAX_FLIGHTS = 2

/** What sync knows of one node. */
export class PeerState {
  readonly peer: Peer
  /** What it said last; undefined before, and after it failed to say. */
  claim: PeerStatus | undefined
  /** Hash of the best header of its chain that we know, too. */
  best: string | undefined
  /** Batches of blocks it was asked for. */
  flights = 0
  /** Its headers are being fetched. */
  isTelling = false
  isBanned = false
  /** It is asked nothing before. */
  retryAtMs = 0
  /** Its headers are not fetched before: the last lay too far ahead of our clock. */
  tellAgainAtMs = 0
  /** What it tells of is no reason to ask it how far it is before. */
  askAgainAtMs = 0
  failures = 0
  withheld = 0
  /** Ends of branches of this node that are not worth asking for again. */
  readonly deadTips = new BoundedSet(REMEMBERED_TIPS)

  constructor(peer: Peer) {
    this.peer = peer
  }

  get isBusy(): boolean {
    return this.flights >= MAX_FLIGHTS
  }

  get key(): string {
    return this.peer.key
  }
}

export interface PeerBookOptions {
  readonly peers: Peers
  readonly settings: SyncSettings
  readonly now: () => number
  readonly onMisbehaviour: OnMisbehaviour
  /** A node that failed may be asked again in so many ms. */
  readonly onRetryIn: (ms: number) => void
}

/** The known nodes with how they behave towards this one. */
export class PeerBook {
  readonly #options: PeerBookOptions
  readonly #states = new Map<string, PeerState>()

  constructor(options: PeerBookOptions) {
    this.#options = options
  }

  /** All known nodes that did not misbehave; those no longer known are forgotten. */
  all(): readonly PeerState[] {
    const listed = new Set<string>()
    for (const peer of this.#options.peers.list()) {
      listed.add(peer.key)
      if (!this.#states.has(peer.key)) this.#states.set(peer.key, new PeerState(peer))
    }
    for (const key of this.#states.keys()) if (!listed.has(key)) this.#states.delete(key)
    return [...this.#states.values()].filter((state) => !state.isBanned)
  }

  /** Those that may be asked now. */
  ready(): readonly PeerState[] {
    const nowMs = this.#options.now()
    return this.all().filter((state) => state.retryAtMs <= nowMs)
  }

  find(key: string): PeerState | undefined {
    return this.all().find((state) => state.key === key)
  }

  /** The node did not do its part in time, which may happen to an honest one. */
  fail(state: PeerState): void {
    const { backoffMs, maxBackoffMs } = this.#options.settings
    const ms = Math.min(backoffMs * 2 ** Math.min(state.failures, 20), maxBackoffMs)
    state.failures++
    state.retryAtMs = this.#options.now() + ms
    this.#options.onRetryIn(ms)
  }

  /** The node does not deliver what it says it has. */
  withhold(state: PeerState): void {
    this.fail(state)
    if (++state.withheld >= MAX_WITHHELD) this.punish(state, 'it withholds blocks that it says it has')
  }

  deliver(state: PeerState): void {
    state.failures = 0
    state.withheld = 0
  }

  /** The node did what no honest node does: it is asked nothing any more. */
  punish(state: PeerState, reason: string): void {
    if (state.isBanned) return
    state.isBanned = true
    this.#options.onMisbehaviour(state.key, reason)
  }
}
