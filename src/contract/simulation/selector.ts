import { parseField, rowFilter } from 'pouchdb-selector-core'
import type { Json } from '../../base/json.js'
import { regexOf } from './regex.js'
import { StateRequestError } from './state-requests.js'

/** Whether a value, undefined where there is none, meets a condition. */
type Condition = (value: Json | undefined) => boolean
export type JsonObject = { readonly [key: string]: Json }

export interface Selector {
  readonly matches: (document: Json) => boolean
  /** Whether matching may take unreasonably long. */
  readonly hasRegex: boolean
  /** Texts, as JSON without escapes has them, that stand in every document that matches. */
  readonly literals: readonly string[]
}

/** Where in a selector a condition stands. */
interface Place {
  readonly depth: number
  readonly negated: boolean
  /** No document matches that does not meet it. */
  readonly isNeeded: boolean
}

const MAX_DEPTH = 32
const MAX_CONDITIONS = 2000
const TYPES = ['null', 'boolean', 'number', 'string', 'array', 'object']

/**
 * Compiles a selector of CouchDB (Mango). Its meaning is CouchDB's: a field that a document lacks meets no condition but
 * `$exists: false`, also under a negation; values of different types are ordered null, booleans, numbers, strings, arrays, objects.
 * @throws {StateRequestError}
 */
export function compileSelector(selector: Json): Selector {
  const compiler = new Compiler()
  const root = { depth: 0, negated: false, isNeeded: true }
  const matches = compiler.condition(objectOf(selector, 'selector'), root)
  return { matches, hasRegex: compiler.hasRegex, literals: compiler.literals }
}

class Compiler {
  hasRegex = false
  readonly literals: string[] = []
  #count = 0

  /** All members of `selector` have to hold, or one of them not to, if negated. */
  condition(selector: JsonObject, place: Place): Condition {
    if (place.depth > MAX_DEPTH) throw invalid(`the selector is nested deeper than ${MAX_DEPTH} levels`)
    const inner = { ...place, depth: place.depth + 1 }
    const parts = Object.entries(selector).map(([name, operand]) => this.#member(name, operand, inner))
    return place.negated ? anyOf(parts) : allOf(parts)
  }

  #member(name: string, operand: Json, place: Place): Condition {
    this.#count += 1
    if (this.#count > MAX_CONDITIONS) throw invalid(`the selector has more than ${MAX_CONDITIONS} conditions`)
    if (!name.startsWith('$')) return this.#field(name, operand, place)
    const negation = { ...place, negated: !place.negated, isNeeded: false }
    switch (name) {
      case '$and':
        return this.#combine(name, operand, place, 'all')
      case '$or':
        return this.#combine(name, operand, { ...place, isNeeded: false }, 'any')
      case '$nor':
        return this.#combine(name, operand, negation, 'any')
      case '$not':
        return this.condition(objectOf(operand, name), negation)
      case '$exists':
        if (typeof operand !== 'boolean') throw invalid('$exists takes true or false')
        return (value) => (value !== undefined) === (operand !== place.negated)
      case '$eq':
        if (place.isNeeded) this.#note(operand)
    }
    const test = this.#operator(name, operand, place)
    return (value) => value !== undefined && test(value) !== place.negated
  }

  #field(name: string, operand: Json, place: Place): Condition {
    const path = parseField(name)
    const isCondition = isObject(operand) && Object.keys(operand).length > 0
    // The key of a document does not stand in its text.
    const isNeeded = place.isNeeded && path[0] !== '_id'
    const inner = this.condition(isCondition ? operand : { $eq: operand }, { ...place, isNeeded })
    return (value) => inner(valueAt(value, path))
  }

