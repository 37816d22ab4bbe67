import { busError } from '../bus-error.js'
import type { Clock } from '../../time/clock.js'
import type { OfferedMethod } from '../host/offered-method.js'
import type { Connection } from '../link/connection.js'
import type { Log } from '../log.js'
import { satisfies } from '../wire/protocol-version.js'
import type { Registration } from './registration.js'
import { Route } from './route.js'

/** Where a role is to be had. */
export interface RolePlace {
  readonly IP: string
  readonly Port: string
  readonly APIVersion: string
}

export type Dependencies = Readonly<Record<string, RolePlace>>

interface Entry {
  readonly connection: Connection
  readonly registration: Registration
  /** Its dependencies are there, so its methods may be called. */
  isActive: boolean
}

export interface RegistryOptions {
  readonly clock: Clock
  readonly log: Log
  /** A module waits so long for the roles it needs. */
  readonly dependencyTimeoutMs: number
  /** Roles that the manager plays itself. */
  readonly ownRoles: Readonly<Record<string, readonly string[]>>
  readonly ownPlace: { readonly ip: string; readonly port: number }
  /** Names that no module may take. */
  readonly isTaken: (name: string) => boolean
  readonly onChange: () => void
}

const CLOSE_AFTER_REFUSAL_MS = 50

/** The modules of one manager: who is there, who needs whom, who offers what. */
export class Registry {
  readonly #options: RegistryOptions
  readonly #entries = new Map<Connection, Entry>()
  readonly #routes = new Map<string, Route>()
  readonly #waiting = new Set<() => void>()

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  find(name: string): OfferedMethod | undefined {
    const route = this.#routes.get(name)
    if (!route?.isDead) return route
    this.#routes.delete(name)
    return undefined
  }

