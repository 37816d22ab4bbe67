import type { Json } from '../../base/json.js'
import { readText } from './read-scalar.js'

/**
 * Milliseconds since 1970 of a Timestamp in any unit that clients are known to send, told apart by its digits: seconds,
 * milliseconds, steps of 10 µs, microseconds, or `yyyyMMddHHmmss`. Undefined when it is none of them; never a reason to
 * refuse a message.
 */
export function readTimestamp(value: Json | undefined): number | undefined {
  const digits = readText(value) ?? ''
  if (!/^\d{1,19}$/.test(digits)) return undefined
  if (digits.length === 14 && digits.startsWith('20')) return readCalendar(digits)
  const count = Number(digits)
  if (digits.length <= 11) return count * 1000
  if (digits.length <= 14) return count
  return digits.length === 15 ? count / 100 : count / 1000
}

function readCalendar(digits: string): number | undefined {
  const [year, month, day, hour, minute, second] = (
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits) ?? []
  )
    .slice(1)
    .map(Number) as [number, number, number, number, number, number]
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
