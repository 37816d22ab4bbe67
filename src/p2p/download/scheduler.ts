import type { DownloadLimits } from './limits.js'
import { PeerLoad } from './peer-load.js'

/** Why an attempt ended without the block. */
export type Setback =
  /** The peer left: nobody's fault. */
  | 'disconnected'
  /** The peer does not have it. */
  | 'not_found'
  /** The peer refused for the time being. */
  | 'busy'
  | 'stalled'
  | 'slow'
  /** What came was not the block. */
  | 'invalid'

/** A peer is to be asked for the block of this index. */
export interface Assignment {
  readonly index: number
  readonly peer: string
}

/** An attempt that is to be broken off. */
export interface Overdue extends Assignment {
  readonly setback: 'stalled' | 'slow'
}

interface Work {
  readonly index: number
  /** Bytes, where known. */
  readonly size: number | undefined
  state: 'queued' | 'assigned' | 'done'
  peer: string | undefined
  deadlineMs: number
  bytes: number
  attempts: number
  /** Peers that cannot serve it. */
  readonly excluded: Set<string>
}

export interface SchedulerOptions {
  readonly limits: DownloadLimits
  /** The size of the next block in bytes, null where it is not known, undefined after the last block. */
  readonly nextItem: () => number | null | undefined
}

const FIRST_GUESS_BYTES = 1_000_000

/**
 * Decides which peer is asked for which block, and when that failed. Knows neither blocks nor sockets nor the time: it is
 * told what happens and says what is to be done. Blocks go by index, from 0. Each is completed once, and until then it is
 * queued or with exactly one peer.
 */
export class Scheduler {
  readonly #limits: DownloadLimits
  readonly #nextItem: SchedulerOptions['nextItem']
  /** All that was begun and is not delivered. */
  readonly #works = new Map<number, Work>()
  readonly #peers = new Map<string, PeerLoad>()
  /** Indexes that are to be asked for, ascending. */
  readonly #queue: number[] = []
  #begun = 0
  #isExhausted = false
  #typicalBytes = FIRST_GUESS_BYTES
  /** When the last peer left. */
  #aloneSinceMs: number

  constructor({ limits, nextItem }: SchedulerOptions, nowMs: number) {
    this.#limits = limits
    this.#nextItem = nextItem
    this.#aloneSinceMs = nowMs
  }

  /** Every block there is was delivered. */
  get isFinished(): boolean {
    return this.#isExhausted && this.#works.size === 0
  }

