import { type HeaderTree, parentOf, requireEntry, type TreeEntry } from '../ledger/header-tree.js'
import { reorgPath } from '../ledger/fork-choice.js'
import type { Block } from '../ledger/block.js'
import type { HeaderIndex } from './locator.js'
import type { PeerState } from './peer-book.js'

/** Places in a plan, `end` not included. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** A range that was asked of a node. */
export interface Flight extends Range {
  readonly state: PeerState
  readonly startedMs: number
}

/** Blocks that came from one node. */
export interface Batch extends Range {
  readonly state: PeerState
  readonly blocks: readonly Block[]
}

/**
 * The blocks that are missing up to one header, in the order in which they are to be taken in: which were asked of whom,
 * which have come, which come next.
 */
export class Plan {
  /** Hash of the last block. */
  readonly target: string
  readonly hashes: readonly string[]
  readonly #places: ReadonlyMap<string, number>
  readonly #flights = new Map<number, Flight>()
  readonly #arrived = new Map<number, Batch>()
  /** Ranges to be asked for again, the lowest first. */
  #returned: Range[] = []
  readonly #servers: PeerState[] = []
  #unasked = 0
  #done = 0

  constructor(index: HeaderTree, from: TreeEntry | undefined, target: TreeEntry) {
    this.target = target.header.hash
    const path = reorgPath(index, from, target).connect
    this.hashes = path.filter((hash) => !requireEntry(index, hash).hasBody)
    this.#places = new Map(this.hashes.map((hash, place) => [hash, place]))
  }

  get isDone(): boolean {
    return this.#done === this.hashes.length
  }

  /** Ranges under way or waiting for their turn. */
  get open(): number {
    return this.#flights.size + this.#arrived.size
  }

  get isAsking(): boolean {
    return this.#flights.size > 0
  }

  /** How many of the blocks, from the first on, a node has whose chain ends in `best`. */
  heldBy(best: string | undefined, index: HeaderIndex): number {
    let at = best === undefined ? undefined : index.entry(best)
    while (at) {
      const place = this.#places.get(at.header.hash)
      if (place !== undefined) return place + 1
      if (at.hasBody) return 0
      at = parentOf(index, at)
    }
    return 0
  }

  /** What to ask next of a node that has the first `held` blocks; undefined when nothing of it is left. */
  take(held: number, count: number): Range | undefined {
    const [first] = this.#returned
    if (first && first.start < held) return this.#takeReturned(first, Math.min(held, first.start + count))
    if (this.#unasked >= held) return undefined
    const start = this.#unasked
    this.#unasked = Math.min(held, start + count, this.hashes.length)
    return { start, end: this.#unasked }
  }

  /** Whether the block that all others wait for was asked of nobody. */
  get isHeadUnasked(): boolean {
    return this.#returned[0]?.start === this.#done || this.#unasked === this.#done
  }

  /** The range that all others wait for, when it is under way. */
  get head(): Flight | undefined {
    return this.#flights.get(this.#done)
  }

  asked(flight: Flight): void {
    this.#flights.set(flight.start, flight)
  }

  /** Whether somebody still waits for the answer. */
  isOpen(flight: Flight): boolean {
    return this.#flights.get(flight.start) === flight
  }

  /** The range is to be asked of another node. */
  giveBack(flight: Flight): void {
    if (!this.isOpen(flight)) return
    this.#flights.delete(flight.start)
    this.#return(flight)
  }

  arrived(flight: Flight, blocks: readonly Block[]): void {
    const end = flight.start + blocks.length
    this.#flights.delete(flight.start)
    this.#arrived.set(flight.start, { start: flight.start, end, state: flight.state, blocks })
    if (end < flight.end) this.#return({ start: end, end: flight.end })
  }

  /** The blocks whose turn it is, if they are here. */
  nextBatch(): Batch | undefined {
    const batch = this.#arrived.get(this.#done)
    this.#arrived.delete(this.#done)
    return batch
  }

  takenIn(batch: Batch): void {
    this.#served(batch.state, batch.start, batch.end)
  }

  /** Who sent the block of a place, if it was taken in. */
  serverOf(place: number): PeerState | undefined {
    return this.#servers[place]
  }

  /** Of this batch only the first blocks were taken in. */
  refused(batch: Batch, taken: number): void {
    this.#served(batch.state, batch.start, batch.start + taken)
    this.#return({ start: this.#done, end: batch.end })
  }

  #served(state: PeerState, start: number, end: number): void {
    for (let place = start; place < end; place++) this.#servers[place] = state
    this.#done = end
  }

  #takeReturned(range: Range, end: number): Range {
    this.#returned.shift()
    if (end >= range.end) return range
    this.#return({ start: end, end: range.end })
    return { start: range.start, end }
  }

  #return({ start, end }: Range): void {
    this.#returned.push({ start, end })
    this.#returned.sort((a, b) => a.start - b.start)
  }
}
