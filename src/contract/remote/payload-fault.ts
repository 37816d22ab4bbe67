import type { Json } from '../../base/json.js'

/** Why a payload cannot be hashed, and where in it. */
export interface PayloadFault {
  readonly message: string
  /** JSON pointer. */
  readonly path: string
}

/** The chain says nothing of deeper ones, as every program must read it. */
const MAX_DEPTH = 32

/** The first fault of a payload that is to stand in a transaction; undefined: there is none. */
export function payloadFault(json: Json, path: string, depth = 0): PayloadFault | undefined {
  if (typeof json === 'number') return numberFault(json, path)
  if (typeof json !== 'object' || json === null) return undefined
  if (depth >= MAX_DEPTH) return { path, message: `is nested deeper than ${MAX_DEPTH} levels` }
  for (const [key, item] of Object.entries(json)) {
    const fault = payloadFault(item, `${path}/${escaped(key)}`, depth + 1)
    if (fault) return fault
  }
  return undefined
}

function numberFault(value: number, path: string): PayloadFault | undefined {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return undefined
  if (!Number.isInteger(value) || Object.is(value, -0))
    return {
      path,
      message: `is ${Object.is(value, -0) ? '-0' : value}: numbers on the chain are integers; give it as text`,
    }
  return { path, message: `is ${value}, beyond 2^53 - 1: give it as text` }
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
