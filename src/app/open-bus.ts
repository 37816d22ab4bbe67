import type { Server } from 'node:http'
import type { AccessRules } from '../access/access.js'
import { TOPICS, type Topic } from '../api/topics.js'
import { type Bus, attachBus, EventFeed, tableMethods } from '../bus/index.js'
import type { NodeRecord } from '../nodes/record.js'
import type { Logger } from './log.js'
import type { NodeEvents } from './node-events.js'
import type { Operations } from './operations.js'

export interface OpenBusOptions {
  readonly server: Server
  readonly operations: Operations
  readonly events: NodeEvents
  readonly self: NodeRecord
  readonly access: AccessRules
  readonly log: Logger
  /** Tells this run's events from those of an earlier one, in ms since 1970. */
  readonly startedMs: number
}

/** Opens the bus on the port of the node: the same operations as over REST, and what happens as it happens. */
export function openBus({ server, operations, events, self, access, log, startedMs }: OpenBusOptions): Bus {
  const feed = new EventFeed(String(startedMs))
  for (const topic of Object.keys(TOPICS) as Topic[])
    events.on(topic, (payload: unknown) => feed.emit(topic, payload))
  return attachBus(server, {
    name: 'node',
    methods: tableMethods(operations.table, operations.dispatch, feed),
    place: { ip: self.ip_address, port: self.port },
    access,
    log: log.child({ door: 'bus' }),
  })
}
