import type { ActiveSpan } from '../remote-contract.js'

/** The first ordinal after `after` that invokes; undefined: none, unless another span is opened. */
export function nextActive(spans: readonly ActiveSpan[], after: number): number | undefined {
  for (const span of spans) {
    const next = Math.max(span.after, after) + 1
    if (span.upTo === null || next <= span.upTo) return next
  }
  return undefined
}

/** How many ordinals after `after` and up to `last` invoke. */
export function activeBetween(spans: readonly ActiveSpan[], after: number, last: number): number {
  return spans.reduce((sum, span) => {
    const from = Math.max(span.after, after)
    const upTo = Math.min(span.upTo ?? last, last)
    return sum + Math.max(0, upTo - from)
  }, 0)
}
