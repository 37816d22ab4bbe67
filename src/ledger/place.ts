import type { ValidationCode } from './validation-code.js'

/** Where a transaction stands in the chain, and what became of it. */
export interface Place {
  readonly height: number
  /** Within its block, counted from 0. */
  readonly index: number
  readonly code: ValidationCode
}
