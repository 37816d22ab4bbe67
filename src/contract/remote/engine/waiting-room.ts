import { Heap } from '../../../ledger/heap.js'
import type { Live } from './lease.js'

interface Ticket {
  readonly live: Live
  /** By the monotonic clock. */
  readonly atMs: number
}

/** Those without a record before those with one, each in their order. */
export function comesBefore(a: Live, b: Live): boolean {
  const [recordA, recordB] = [a.row.extra === 0, b.row.extra === 0]
  if (recordA !== recordB) return recordB
  return recordA ? a.row.ordinal < b.row.ordinal : a.row.extra < b.row.extra
}

/** Invocations that nobody works on: those that may be tried now, and those that may later. */
export class WaitingRoom {
  /** The only tickets that count. */
  readonly #tickets = new Map<Live, Ticket>()
  readonly #due = new Heap<Ticket>((a, b) => comesBefore(a.live, b.live))
  readonly #later = new Heap<Ticket>((a, b) => a.atMs < b.atMs)

  get size(): number {
    return this.#tickets.size
  }

  /** Not to be taken before `atMs`. */
  enter(live: Live, atMs: number): void {
    const ticket = { live, atMs }
    this.#tickets.set(live, ticket)
    this.#later.push(ticket)
  }

  leave(live: Live): void {
    this.#tickets.delete(live)
  }

  /** The first in order that may be tried now; it stays. */
  firstDue(nowMs: number): Live | undefined {
    this.#promote(nowMs)
    return this.#top(this.#due)?.live
  }

  /** The first in order, whether it may be tried now or not. */
  first(): Live | undefined {
    let first: Live | undefined
    for (const live of this.#tickets.keys()) if (!first || comesBefore(live, first)) first = live
    return first
  }

  /** When the next one may be tried that may not yet; Infinity: none waits for that. */
  nextMs(nowMs: number): number {
    this.#promote(nowMs)
    return this.#top(this.#later)?.atMs ?? Infinity
  }

  #promote(nowMs: number): void {
    for (let next = this.#top(this.#later); next && next.atMs <= nowMs; next = this.#top(this.#later)) {
      this.#later.pop()
      this.#due.push(next)
    }
  }

  /** Without those that have left since. */
  #top(heap: Heap<Ticket>): Ticket | undefined {
    for (let first = heap.first; first; first = heap.first) {
      if (this.#tickets.get(first.live) === first) return first
      heap.pop()
    }
    return undefined
  }
}
