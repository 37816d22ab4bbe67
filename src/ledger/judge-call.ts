import { conflictOf } from './conflict.js'
import type { InvocationPayload } from './payload/invocation.js'
import { VALIDATION_CODE, type ValidationCode } from './validation-code.js'
import type { WorldView } from './world-state.js'

/**
 * Whether the right peers vouch for a call: VALID, or what is wrong. `world` is the state right before the call, for
 * policies that stand in it. Must depend on nothing else, or nodes would come apart.
 */
export type EndorsementPolicy = (call: InvocationPayload, world: WorldView) => ValidationCode

/** What a contract call meets where it stands in the chain. */
export interface CallContext {
  readonly world: WorldView
  readonly endorsementPolicy: EndorsementPolicy
  /** Whether a call with this id took effect before. */
  readonly hasCall: (callId: string) => boolean
}

/** Whether a call takes effect on the state it meets. */
export function judgeCall(call: InvocationPayload, context: CallContext): ValidationCode {
  const { world, endorsementPolicy, hasCall } = context
  if (hasCall(call.callId)) return VALIDATION_CODE.DUPLICATE_TXID // WS-3
  const endorsed = endorsementPolicy(call, world) // WS-4
  if (endorsed !== VALIDATION_CODE.VALID) return endorsed
  return conflictOf(call, world)?.code ?? VALIDATION_CODE.VALID
}
