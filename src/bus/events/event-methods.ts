import type { OfferedMethod, Watch, Watching } from '../host/offered-method.js'
import { Watchers } from '../host/watchers.js'
import type { BusEvent, EventSource } from './event-feed.js'

/** A method for each topic, such as `events.chain.tip`: what its latest event told, and every one that comes. */
export function eventMethods(
  events: EventSource,
  topics: Readonly<Record<string, string>>,
): readonly OfferedMethod[] {
  return Object.entries(topics).map(([topic, description]) => eventMethod(events, topic, description))
}

function eventMethod(events: EventSource, topic: string, description: string): OfferedMethod {
  const watchers = new Watchers()
  let last: BusEvent | undefined
  const occurrence = (event: BusEvent) => ({ event: event.id, answer: () => event.payload })
  events.on(topic, (event) => {
    last = event
    watchers.fire(occurrence(event))
  })
  return {
    info: {
      name: `events.${topic}`,
      description,
      scope: 'public',
      minEvent: 1,
      minPeriod: 0,
      parameters: [],
    },
    call: () => last?.payload ?? null,
    watch(watch: Watch): Watching {
      const { lastEvent, everyEvents } = watch
      if (lastEvent === undefined) return watchers.add(watch)
      const missed = lastEvent === '' ? [] : events.since(lastEvent)
      const relevant = (missed ?? []).filter((event) => event.topic === topic)
      const due = relevant.filter((_, i) => (i + 1) % everyEvents === 0).map(occurrence)
      const now = { event: events.lastId, missedEvents: missed === undefined }
      return watchers.add(watch, due.length > 0 ? due : [now], relevant.length % everyEvents)
    },
  }
}
