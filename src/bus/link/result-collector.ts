import type { Json } from '../../base/json.js'
import { isList, isObject } from '../wire/read-scalar.js'

/** What each method of a request gave, by its name. */
export type Results = Readonly<Record<string, unknown>>

/**
 * Puts together the answers to one request: one Response with all results, or one per method, as some programs send.
 * Results come as a map, as a list of maps, or as a bare list in the order of the request.
 */
export class ResultCollector {
  readonly #methods: readonly string[]
  #results = new Map<string, unknown>()

  constructor(methods: readonly string[]) {
    this.#methods = methods
  }

  /** Takes one Response in; gives all results once they are there, and starts anew. */
  add(data: Json | undefined): Results | undefined {
    this.#take(data)
    if (this.#results.size < this.#methods.length) return undefined
    const results = Object.fromEntries(this.#results)
    this.#results = new Map()
    return results
  }

  #take(data: Json | undefined): void {
    const [only] = this.#methods
    if (isList(data)) data.forEach((item, i) => this.#takeItem(item, i))
    else if (isObject(data)) this.#takeNamed(data)
    // A method that gives nothing: some programs say null.
    if (this.#methods.length === 1 && only !== undefined && this.#results.size === 0) {
      this.#results.set(only, isObject(data) ? data : null)
    }
  }

  #takeItem(item: Json, index: number): void {
    const method = this.#methods[index]
    if (isObject(item) && this.#takeNamed(item)) return
    if (method !== undefined) this.#results.set(method, item)
  }

  #takeNamed(map: Readonly<Record<string, Json>>): boolean {
    const named = this.#methods.filter((method) => Object.hasOwn(map, method))
    for (const method of named) this.#results.set(method, map[method])
    return named.length > 0
  }
}
