import type { Json } from './json.js'

/**
 * The one text of a JSON value (RFC 8785 narrowed to integers): keys sorted by UTF-16 code units, no white space.
 * Used for everything that is hashed, so numbers that two languages might print differently are refused.
 * @throws {TypeError} on a number that is not a safe integer, on undefined, and on a lone surrogate.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return canonicalInteger(value)
  if (typeof value === 'string') return canonicalString(value)
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object') throw new TypeError(`canonical JSON has no ${typeof value}`)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${canonicalString(key)}:${canonicalJson(value[key] as Json)}`)
  return `{${members.join(',')}}`
}

function isArray(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function canonicalInteger(value: number): string {
  if (!Number.isSafeInteger(value))
    throw new TypeError(`canonical JSON takes safe integers only, not ${value}`)
  return String(value === 0 ? 0 : value)
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

function canonicalString(value: string): string {
  if (LONE_SURROGATE.test(value)) throw new TypeError('canonical JSON takes well-formed Unicode only')
  return JSON.stringify(value)
}