  /** Everything that modules offer now, with the domain of its module. */
  offers(): { readonly domain: string; readonly method: OfferedMethod }[] {
    return [...this.#entries.values()]
      .filter(({ isActive }) => isActive)
      .flatMap(({ registration }) =>
        registration.methods.flatMap(({ name }) => {
          const method = this.#routes.get(name)
          return method ? [{ domain: registration.domain, method }] : []
        }),
      )
  }

  /** Those of the modules that are registered. */
  connections(): readonly Connection[] {
    return [...this.#entries.keys()]
  }

  /**
   * Takes a module in, in place of what its connection registered before. Resolves when all roles it needs are there.
   * @throws {BusError} METHOD_EXISTS, or DEPENDENCIES_NOT_FOUND after the time; then the connection is closed
   */
  async register(connection: Connection, registration: Registration): Promise<Dependencies> {
    this.#checkNames(connection, registration)
    const wasKnown = this.#entries.has(connection)
    this.#drop(connection)
    const entry: Entry = { connection, registration, isActive: false }
    this.#entries.set(connection, entry)
    if (!wasKnown) connection.onClose(() => this.#lost(connection))
    for (const check of [...this.#waiting]) check()
    try {
      await this.#allDependencies(entry)
    } catch (error) {
      this.#entries.delete(connection)
      this.#options.clock.after(CLOSE_AFTER_REFUSAL_MS, () => connection.close('dependencies not found'))
      throw error
    }
    if (this.#entries.get(connection) === entry) this.#activate(entry)
    return this.dependenciesOf(connection)
  }

  /** The roles that the module on this connection needs, and where they are. */
  dependenciesOf(connection: Connection): Dependencies {
    const wanted = this.#entries.get(connection)?.registration.dependencies ?? {}
    const places = Object.entries(wanted).map(
      ([role, version]) => [role, this.#place(role, version) ?? nowhere(version)] as const,
    )
    return Object.fromEntries(places)
  }

  #activate(entry: Entry): void {
    const { connection, registration } = entry
    entry.isActive = true
    for (const info of registration.methods) {
      const route = this.#routes.get(info.name) ?? new Route(info)
      this.#routes.set(info.name, route)
      route.add(connection, info)
    }
    const { abbreviation, methods } = registration
    this.#options.log.info({ module: abbreviation, methods: methods.length }, 'a module registered')
    this.#options.onChange()
  }

  /** Equal modules, which play the same role, may offer the same methods; others may not. */
  #checkNames(connection: Connection, registration: Registration): void {
    const seen = new Set<string>()
    for (const { name } of registration.methods) {
      const others = this.#routes.get(name)?.providers.filter((provider) => provider !== connection) ?? []
      const isRival = others.some((other) => !this.#isEqual(other, registration))
      if (seen.has(name) || this.#options.isTaken(name) || isRival)
        throw busError('METHOD_EXISTS', `there is a method ${JSON.stringify(name)} already`)
      seen.add(name)
    }
  }

  #isEqual(connection: Connection, { roles }: Registration): boolean {
    const theirs = this.#entries.get(connection)?.registration.roles ?? {}
    return Object.keys(roles).some((role) => role in theirs)
  }

  #place(role: string, version: string): RolePlace | undefined {
    const enough = (versions: readonly string[]): string | undefined =>
      versions.find((one) => version === '' || satisfies(one, version))
    for (const { registration } of this.#entries.values()) {
      const found = enough(registration.roles[role] ?? [])
      if (found !== undefined) return { IP: registration.ip, Port: registration.port, APIVersion: found }
    }
    const { ownRoles, ownPlace } = this.#options
    const own = enough(ownRoles[role] ?? [])
    return own === undefined ? undefined : { IP: ownPlace.ip, Port: String(ownPlace.port), APIVersion: own }
  }

  /** Modules that wait themselves count too, so that two can need each other. */
  async #allDependencies(entry: Entry): Promise<void> {
    const missing = (): [string, string][] =>
      Object.entries(entry.registration.dependencies).filter(([role, version]) => !this.#place(role, version))
    if (missing().length === 0) return
    const { clock, dependencyTimeoutMs } = this.#options
    await new Promise<void>((resolve, reject) => {
      const check = (): void => {
        const isGone = this.#entries.get(entry.connection) !== entry
        if (!isGone && missing().length > 0) return
        settle()
        if (isGone) reject(busError('DISCONNECTED', 'the module registered anew or is gone'))
        else resolve()
      }
      const stopTimer = clock.after(dependencyTimeoutMs, () => {
        settle()
        reject(notFound(missing()))
      })
      const settle = (): void => {
        stopTimer()
        this.#waiting.delete(check)
      }
      this.#waiting.add(check)
    })
  }

  #drop(connection: Connection): Entry | undefined {
    const entry = this.#entries.get(connection)
    if (!entry) return undefined
    this.#entries.delete(connection)
    for (const { name } of entry.registration.methods) {
      this.#routes.get(name)?.remove(connection)
      this.find(name)
    }
    return entry
  }

  /** Those who needed the module register again: they cannot work without. */
  #lost(connection: Connection): void {
    const entry = this.#drop(connection)
    for (const check of [...this.#waiting]) check()
    if (!entry) return
    const { abbreviation, roles } = entry.registration
    this.#options.log.info({ module: abbreviation }, 'a module is gone')
    for (const other of [...this.#entries.values()]) {
      const lacks = Object.entries(other.registration.dependencies).some(
        ([role, version]) => role in roles && !this.#place(role, version),
      )
      if (lacks && other.isActive) other.connection.close(`${abbreviation} is gone`)
    }
    this.#options.onChange()
  }
}

function nowhere(version: string): RolePlace {
  return { IP: '', Port: '', APIVersion: version }
}

function notFound(missing: readonly (readonly [string, string])[]): Error {
  const roles = missing.map(([role, version]) => `${role} ${version}`.trim()).join(', ')
  const places = Object.fromEntries(missing.map(([role, version]) => [role, nowhere(version)]))
  return busError('DEPENDENCIES_NOT_FOUND', `no module plays ${roles}`, { Dependencies: places })
}
