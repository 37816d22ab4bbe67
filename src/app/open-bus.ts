import type { Server } from 'node:http'
import { join } from 'node:path'
import type { AccessRules } from '../access/access.js'
import { TOPICS, type Topic } from '../api/topics.js'
import {
  attachBus,
  type Bus,
  EventFeed,
  eventMethods,
  LogStore,
  type OfferedMethod,
  PROTOCOL_VERSION,
  STORAGE_ROLE,
  storageMethods,
  systemClock,
  tableMethods,
} from '../bus/index.js'
import type { NodeRecord } from '../nodes/record.js'
import { lastBlock } from './last-block.js'
import type { Logger } from './log.js'
import type { NodeEvents } from './node-events.js'
import type { Operations } from './operations.js'

export interface OpenBusOptions {
  readonly server: Server
  readonly operations: Operations
  readonly events: NodeEvents
  readonly self: NodeRecord
  /** Data folder of the node. */
  readonly folder: string
  /** Hash of the last block as the node starts. */
  readonly tip: string | undefined
  /** What else the node offers to other programs. */
  readonly methods?: readonly OfferedMethod[]
  readonly access: AccessRules
  readonly log: Logger
  /** Tells this run's events from those of an earlier one, in ms since 1970. */
  readonly startedMs: number
}

const LOG_FILE = 'bus.log'

/** Opens the bus on the port of the node: the same operations as over REST, what happens as it happens, and the log. */
export async function openBus(options: OpenBusOptions): Promise<Bus> {
  const { server, self, access, folder } = options
  const log = options.log.child({ door: 'bus' })
  const store = await LogStore.open({ file: join(folder, LOG_FILE), log })
  const bus = attachBus(server, {
    name: 'node',
    methods: [...nodeMethods(options), ...storageMethods(store, systemClock), ...(options.methods ?? [])],
    roles: { [STORAGE_ROLE]: [PROTOCOL_VERSION] },
    place: { ip: self.ip_address, port: self.port },
    access,
    log,
  })
  return {
    manager: bus.manager,
    get connectionCount() {
      return bus.connectionCount
    },
    async close() {
      await bus.close()
      await store.close()
    },
  }
}

function nodeMethods({ operations, events, tip, startedMs }: OpenBusOptions): readonly OfferedMethod[] {
  const { table, dispatch } = operations
  const feed = new EventFeed(String(startedMs))
  for (const topic of Object.keys(TOPICS) as Topic[])
    events.on(topic, (payload: unknown) => feed.emit(topic, payload))
  const methods = tableMethods(table, dispatch, feed)
  const get = methods.find(({ info }) => info.name === 'blocks.get')
  const read = (hash: string): Promise<unknown> => dispatch('blocks.get', { bid: hash }, {})
  const last = get ? [lastBlock(get, read, feed, tip)] : []
  const topics = Object.entries(TOPICS).map(([topic, { text }]) => [topic, text] as const)
  return [...methods, ...last, ...eventMethods(feed, Object.fromEntries(topics))]
}
