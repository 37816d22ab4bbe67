import { ApiError } from '../../api/errors.js'
import type { Json } from '../../base/json.js'

/** Deepest nesting that is read; the chain takes less. */
const MAX_DEPTH = 16

/**
 * A policy as the chain has it, from what people write: that very JSON, or the text that Fabric's tools take, such as
 * `OR('Org1MSP.member', AND('Org2MSP.peer', 'Org3MSP.admin'))` or `OutOf(2, …)`. @throws {ApiError} INVALID_PARAMS
 */
export function policyJson(policy: Json): Json {
  if (typeof policy !== 'string') return policy
  const reader = new PolicyReader(policy)
  const read = reader.rule(0)
  reader.end()
  return read
}

class PolicyReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  rule(depth: number): Json {
    if (depth > MAX_DEPTH) throw this.#fault('is nested too deep')
    const principal = this.#take(
      /'([^'.]+(?:\.[^'.]+)*)\.(member|admin|client|peer|orderer)'|"([^".]+(?:\.[^".]+)*)\.(member|admin|client|peer|orderer)"/iy,
    )
    if (principal) {
      const [, single, singleRole, double, doubleRole] = principal
      const role = (singleRole ?? doubleRole ?? '').toUpperCase()
      return { signed_by: { msp_id: single ?? double ?? '', role } }
    }
    const gate = this.#take(/(AND|OR|OutOf)\s*\(/iy)?.[1]?.toLowerCase()
    if (gate === undefined) throw this.#fault("expects 'MSP.role', AND(…), OR(…) or OutOf(n, …)")
    const count = gate === 'outof' ? this.#count() : undefined
    const rules = this.#rules(depth)
    return { n_of: count ?? (gate === 'or' ? 1 : rules.length), rules }
  }

  end(): void {
    this.#take(/\s*/y)
    if (this.#at < this.#text.length) throw this.#fault('goes on after its end')
  }

  #count(): number {
    const found = this.#take(/(\d{1,4})\s*,/y) ?? this.#take(/'(\d{1,4})'\s*,/y)
    if (!found) throw this.#fault('expects a number')
    return Number(found[1])
  }

  #rules(depth: number): Json[] {
    const rules = [this.rule(depth + 1)]
    while (this.#take(/,/y)) rules.push(this.rule(depth + 1))
    if (!this.#take(/\)/y)) throw this.#fault('expects , or )')
    return rules
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const space = /\s*/y
    space.lastIndex = this.#at
    space.exec(this.#text)
    pattern.lastIndex = space.lastIndex
    const found = pattern.exec(this.#text)
    if (!found) return undefined
    this.#at = pattern.lastIndex
    return found
  }

  #fault(what: string): ApiError {
    return new ApiError('INVALID_PARAMS', `the policy ${JSON.stringify(this.#text)} ${what} at ${this.#at}`, {
      path: '/endorsement_policy',
    })
  }
}
