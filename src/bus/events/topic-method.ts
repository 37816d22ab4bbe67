import type { MethodInfo, Occurrence, OfferedMethod, Watch } from '../host/offered-method.js'
import { Watchers } from '../host/watchers.js'
import type { BusEvent, EventSource } from './event-feed.js'

export interface TopicMethodOptions {
  readonly info: Pick<MethodInfo, 'name' | 'description' | 'parameters'>
  readonly events: EventSource
  readonly topic: string
  readonly call: OfferedMethod['call']
  /** What an event is answered with. */
  readonly answer: (event: BusEvent) => unknown
  /** What a new subscriber is answered with, as things stand when it comes. Default: what a call answers. */
  readonly now?: () => () => unknown
}

/** A method that follows one topic: a subscription gets every event, in order, with what belongs to that very event. */
export function topicMethod(options: TopicMethodOptions): OfferedMethod {
  const { info, events, topic, call, now } = options
  const watchers = new Watchers()
  const occurrence = (event: BusEvent): Occurrence => ({
    event: event.id,
    answer: once(() => options.answer(event)),
  })
  events.on(topic, (event) => watchers.fire(occurrence(event)))
  return {
    info: { scope: 'public', minEvent: 1, minPeriod: 0, ...info },
    call,
    watch(watch: Watch) {
      const { lastEvent, everyEvents } = watch
      const answer = now ? { answer: now() } : {}
      if (lastEvent === undefined) return watchers.add(watch, [answer])
      const missed = lastEvent === '' ? [] : events.since(lastEvent)
      const relevant = (missed ?? []).filter((event) => event.topic === topic)
      const due = relevant.filter((_, i) => (i + 1) % everyEvents === 0).map(occurrence)
      const state = { event: events.lastId, missedEvents: missed === undefined, ...answer }
      return watchers.add(watch, due.length > 0 ? due : [state], relevant.length % everyEvents)
    },
  }
}

/** Subscribers share the answer to an event. */
function once<T>(find: () => T): () => T {
  let found: { readonly value: T } | undefined
  return () => (found ??= { value: find() }).value
}
