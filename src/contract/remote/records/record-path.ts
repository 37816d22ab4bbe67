import type { Json } from '../../../base/json.js'

/** A member by name, an item by number (from 0), or all there are. */
type Step = { readonly name: string } | { readonly item: number } | 'all'

/** A way to values within a payload. */
export type RecordPath = readonly Step[]

const MAX_LENGTH = 512
const MAX_STEPS = 32
/** The most places that are looked at in one payload. */
const MOST_VISITED = 10_000

/** What begins a step: `.name`, `.*`, `[0]`, `[*]`, `['any name']`, `["any name"]`. */
const STEP =
  /\.(?:(?<plain>[^.[\]*'"\s]+)|\*)|\[(?:(?<item>0|[1-9]\d{0,8})|\*|'(?<single>[^']*)'|"(?<double>[^"]*)")\]/uy

/**
 * Reads a path, a small part of JSONPath: `$` for the payload, then any number of steps. A path that starts with a name
 * (`order.sku`) means the same as with `$.` before it. Undefined: it is none.
 */
export function recordPath(text: string): RecordPath | undefined {
  if (text.length > MAX_LENGTH) return undefined
  const steps = text.startsWith('$') ? text.slice(1) : text.startsWith('[') ? text : `.${text}`
  const path: Step[] = []
  for (let at = 0; at < steps.length; at = STEP.lastIndex) {
    STEP.lastIndex = at
    const groups = STEP.exec(steps)?.groups
    if (!groups || path.length === MAX_STEPS) return undefined
    const { plain, item, single, double } = groups as Record<string, string | undefined>
    const name = plain ?? single ?? double
    path.push(name !== undefined ? { name } : item !== undefined ? { item: Number(item) } : 'all')
  }
  return path
}

/** The values that a path leads to, in their order; what leads nowhere is passed over. */
export function* valuesAt(payload: Json, path: RecordPath): Generator<Json> {
  const budget = { left: MOST_VISITED }
  yield* follow(payload, path, 0, budget)
}

function* follow(value: Json, path: RecordPath, from: number, budget: { left: number }): Generator<Json> {
  if (budget.left-- <= 0) return
  const step = path[from]
  if (step === undefined) {
    yield value
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const next of partsOf(value, step)) {
    if (budget.left <= 0) return
    yield* follow(next, path, from + 1, budget)
  }
}

function* partsOf(value: Json & object, step: Step): Generator<Json> {
  if (step === 'all') {
    const parts = value as Readonly<Record<string, Json>>
    // Not Object.values: a large payload is not to be copied for the few that are looked at.
    for (const key in parts) if (Object.hasOwn(parts, key)) yield parts[key] as Json
  } else if ('item' in step) {
    const item = Array.isArray(value) ? (value[step.item] as Json | undefined) : undefined
    if (item !== undefined) yield item
  } else if (!Array.isArray(value) && Object.hasOwn(value, step.name)) {
    yield (value as Readonly<Record<string, Json>>)[step.name] as Json
  }
}
