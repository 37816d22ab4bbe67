import type { OfferedMethod } from '../host/offered-method.js'
import type { BusEvent, EventSource } from './event-feed.js'
import { topicMethod } from './topic-method.js'

/** A method for each topic, such as `events.chain.tip`: what its latest event told, and every one that comes. */
export function eventMethods(
  events: EventSource,
  topics: Readonly<Record<string, string>>,
): readonly OfferedMethod[] {
  return Object.entries(topics).map(([topic, description]) => {
    let last: BusEvent | undefined
    events.on(topic, (event) => (last = event))
    return topicMethod({
      info: { name: `events.${topic}`, description, parameters: [] },
      events,
      topic,
      call: () => last?.payload ?? null,
      answer: ({ payload }) => payload,
    })
  })
}
