import { busError } from '../bus-error.js'
import type { Connection } from '../link/connection.js'
import type { CompoundChild, RegisterCompoundMethod } from '../wire/message.js'
import type { JsonObject } from '../wire/read-scalar.js'
import type {
  BusCaller,
  MethodDirectory,
  MethodInfo,
  OfferedMethod,
  ParameterInfo,
  Watch,
  Watching,
} from './offered-method.js'

const MAX_PER_OWNER = 100

/** Real methods that one call of a virtual method may come to. */
const MAX_REAL_CALLS = 128

const MAX_NAME_LENGTH = 256

interface Compound extends OfferedMethod {
  readonly owner: Connection
  readonly children: readonly CompoundChild[]
}

/** The virtual methods of one host: each runs others, under parameter names of its own. */
export class CompoundMethods {
  readonly #methods = new Map<string, Compound>()
  readonly #real: MethodDirectory
  readonly #onChange: () => void

  /** `real` finds what is not virtual. */
  constructor(real: MethodDirectory, onChange: () => void) {
    this.#real = real
    this.#onChange = onChange
  }

  find(name: string): OfferedMethod | undefined {
    return this.#methods.get(name)
  }

  list(): readonly OfferedMethod[] {
    return [...this.#methods.values()]
  }

  /** @throws {BusError} why it cannot be */
  register(owner: Connection, { name, description, children }: RegisterCompoundMethod): void {
    this.#checkName(owner, name)
    const found = children.map((child) => this.#findChild(child.method))
    if (!found[0]) throw busError('NO_METHODS', `the virtual method ${JSON.stringify(name)} has no methods`)
    this.#checkSize(name, children)
    const info = compoundInfo({ name, description, children }, found)
    const find = (child: string): OfferedMethod => this.#findChild(child)
    this.#methods.set(name, { owner, children, info, ...behaviour(children, find) })
    this.#onChange()
  }

  /** An empty name means all of this owner. @throws {BusError} when there is none, or it is somebody else's */
  unregister(owner: Connection, name: string): void {
    const own = [...this.#methods.values()].filter((method) => method.owner === owner)
    const gone = name === '' ? own : own.filter(({ info }) => info.name === name)
    if (gone.length === 0 && name !== '')
      throw busError('METHOD_NOT_FOUND', `there is no virtual method ${JSON.stringify(name)} of this module`)
    for (const { info } of gone) this.#methods.delete(info.name)
    if (gone.length > 0) this.#onChange()
  }

  #checkName(owner: Connection, name: string): void {
    if (name === '' || name.length > MAX_NAME_LENGTH)
      throw busError('BAD_MESSAGE', 'the name is empty or too long')
    const existing = this.#methods.get(name)
    if (this.#real.find(name) || (existing && existing.owner !== owner))
      throw busError('METHOD_EXISTS', `there is a method ${JSON.stringify(name)} already`)
    const owned = [...this.#methods.values()].filter((method) => method.owner === owner)
    if (!existing && owned.length >= MAX_PER_OWNER)
      throw busError('TOO_MANY_REQUESTS', `${MAX_PER_OWNER} virtual methods are held`)
  }

  #findChild(name: string): OfferedMethod {
    const child = this.#real.find(name) ?? this.#methods.get(name)
    if (!child) throw busError('METHOD_NOT_FOUND', `there is no method ${JSON.stringify(name)}`)
    return child
  }

  /** Counts the real methods below; one that leads back to `name` would run for ever. */
  #checkSize(name: string, children: readonly CompoundChild[]): void {
    let count = 0
    const visit = (child: string): void => {
      if (child === name) throw busError('BAD_MESSAGE', `${JSON.stringify(name)} would call itself`)
      const below = this.#methods.get(child)?.children
      count += below ? 0 : 1
      if (count > MAX_REAL_CALLS) throw busError('BAD_MESSAGE', `more than ${MAX_REAL_CALLS} methods in one`)
      for (const { method } of below ?? []) visit(method)
    }
    for (const { method } of children) visit(method)
  }
}

/** Found anew at each call: a module may have come back in the meantime. */
function behaviour(
  children: readonly CompoundChild[],
  find: (name: string) => OfferedMethod,
): Pick<OfferedMethod, 'call' | 'watch'> {
  return {
    async call(params: JsonObject, caller: BusCaller): Promise<unknown> {
      const results: [string, unknown][] = []
      for (const { method, aliases } of children) {
        results.push([method, await find(method).call(realParams(params, aliases, children), caller)])
      }
      return Object.fromEntries(results)
    },
    watch(watch: Watch): Watching {
      const [first] = children
      const child = first && find(first.method)
      if (!first || !child?.watch) throw busError('SUBSCRIPTION_REFUSED')
      const watching = child.watch({
        ...watch,
        params: realParams(watch.params, first.aliases, children),
        // What the child answers is not what we answer.
        onOccurrence: ({ event, missedEvents = false }) => watch.onOccurrence({ event, missedEvents }),
      })
      const last = watching.start.at(-1)
      return {
        start: [{ event: last?.event, missedEvents: last?.missedEvents ?? false }],
        stop: () => watching.stop(),
      }
    },
  }
}

/** The caller's flat parameters under the names of one child; the aliases of other children are not for it. */
function realParams(
  params: JsonObject,
  aliases: Readonly<Record<string, string>>,
  children: readonly CompoundChild[],
): JsonObject {
  const allAliases = new Set(children.flatMap((child) => Object.values(child.aliases)))
  const own = Object.entries(params).filter(([name]) => !allAliases.has(name))
  const renamed = Object.entries(aliases).flatMap(([name, alias]) => {
    const value = Object.hasOwn(params, alias) ? params[alias] : undefined
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries([...own, ...renamed])
}

function compoundInfo(
  { name, description, children }: { name: string; description: string; children: readonly CompoundChild[] },
  found: readonly OfferedMethod[],
): MethodInfo {
  const first = found[0]?.info
  const parameters = found.flatMap(({ info }, i) => aliased(info.parameters, children[i]?.aliases ?? {}))
  const scopes = found.map(({ info }) => info.scope)
  return {
    name,
    description,
    minEvent: first?.minEvent ?? 0,
    minPeriod: first?.minPeriod ?? 0,
    scope: scopes.includes('private') ? 'private' : scopes.includes('admin') ? 'admin' : 'public',
    parameters: [...new Map(parameters.map((parameter) => [parameter.name, parameter])).values()],
  }
}

function aliased(
  parameters: readonly ParameterInfo[],
  aliases: Readonly<Record<string, string>>,
): ParameterInfo[] {
  return parameters.map((parameter) => ({
    ...parameter,
    name: Object.hasOwn(aliases, parameter.name) ? (aliases[parameter.name] ?? '') : parameter.name,
  }))
}
