import { readText, isObject } from './read-scalar.js'
import type { Json } from '../../base/json.js'

const NUMBER = String.raw`[+-]?\d{1,64}(?:\.\d{1,64})?`
const RANGE = new RegExp(String.raw`^\s*([\[(])\s*(${NUMBER})?\s*,\s*(${NUMBER})?\s*([\])])\s*$`)

/** Whether a number lies within; given as decimal text, for balances are larger than a double is exact. */
export type RangeFilter = (decimal: string) => boolean

/** No filter at all. */
const EVERYTHING: RangeFilter = () => true

/**
 * Reads an interval such as `[1000, )`: square brackets include their bound, round ones do not, an empty bound is no
 * bound. Nothing, `""` and `"0"` mean no filter. Undefined when it is none of these.
 */
export function readRange(value: Json | undefined): RangeFilter | undefined {
  const text = value === null || value === undefined ? '' : readText(value)?.trim()
  if (text === '' || text === '0') return EVERYTHING
  const match = text === undefined || text.length > 300 ? null : RANGE.exec(text)
  if (!match) return undefined
  const [, open, lower, upper, close] = match
  return (decimal) => {
    if (lower !== undefined && compareDecimals(decimal, lower) < (open === '[' ? 0 : 1)) return false
    return upper === undefined || compareDecimals(decimal, upper) <= (close === ']' ? 0 : -1)
  }
}

/** Negative, zero or positive, as `a` is less than, equal to or more than `b`; exact at any length. */
export function compareDecimals(a: string, b: string): number {
  const [left, right] = [split(a), split(b)]
  const places = Math.max(left.fraction.length, right.fraction.length)
  const difference = scaled(left, places) - scaled(right, places)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

interface Decimal {
  readonly negative: boolean
  readonly whole: string
  readonly fraction: string
}

function split(text: string): Decimal {
  const digits = text.trim().replace(/^[+-]/, '')
  const [whole = '', fraction = ''] = digits.split('.')
  return { negative: text.trim().startsWith('-'), whole, fraction }
}

function scaled({ negative, whole, fraction }: Decimal, places: number): bigint {
  const size = BigInt(whole + fraction.padEnd(places, '0'))
  return negative ? -size : size
}

/**
 * The number of a result as decimal text: the result itself, or the only member of an object. Undefined when there is
 * none, and so nothing to filter by.
 */
export function numericValue(result: unknown): string | undefined {
  if (isObject(result)) {
    const values = Object.values(result)
    return values.length === 1 ? decimalOf(values[0]) : undefined
  }
  return decimalOf(result)
}

function decimalOf(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return plain(value)
  return typeof value === 'string' && new RegExp(`^${NUMBER}$`).test(value) ? value : undefined
}

/** A number without an exponent. */
function plain(value: number): string {
  const text = String(value)
  if (!text.includes('e')) return text
  return Number.isInteger(value) ? BigInt(value).toString() : value.toFixed(20)
}
