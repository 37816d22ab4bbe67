import type { InvocationPayload } from './payload/invocation.js'
import type { RangeRead } from './payload/key-access.js'
import { VALIDATION_CODE, type ValidationCode } from './validation-code.js'
import { sameVersion, type WorldView } from './world-state.js'

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
  const current = call.reads.every(({ namespace, key, version }) =>
    sameVersion(world.worldValue(namespace, key)?.version ?? null, version),
  )
  if (!current) return VALIDATION_CODE.MVCC_READ_CONFLICT // WS-5
  const complete = call.rangeReads.every((range) => isUnchanged(range, world))
  return complete ? VALIDATION_CODE.VALID : VALIDATION_CODE.PHANTOM_READ_CONFLICT // WS-6
}

/** Stops at the first difference, so a scan costs no more than what the call claims to have seen. */
function isUnchanged({ namespace, start, end, exhausted, results }: RangeRead, world: WorldView): boolean {
  let matched = 0
  if (!exhausted && results.length === 0) return true
  for (const { key, version } of world.worldRange(namespace, start, end)) {
    const seen = results[matched]
    if (!seen) return false
    if (key !== seen.key || !sameVersion(version, seen.version)) return false
    matched += 1
    if (!exhausted && matched === results.length) return true
  }
  return matched === results.length
}
