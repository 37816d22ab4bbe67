const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
}

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

/** Milliseconds of a duration as Go writes it, such as `1m30s` or `500ms`; undefined where it is none. */
export function goDurationMs(text: string): number | undefined {
  if (text === '0') return 0
  let totalMs = 0
  let at = 0
  do {
    PART.lastIndex = at
    const [part = '', count = '', unit = ''] = PART.exec(text) ?? []
    if (part === '') return undefined
    totalMs += Number(count) * (UNIT_MS[unit] ?? NaN)
    at += part.length
  } while (at < text.length)
  return totalMs
}
