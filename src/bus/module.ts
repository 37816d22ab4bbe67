import { ApiError } from '../api/errors.js'
import { messageOf } from '../base/errors.js'
import { BusError } from './bus-error.js'
import { type Clock, systemClock } from '../time/clock.js'
import { DirectLinks } from './direct-links.js'
import { CompoundMethods } from './host/compound-methods.js'
import { HostAnswerer } from './host/host-answerer.js'
import type { BusCaller } from './host/offered-method.js'
import type { Connection } from './link/connection.js'
import type { Answerer } from './link/connection-options.js'
import { Link } from './link/link.js'
import {
  type CallOptions,
  callMethod,
  subscribe as subscribeTo,
  type SubscribeOptions,
} from './link/request.js'
import { type ModuleUpdate, updatesOf } from './link/updates.js'
import { DEFAULT_LIMITS } from './limits.js'
import { type Log, silentLog } from './log.js'
import { registrationParams } from './manager/registration.js'
import type { Dependencies } from './manager/registry.js'
import { ModuleDoor } from './module-door.js'
import { ModuleMethods } from './module-methods.js'
import type { ModuleCallOptions, ModuleOptions } from './module-options.js'
import { appendErrorLog } from './storage/error-log.js'
import { type LogEvent, LogReporter } from './storage/log-reporter.js'
import type { NegotiateConnectionResponse } from './wire/message.js'
import { isObject, type JsonObject } from './wire/read-scalar.js'
import {
  compoundData,
  type CompoundFields,
  notificationData,
  type NotificationFields,
  unregisterCompoundData,
} from './wire/write-message.js'

const REGISTER_TIMEOUT_MS = 180_000

/** A program on the bus: offers methods to other modules, calls theirs, and follows them. */
export class Module {
  /** The roles it depends on, and where they are. */
  dependencies: Dependencies = {}
  readonly #options: ModuleOptions
  readonly #methods: ModuleMethods
  readonly #compounds: CompoundMethods
  readonly #virtual = new Map<string, CompoundFields>()
  readonly #link: Link
  readonly #clock: Clock
  readonly #log: Log
  readonly #reporter: LogReporter
  readonly #direct: DirectLinks
  #door: ModuleDoor | undefined

