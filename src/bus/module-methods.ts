import type { Scope } from '../api/method.js'
import type { BusCaller, OfferedMethod, ParameterInfo } from './host/offered-method.js'
import { Watchers } from './host/watchers.js'
import { parameterCheck } from './manager/parameter-check.js'
import type { JsonObject } from './wire/read-scalar.js'

/** What the author of a module writes for a method: a function, or more about it. */
export type ModuleMethod = MethodFunction | DescribedMethod

export type MethodFunction = (params: JsonObject, caller: BusCaller) => unknown

export interface DescribedMethod {
  readonly run: MethodFunction
  readonly description?: string
  /** Default: public. */
  readonly scope?: Scope
  /** By name; a range or a pattern makes a parameter mandatory. */
  readonly parameters?: Readonly<Record<string, { type?: string; range?: string; pattern?: string }>>
  /** Fewest events between answers; 0 (the default): no subscription by events. */
  readonly minEvent?: number
  /** Fewest seconds between answers; 0: no subscription by time. Default: 1. */
  readonly minPeriod?: number
}

/** The methods of one module, and who waits for their events. */
export class ModuleMethods {
  readonly #methods = new Map<string, OfferedMethod>()
  readonly #watchers = new Map<string, Watchers>()

  constructor(methods: Readonly<Record<string, ModuleMethod>>) {
    for (const [name, method] of Object.entries(methods)) this.#add(name, method)
  }

  find(name: string): OfferedMethod | undefined {
    return this.#methods.get(name)
  }

  list(): readonly OfferedMethod[] {
    return [...this.#methods.values()]
  }

  /** An event of the method: subscribers whose turn it is are answered. */
  changed(name: string): void {
    this.#watchers.get(name)?.fire()
  }

  #add(name: string, method: ModuleMethod): void {
    const described = typeof method === 'function' ? { run: method } : method
    const { description = '', scope = 'public', minEvent = 0, minPeriod = 1, run } = described
    const parameters = Object.entries(described.parameters ?? {}).map(([key, given]) =>
      parameterInfo(key, given),
    )
    const check = parameterCheck(parameters)
    const watchers = new Watchers()
    this.#watchers.set(name, watchers)
    this.#methods.set(name, {
      info: { name, description, scope, minEvent, minPeriod, parameters },
      call(params, caller) {
        check(params)
        return run(params, caller)
      },
      watch: (watch) => watchers.add(watch),
    })
  }
}

function parameterInfo(
  name: string,
  { type = 'string', range = '', pattern = '' }: { type?: string; range?: string; pattern?: string },
): ParameterInfo {
  return { name, type, range, pattern, isRequired: range !== '' || pattern !== '' }
}
