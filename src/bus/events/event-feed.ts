import type { JsonObject } from '../wire/read-scalar.js'

/** Something that happened in a node. */
export interface BusEvent {
  /** Names the event among all of this feed, and of no other. */
  readonly id: string
  /** Running number, from 1. */
  readonly number: number
  readonly topic: string
  /** What is told with it. */
  readonly payload: unknown
  /** What methods answer to this very event, by their names; others are run anew. */
  readonly answers: Readonly<Record<string, (params: JsonObject) => unknown>>
}

/** Where subscriptions learn what happens. */
export interface EventSource {
  /** The latest event; an id of this feed even when there is none. */
  readonly lastId: string
  /** Listens to a topic; the result ends it. */
  on(topic: string, listener: (event: BusEvent) => void): () => void
  /** Events after the one named, oldest first; undefined when some are no longer known, or the id is of another feed. */
  since(id: string): readonly BusEvent[] | undefined
}

/** Numbers events, tells them to listeners and remembers the latest. */
export class EventFeed implements EventSource {
  readonly #epoch: string
  readonly #capacity: number
  readonly #ring: BusEvent[] = []
  readonly #listeners = new Map<string, Set<(event: BusEvent) => void>>()
  #last = 0

  /** `epoch` tells this feed from that of a former run, such as the time of the start. */
  constructor(epoch: string, capacity = 1_024) {
    this.#epoch = epoch
    this.#capacity = capacity
  }

  get lastId(): string {
    return this.#idOf(this.#last)
  }

  emit(topic: string, payload: unknown = {}, answers: BusEvent['answers'] = {}): void {
    this.#last += 1
    const event = { id: this.lastId, number: this.#last, topic, payload, answers }
    this.#ring.push(event)
    if (this.#ring.length > this.#capacity) this.#ring.shift()
    for (const listener of [...(this.#listeners.get(topic) ?? [])]) listener(event)
  }

  on(topic: string, listener: (event: BusEvent) => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set()
    this.#listeners.set(topic, listeners.add(listener))
    return () => {
      listeners.delete(listener)
    }
  }

  since(id: string): readonly BusEvent[] | undefined {
    const number = Number(/^\d+$/.exec(id.slice(this.#epoch.length + 1))?.[0] ?? NaN)
    const isOurs = id === this.#idOf(number) && number <= this.#last
    const oldest = this.#ring[0]?.number ?? this.#last + 1
    if (!isOurs || number < oldest - 1) return undefined
    return this.#ring.slice(number - oldest + 1)
  }

  #idOf(number: number): string {
    return `${this.#epoch}-${number}`
  }
}
