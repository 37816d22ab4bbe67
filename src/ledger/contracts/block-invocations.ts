import type { Block } from '../block.js'
import type { InvocationPayload } from '../payload/invocation.js'
import type { Transaction } from '../transaction.js'
import { VALIDATION_CODE, type ValidationCode } from '../validation-code.js'

/** A contract call where it stands in the chain, and what became of it. */
export interface PlacedInvocation {
  readonly transaction: Transaction
  readonly call: InvocationPayload
  readonly height: number
  /** Within its block, counted from 0. */
  readonly index: number
  readonly code: ValidationCode
}

/** The contract calls of a block in their order. `codeOf` tells the outcome of a transaction of the block. */
export function* invocationsOf(
  { header: { height }, transactions }: Block,
  codeOf: (transactionId: string, index: number) => ValidationCode,
): Generator<PlacedInvocation> {
  for (const [index, transaction] of transactions.entries()) {
    const { payload: call, id } = transaction
    if (call?.kind === 'invocation') yield { transaction, call, height, index, code: codeOf(id, index) }
  }
}

/** Those that took effect: the ones whose events are told and whose writes are the history of their keys. */
export function* validInvocationsOf(
  block: Block,
  codeOf: (transactionId: string, index: number) => ValidationCode,
): Generator<PlacedInvocation> {
  for (const found of invocationsOf(block, codeOf)) if (found.code === VALIDATION_CODE.VALID) yield found
}
