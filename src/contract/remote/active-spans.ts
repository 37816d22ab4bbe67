import type { ActiveSpan } from './remote-contract.js'

/** Spans of a contract that is invoked from now on; `count`: records of its type that the chain holds. */
export function openSpan(spans: readonly ActiveSpan[], count: number): readonly ActiveSpan[] {
  const last = spans.at(-1)
  // No record came meanwhile: it is as if it had never been closed.
  if (last?.upTo === count) return [...spans.slice(0, -1), { ...last, upTo: null }]
  return [...spans, { after: count, upTo: null }]
}

/** Spans of a contract that no further record invokes. */
export function closeSpan(spans: readonly ActiveSpan[], count: number): readonly ActiveSpan[] {
  const last = spans.at(-1)
  if (last?.upTo !== null) return spans
  // After a reorg there may be fewer records than when it began.
  return [...spans.slice(0, -1), { after: last.after, upTo: Math.max(last.after, count) }]
}

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
