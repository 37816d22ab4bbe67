import type { Server } from 'node:http'
import { unauthorized } from '../access/access.js'
import { systemClock } from '../time/clock.js'
import { BusDoor, type DoorOptions } from './door.js'
import type { OfferedMethod } from './host/offered-method.js'
import { Manager } from './manager/manager.js'

/** `name` is also the domain of the methods in listings. */
export interface BusOptions extends DoorOptions {
  /** What the program itself offers: tableMethods(…), storageMethods(…). */
  readonly methods: readonly OfferedMethod[]
  /** Roles that the program plays, with their versions. */
  readonly roles?: Readonly<Record<string, readonly string[]>>
  /** Where the server is reached. */
  readonly place: { readonly ip: string; readonly port: number }
  readonly dependencyTimeoutMs?: number
  /** Run no further method of a request after one has failed. */
  readonly stopOnError?: boolean
}

export interface Bus {
  readonly manager: Manager
  readonly connectionCount: number
  /** Closes all connections; the HTTP server goes on. */
  close(): Promise<void>
}

const DEPENDENCY_TIMEOUT_MS = 10_000

/** Opens the bus on an HTTP server: any WebSocket that may use the node, at any path. */
export function attachBus(server: Server, options: BusOptions): Bus {
  const { access, name: domain, methods, roles = {}, place, log, clock = systemClock } = options
  const manager = new Manager({
    clock,
    log,
    methods,
    domain,
    roles,
    place,
    dependencyTimeoutMs: options.dependencyTimeoutMs ?? DEPENDENCY_TIMEOUT_MS,
    unauthorized: () => unauthorized(access),
    stopOnError: options.stopOnError ?? false,
  })
  const door = new BusDoor(server, options, (connection, caller) => manager.answerer(connection, caller))
  return {
    manager,
    get connectionCount() {
      return door.connections.size
    },
    close: () => door.close(),
  }
}
