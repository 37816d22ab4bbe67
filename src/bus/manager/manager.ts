import type { ApiError } from '../../api/errors.js'
import type { Clock } from '../../time/clock.js'
import { CompoundMethods } from '../host/compound-methods.js'
import type { BusCaller, MethodDirectory, OfferedMethod } from '../host/offered-method.js'
import { HostAnswerer } from '../host/host-answerer.js'
import { Watchers } from '../host/watchers.js'
import type { Connection } from '../link/connection.js'
import type { Answerer } from '../link/connection-options.js'
import type { Log } from '../log.js'
import type { Notification } from '../wire/message.js'
import { PROTOCOL_VERSION } from '../wire/protocol-version.js'
import { managerMethods } from './manager-methods.js'
import { Registry } from './registry.js'

export interface ManagerOptions {
  readonly clock: Clock
  readonly log: Log
  /** Methods that the program around the manager offers itself: a node's, the storage's. */
  readonly methods: readonly OfferedMethod[]
  /** Domain of those methods in listings. */
  readonly domain: string
  /** Roles of that program, with their versions. */
  readonly roles: Readonly<Record<string, readonly string[]>>
  /** Where it listens. */
  readonly place: { readonly ip: string; readonly port: number }
  /** A module waits so long for the roles it needs. */
  readonly dependencyTimeoutMs: number
  /** Tells a stranger how to become trusted. */
  readonly unauthorized: () => ApiError
  /** Run no further method of a request after one has failed. */
  readonly stopOnError: boolean
  readonly onNotification?: (notification: Notification, from: Connection) => void
}

/** Knows the modules, passes their calls on, and offers what its program offers. */
export class Manager implements MethodDirectory {
  readonly registry: Registry
  readonly compounds: CompoundMethods
  /** Those who want to know when the set of modules or methods changes. */
  readonly changes = new Watchers()
  readonly #options: ManagerOptions
  readonly #own: ReadonlyMap<string, OfferedMethod>

  constructor(options: ManagerOptions) {
    this.#options = options
    const own = [...options.methods, ...managerMethods(this)]
    this.#own = new Map(own.map((method) => [method.info.name, method]))
    this.registry = new Registry({
      clock: options.clock,
      log: options.log,
      dependencyTimeoutMs: options.dependencyTimeoutMs,
      ownRoles: { Role_Manager: [PROTOCOL_VERSION], ...options.roles },
      ownPlace: options.place,
      isTaken: (name) => this.#own.has(name) || this.compounds.find(name) !== undefined,
      onChange: () => this.changes.fire(),
    })
    const real = { find: (name: string) => this.#own.get(name) ?? this.registry.find(name) }
    this.compounds = new CompoundMethods(real, () => this.changes.fire())
  }

  find(name: string): OfferedMethod | undefined {
    return this.#own.get(name) ?? this.registry.find(name) ?? this.compounds.find(name)
  }

  /** Every method, once for each module that offers it, with the domain of the module. */
  offers(): { readonly domain: string; readonly method: OfferedMethod }[] {
    const { domain } = this.#options
    const mine = [...this.#own.values(), ...this.compounds.list()]
    return [...mine.map((method) => ({ domain, method })), ...this.registry.offers()]
  }

  /** Answers one connection. */
  answerer(connection: Connection, caller: BusCaller): Answerer {
    const { clock, log, unauthorized, stopOnError } = this.#options
    return new HostAnswerer({
      directory: this,
      compounds: this.compounds,
      connection,
      caller,
      clock,
      log,
      unauthorized,
      stopOnError,
      onNotification: (notification) => this.#notified(notification, connection),
    })
  }

  #notified(notification: Notification, connection: Connection): void {
    const { notificationType, comment } = notification
    this.#options.log.warn({ peer: connection.peerName, notificationType, comment }, 'a module notifies')
    this.#options.onNotification?.(notification, connection)
  }
}