  constructor(options: ModuleOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#log = options.log ?? silentLog
    this.#methods = new ModuleMethods(options.methods ?? {})
    this.#compounds = new CompoundMethods(this.#methods, () => void this.#registerAgain())
    this.#reporter = new LogReporter(options.name, this.#log)
    const link = {
      identity: { abbreviation: options.name, compressionRate: options.compressionRate ?? 0 },
      headers: options.adminToken === undefined ? {} : { authorization: `Bearer ${options.adminToken}` },
      answerer: (connection: Connection) => this.#answerer(connection, { connection, isTrusted: true }),
      limits: { ...DEFAULT_LIMITS, messagesPerSecond: 0, maxSubscriptions: 100_000, ...options.limits },
      clock: this.#clock,
      random: options.random ?? Math.random,
      log: this.#log,
      onNegotiated: (response: NegotiateConnectionResponse) => this.#negotiated(response),
      ...(options.negotiationPauseMs === undefined ? {} : { negotiationPauseMs: options.negotiationPauseMs }),
      ...(options.maxPauseMs === undefined ? {} : { maxPauseMs: options.maxPauseMs }),
    }
    this.#direct = new DirectLinks(link, (role, error) => this.#cannotUse(role, error))
    this.#link = new Link({
      ...link,
      url: options.manager,
      onUp: (connection) => this.#connected(connection),
      onUnreachable: () => this.#cannotWork('it cannot be reached'),
    })
  }

  get isUp(): boolean {
    return this.#link.isUp
  }

  /**
   * Connects and registers; from then on the module comes back by itself whenever the manager does.
   * @throws {BusError} when the manager refuses it for good. @throws {Error} when there is no port to listen on
   */
  async start(): Promise<void> {
    const { listen, name, adminToken } = this.#options
    if (listen) {
      const door = { ...listen, name, adminToken, log: this.#log, clock: this.#clock }
      this.#door = await ModuleDoor.open(door, (connection, caller) => this.#answerer(connection, caller))
    }
    try {
      await this.#link.start()
    } catch (error) {
      if (error instanceof BusError && error.code !== 'ABORTED') this.#cannotWork(error.message)
      throw error
    }
  }

  async stop(): Promise<void> {
    await this.#direct.close()
    await this.#link.close()
    await this.#door?.close()
  }

  /** Runs a method of whichever module offers it. @throws {BusError} */
  async call(method: string, params: JsonObject = {}, options: ModuleCallOptions = {}): Promise<unknown> {
    const results = await this.#linkTo(options.role).request([{ method, params }], options)
    return results[method]
  }

  /** Runs several methods in order. @throws {BusError} when one of them fails */
  callAll(methods: Readonly<Record<string, JsonObject>>, options: CallOptions = {}): Promise<JsonObject> {
    const calls = Object.entries(methods).map(([method, params]) => ({ method, params }))
    return this.#link.request(calls, options) as Promise<JsonObject>
  }

  /** The answers of a method, now and after every change; ends with its signal. @throws {BusError} */
  subscribe(
    method: string,
    params: JsonObject = {},
    options: SubscribeOptions & ModuleCallOptions = { everyEvents: 1 },
  ): AsyncGenerator<ModuleUpdate, void, undefined> {
    return updatesOf(this.#linkTo(options.role), method, params, options)
  }

  /** Tells subscribers that the answer of one of our methods may differ now. */
  changed(method: string): void {
    this.#methods.changed(method)
  }

  /** Offers a virtual method at the manager: one call that runs several methods. It is offered again after reconnects. */
  async registerCompound(fields: CompoundFields): Promise<void> {
    this.#virtual.set(fields.name, fields)
    const connection = await this.#link.connection(DEFAULT_LIMITS.requestTimeoutMs)
    connection.post('RegisterCompoundMethod', compoundData(fields))
  }

  /** An empty name takes back all virtual methods of ours. */
  async unregisterCompound(name: string): Promise<void> {
    if (name === '') this.#virtual.clear()
    else this.#virtual.delete(name)
    const connection = await this.#link.connection(DEFAULT_LIMITS.requestTimeoutMs)
    connection.post('UnregisterCompoundMethod', unregisterCompoundData(name))
  }

  async notify(fields: NotificationFields): Promise<void> {
    const connection = await this.#link.connection(DEFAULT_LIMITS.requestTimeoutMs)
    connection.post('Notification', notificationData(fields))
  }

  /** An entry in the log of the bus; waits while nobody keeps one. */
  logEvent(event: LogEvent): void {
    this.#reporter.report(event)
  }

  #linkTo(role: string | undefined): Link {
    return (role === undefined ? undefined : this.#direct.of(role, this.dependencies)) ?? this.#link
  }

  async #connected(connection: Connection): Promise<void> {
    await this.#register(connection)
    this.#reporter.connected(connection)
    for (const fields of this.#virtual.values())
      connection.post('RegisterCompoundMethod', compoundData(fields))
    this.#follow(connection)
  }

  async #register(connection: Connection): Promise<void> {
    const { registerTimeoutMs: timeoutMs = REGISTER_TIMEOUT_MS } = this.#options
    this.#take(await callMethod(connection, 'RegisterAPI', this.#registration(), { timeoutMs }))
  }

  /** The manager tells when the modules we depend on move; one that does not know how refuses, and that is no harm. */
  #follow(connection: Connection): void {
    const { registerTimeoutMs: timeoutMs = REGISTER_TIMEOUT_MS, dependencies = {} } = this.#options
    if (Object.keys(dependencies).length === 0) return
    const calls = [{ method: 'RegisterAPI', params: this.#registration() }]
    const subscription = subscribeTo(
      connection,
      calls,
      { everyEvents: 1, timeoutMs },
      {
        onUpdate: ({ results }) => this.#take(results['RegisterAPI']),
        onFailure: () => undefined,
      },
    )
    subscription.first.catch((error: unknown) => {
      this.#log.debug({ fault: messageOf(error) }, 'the manager does not tell of changes')
    })
  }

  #take(result: unknown): void {
    const dependencies = isObject(result) ? result['Dependencies'] : undefined
    if (!isObject(dependencies)) return
    this.dependencies = dependencies as unknown as Dependencies
    this.#direct.keepOnly(this.dependencies)
  }

  async #registerAgain(): Promise<void> {
    try {
      const connection = await this.#link.connection(DEFAULT_LIMITS.requestTimeoutMs)
      await this.#register(connection)
    } catch (error) {
      this.#log.warn({ fault: messageOf(error) }, 'cannot register anew')
    }
  }

  #registration(): JsonObject {
    const { name, role = `Role_${name}`, version = '1.0', domain = '', dependencies = {} } = this.#options
    const { ip, port } = this.#door?.place ?? { ip: '127.0.0.1', port: 0 }
    const roles = typeof role === 'string' ? [role] : role
    return registrationParams({
      abbreviation: name,
      name,
      domain,
      version,
      roles: Object.fromEntries(roles.map((one) => [one, [version]])),
      dependencies,
      ip,
      port: String(port),
      methods: [...this.#methods.list(), ...this.#compounds.list()].map(({ info }) => info),
    })
  }

  #answerer(connection: Connection, caller: BusCaller): Answerer {
    return new HostAnswerer({
      connection,
      directory: { find: (name) => this.#methods.find(name) ?? this.#compounds.find(name) },
      compounds: this.#compounds,
      caller,
      clock: this.#clock,
      log: this.#log,
      unauthorized: () => new ApiError('UNAUTHORIZED'),
      stopOnError: this.#options.stopOnError ?? false,
      onNotification: (notification) => this.#options.onNotification?.(notification),
    })
  }

  /** A module that we depend on will not talk to us: the manager is told. */
  #cannotUse(role: string, { message }: BusError): void {
    const { name } = this.#options
    const comment = `${name} cannot work with ${role}: ${message}`
    this.logEvent({
      level: 1,
      messageType: 'NegotiateConnectionResponse',
      messageId: role,
      comments: comment,
    })
    this.notify({ notificationType: 'ModuleFailure', comment, data: { Role: role } }).catch(() =>
      this.#cannotWork(comment),
    )
  }

  #negotiated({ id, isAccepted, comment }: NegotiateConnectionResponse): void {
    this.logEvent({
      level: isAccepted ? 4 : 2,
      messageType: 'NegotiateConnectionResponse',
      messageId: id,
      comments: `Negotiation with ${this.#options.manager} ${isAccepted ? 'ok' : `failed: ${comment}`}`,
    })
  }

  /** The manager itself is what we cannot have, so only a file is left to tell. */
  #cannotWork(why: string): void {
    const { errorLog = 'Error.log', name, manager } = this.#options
    if (errorLog === '') return
    const description = `${name} cannot work with the manager at ${manager}: ${why}`
    appendErrorLog(errorLog, { timeMs: this.#clock.now(), id: name, description })
  }
}
