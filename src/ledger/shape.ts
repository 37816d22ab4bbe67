import type { Json } from '../base/json.js'
import { RuleError } from './rule-error.js'
import { isWellFormed, utf8Length } from './text.js'

/** Largest unsigned 32-bit integer: bound of heights, indexes and counts. */
export const MAX_U32 = 0xffffffff

const HEX_DIGITS = /^[0-9a-f]*$/

/** Throws unless `holds`. `message` must not contain text from outside: it could be of any length. */
export function ensure(holds: boolean, rule: string, message: string): asserts holds {
  if (!holds) throw new RuleError(rule, message)
}

/** The members of an object that has all of `required`, may have those of `optional`, and has no other. */
export function membersOf<R extends string, O extends string = never>(
  json: Json | undefined,
  rule: string,
  what: string,
  required: readonly R[],
  optional: readonly O[] = [],
): Readonly<Record<R, Json> & Partial<Record<O, Json>>> {
  ensure(typeof json === 'object' && json !== null && !Array.isArray(json), rule, `${what} is not an object`)
  let known = 0
  for (const name of required) {
    ensure(Object.hasOwn(json, name), rule, `${what} lacks ${name}`)
    known += 1
  }
  for (const name of optional) if (Object.hasOwn(json, name)) known += 1
  ensure(Object.keys(json).length === known, rule, `${what} has a member it must not have`)
  return json as Record<R, Json> & Partial<Record<O, Json>>
}

export function listOf<T>(json: Json, rule: string, what: string, decode: (item: Json) => T): readonly T[] {
  ensure(Array.isArray(json), rule, `${what} is not a list`)
  return (json as readonly Json[]).map((item) => decode(item))
}

/** An integer of `min` to `max`. Negative zero is refused: it would be hashed as zero. */
export function integerOf(json: Json, rule: string, what: string, min: number, max: number): number {
  const valid = Number.isSafeInteger(json) && !Object.is(json, -0)
  ensure(valid && (json as number) >= min && (json as number) <= max, rule, `${what} is no integer in range`)
  return json as number
}

/** Exactly `digits` lower-case hex digits. */
export function hexOf(json: Json, rule: string, what: string, digits: number): string {
  const valid = typeof json === 'string' && json.length === digits && HEX_DIGITS.test(json)
  ensure(valid, rule, `${what} is not ${digits} lower-case hex digits`)
  return json
}

/** Well-formed Unicode of `minBytes` to `maxBytes` bytes in UTF-8. */
export function textOf(json: Json, rule: string, what: string, minBytes: number, maxBytes: number): string {
  ensure(typeof json === 'string' && json.length <= maxBytes, rule, `${what} is no text or too long`)
  ensure(isWellFormed(json), rule, `${what} is not well-formed Unicode`)
  const bytes = utf8Length(json)
  ensure(bytes >= minBytes && bytes <= maxBytes, rule, `${what} takes ${bytes} bytes, out of range`)
  return json
}

/** Throws unless every item comes strictly after the one before it, so that none stands twice. */
export function requireAscending<T>(
  items: readonly T[],
  rule: string,
  what: string,
  compare: (a: T, b: T) => number,
): void {
  for (let i = 1; i < items.length; i++) {
    ensure(
      compare(items[i - 1] as T, items[i] as T) < 0,
      rule,
      `${what} are not in order, or one stands twice`,
    )
  }
}