  addPeer(peer: string): void {
    if (!this.#peers.has(peer)) this.#peers.set(peer, new PeerLoad(this.#limits))
  }

  /** What it was asked for is queued again. */
  removePeer(peer: string, nowMs: number): void {
    if (!this.#peers.delete(peer)) return
    if (this.#peers.size === 0) this.#aloneSinceMs = nowMs
    for (const work of this.#works.values()) if (work.peer === peer) this.#requeue(work)
    for (const { excluded } of this.#works.values()) excluded.delete(peer)
  }

  /** Whom to ask for what, now. */
  assign(nowMs: number): Assignment[] {
    const assignments: Assignment[] = []
    for (let i = 0; ;) {
      const index = this.#queue[i] ?? this.#begin()
      const work = index === undefined ? undefined : this.#works.get(index)
      if (!work || !this.#hasRoomFor(work)) return assignments
      const peer = this.#bestPeer(work, nowMs)
      if (peer === undefined) {
        // Later blocks may be served by peers that this one cannot have.
        if (work.excluded.size === 0) return assignments
        i++
        continue
      }
      this.#queue.splice(i, 1)
      this.#give(work, peer, nowMs)
      assignments.push({ index: work.index, peer })
    }
  }

  /** Bytes of a block came from a peer. */
  received(index: number, peer: string, bytes: number, nowMs: number): void {
    const work = this.#works.get(index)
    if (work?.peer !== peer) return
    work.bytes += bytes
    this.#peers.get(peer)?.received(bytes, nowMs)
  }

  /** A peer does not read because what it sent is still being handled here: that is no stall. */
  held(peer: string, nowMs: number): void {
    this.#peers.get(peer)?.held(nowMs)
  }

  /** The whole block came from a peer. False if that does not count: another one had it, or the attempt was broken off. */
  completed(index: number, peer: string, bytes: number, nowMs: number): boolean {
    const work = this.#works.get(index)
    if (work?.peer !== peer) return false
    this.#peers.get(peer)?.completed(nowMs)
    work.state = 'done'
    work.peer = undefined
    work.bytes = bytes
    this.#typicalBytes += (bytes - this.#typicalBytes) / 16
    return true
  }

  /** A block that was completed has left: it takes no room any more. */
  delivered(index: number): void {
    this.#works.delete(index)
  }

  /** An attempt failed. */
  failed(index: number, peer: string, setback: Setback, nowMs: number): void {
    const work = this.#works.get(index)
    if (work?.peer !== peer) return
    const load = this.#peers.get(peer)
    load?.release(nowMs)
    if (setback === 'busy' || setback === 'stalled' || setback === 'slow') load?.rest(nowMs)
    if (setback === 'not_found' || setback === 'invalid') work.excluded.add(peer)
    if (setback === 'invalid' || setback === 'stalled') work.attempts++
    this.#requeue(work)
  }

  /** Attempts that took too long: their blocks are queued again. */
  overdue(nowMs: number): Overdue[] {
    const overdue: Overdue[] = []
    for (const { index, peer, state, deadlineMs } of this.#works.values()) {
      if (state !== 'assigned' || peer === undefined) continue
      const load = this.#peers.get(peer)
      if (nowMs >= deadlineMs || load?.hasStalled(nowMs)) overdue.push({ index, peer, setback: 'stalled' })
      else if (load?.isSlow(nowMs) && this.#hasOther(peer, nowMs))
        overdue.push({ index, peer, setback: 'slow' })
    }
    for (const { index, peer, setback } of overdue) this.failed(index, peer, setback, nowMs)
    return overdue
  }

  /** The first block that cannot be had: it failed too often, or none of the peers has it. */
  hopeless(): { readonly index: number; readonly reason: 'attempts' | 'not_found' } | undefined {
    for (const index of this.#queue) {
      const work = this.#works.get(index)
      if (!work) continue
      if (work.attempts >= this.#limits.attempts) return { index, reason: 'attempts' }
      const isExcluded = [...this.#peers.keys()].every((peer) => work.excluded.has(peer))
      if (this.#peers.size > 0 && isExcluded)
        return { index, reason: work.attempts > 0 ? 'attempts' : 'not_found' }
    }
    return undefined
  }

  /** There has been no peer for too long. */
  isForsaken(nowMs: number): boolean {
    return this.#peers.size === 0 && nowMs - this.#aloneSinceMs >= this.#limits.noPeersMs
  }

  #begin(): number | undefined {
    const first = this.#works.keys().next().value ?? this.#begun
    if (this.#isExhausted || this.#begun - first >= this.#limits.window) return undefined
    const size = this.#nextItem()
    if (size === undefined) {
      this.#isExhausted = true
      return undefined
    }
    const index = this.#begun++
    const progress = { state: 'queued', peer: undefined, deadlineMs: 0, bytes: 0, attempts: 0 } as const
    this.#works.set(index, { index, size: size ?? undefined, ...progress, excluded: new Set() })
    this.#queue.push(index)
    return index
  }

  #give(work: Work, peer: string, nowMs: number): void {
    work.state = 'assigned'
    work.peer = peer
    work.bytes = 0
    work.deadlineMs = nowMs + this.#limits.blockMs
    this.#peers.get(peer)?.take(nowMs)
  }

  #requeue(work: Work): void {
    work.state = 'queued'
    work.peer = undefined
    const place = this.#queue.findIndex((index) => index > work.index)
    this.#queue.splice(place < 0 ? this.#queue.length : place, 0, work.index)
  }

  /** The first that is not delivered always has room, so that the download never stands still. */
  #hasRoomFor(wanted: Work): boolean {
    let bytes = this.#bytesOf(wanted)
    let isFirst = true
    for (const work of this.#works.values()) {
      if (work === wanted && isFirst) return true
      isFirst = false
      if (work.state !== 'queued') bytes += this.#bytesOf(work)
    }
    return bytes <= this.#limits.maxBytes
  }

  #bytesOf({ state, bytes, size }: Work): number {
    return state === 'done' ? bytes : Math.max(bytes, size ?? this.#typicalBytes)
  }

  /** The one with the least to do. */
  #bestPeer({ excluded }: Work, nowMs: number): string | undefined {
    let best: string | undefined
    let least = Infinity
    for (const [peer, load] of this.#peers) {
      if (load.count >= least || excluded.has(peer) || !load.canTake(nowMs)) continue
      best = peer
      least = load.count
    }
    return best
  }

  #hasOther(peer: string, nowMs: number): boolean {
    for (const [other, load] of this.#peers) if (other !== peer && load.canTake(nowMs)) return true
    return false
  }
}