  /** `place` says whether the parts are negated; all of some negated are none of them negated, and so on. */
  #combine(name: string, operand: Json, place: Place, how: 'all' | 'any'): Condition {
    const parts = listOf(operand, name).map((part) => this.condition(objectOf(part, name), place))
    return (how === 'all') === place.negated ? anyOf(parts) : allOf(parts)
  }

  #operator(name: string, operand: Json, place: Place): (value: Json) => boolean {
    switch (name) {
      case '$eq':
      case '$gt':
      case '$gte':
      case '$lt':
      case '$lte':
        return comparison(name, operand)
      case '$ne':
        return not(comparison('$eq', operand))
      case '$in':
        return memberOf(listOf(operand, name))
      case '$nin':
        return not(memberOf(listOf(operand, name)))
      case '$all':
        return havingAll(listOf(operand, name))
      case '$elemMatch':
        return this.#items(name, operand, place, 'some')
      case '$allMatch':
        return this.#items(name, operand, place, 'every')
      case '$regex':
        this.hasRegex = true
        return matching(operand)
      default:
        return measure(name, operand)
    }
  }

  #items(name: string, operand: Json, place: Place, how: 'some' | 'every'): (value: Json) => boolean {
    const item = this.condition(objectOf(operand, name), { ...place, negated: false, isNeeded: false })
    return (value) => isList(value) && value.length > 0 && value[how](item)
  }

  #note(operand: Json): void {
    if (typeof operand !== 'string') return
    const literal = JSON.stringify(operand)
    if (!literal.includes('\\')) this.literals.push(literal)
  }
}

/** Left to the library: in which order CouchDB puts values is its business. */
function comparison(
  operator: '$eq' | '$gt' | '$gte' | '$lt' | '$lte',
  operand: Json,
): (value: Json) => boolean {
  const selector = { value: { [operator]: operand } }
  return (value) => rowFilter({ value }, selector, ['value'])
}

function measure(name: string, operand: Json): (value: Json) => boolean {
  switch (name) {
    case '$type':
      if (!TYPES.includes(operand as string)) throw invalid(`$type takes one of ${TYPES.join(', ')}`)
      return (value) => typeOf(value) === operand
    case '$size':
      if (!Number.isSafeInteger(operand)) throw invalid('$size takes an integer')
      return (value) => isList(value) && value.length === operand
    case '$mod': {
      const [divisor, remainder, ...rest] = listOf(operand, name)
      const isValid = Number.isSafeInteger(divisor) && divisor !== 0 && Number.isSafeInteger(remainder)
      if (!isValid || rest.length > 0) throw invalid('$mod takes a divisor other than 0 and a remainder')
      return (value) => Number.isSafeInteger(value) && Number(value) % Number(divisor) === remainder
    }
    default:
      throw invalid(`unknown operator ${name.slice(0, 40)}`)
  }
}

function memberOf(operands: readonly Json[]): (value: Json) => boolean {
  const tests = operands.map((operand) => comparison('$eq', operand))
  const isOne = (value: Json) => tests.some((test) => test(value))
  return (value) => isOne(value) || (isList(value) && value.some(isOne))
}

function havingAll(operands: readonly Json[]): (value: Json) => boolean {
  const tests = operands.map((operand) => comparison('$eq', operand))
  return (value) => isList(value) && tests.every((test) => value.some(test))
}

function matching(operand: Json): (value: Json) => boolean {
  const regex = regexOf(operand)
  return (value) => typeof value === 'string' && regex.test(value)
}

/** What stands at a path, a number naming an item of a list; undefined where nothing does. */
export function valueAt(value: Json | undefined, path: readonly string[]): Json | undefined {
  let at = value
  for (const name of path) {
    if (isList(at)) at = /^\d{1,9}$/.test(name) ? at[Number(name)] : undefined
    else at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined
  }
  return at
}

const allOf = (parts: readonly Condition[]): Condition => {
  return (value) => parts.every((part) => part(value))
}

const anyOf = (parts: readonly Condition[]): Condition => {
  return (value) => parts.some((part) => part(value))
}

const not = (test: (value: Json) => boolean) => (value: Json) => !test(value)

function typeOf(value: Json): string {
  if (value === null) return 'null'
  return isList(value) ? 'array' : typeof value
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function objectOf(json: Json, what: string): JsonObject {
  if (!isObject(json)) throw invalid(`${what} is not an object`)
  return json
}

function listOf(json: Json, what: string): readonly Json[] {
  if (!isList(json)) throw invalid(`${what} takes a list`)
  return json
}

export function invalid(reason: string): StateRequestError {
  return new StateRequestError(`invalid query: ${reason}`)
}
