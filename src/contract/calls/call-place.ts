import type { CallPlace } from '../../api/schemas/contract.js'
import { VALIDATION_CODE, type ValidationCode } from '../../ledger/validation-code.js'
import type { CallBoard } from './call-board.js'
import type { PlacedTransaction } from './call-chain.js'
import { type Conflicts, conflictText } from './conflicts.js'

type Place = Omit<CallPlace, 'reason' | 'conflict'>

/** Such as MVCC_READ_CONFLICT. */
export function codeName(code: ValidationCode): string {
  return Object.entries(VALIDATION_CODE).find(([, value]) => value === code)?.[0] ?? String(code)
}

/** A call that no block holds yet. */
export function unplaced(callId: string, transactionId: string | undefined): Place {
  return {
    call_id: callId,
    transaction_id: transactionId ?? null,
    status: transactionId === undefined ? 'running' : 'pending',
    height: null,
    index: null,
    code: null,
    code_name: null,
  }
}

/** A call that a block of the chain holds, valid or not. */
export function placed(callId: string, { transactionId, place }: PlacedTransaction): Place {
  const { height, index, code } = place
  return {
    call_id: callId,
    transaction_id: transactionId,
    status: 'committed',
    height,
    index,
    code,
    code_name: codeName(code),
  }
}

/** Why a call in the chain is not valid, for people; null where it is. */
export function reasonFor({ transactionId, place }: PlacedTransaction, conflicts: Conflicts): string | null {
  if (place.code === VALIDATION_CODE.VALID) return null
  const conflict = conflicts.of(transactionId)
  return conflict ? conflictText(conflict) : (REASONS[place.code] ?? codeName(place.code))
}

const REASONS: Partial<Record<ValidationCode, string>> = {
  [VALIDATION_CODE.DUPLICATE_TXID]: 'a call of this id took effect before',
  [VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE]:
    'too few of those vouch for the call whom the policy of the contract, or of a key it wrote, asks for',
  [VALIDATION_CODE.MVCC_READ_CONFLICT]: 'another call changed what this one had read',
  [VALIDATION_CODE.PHANTOM_READ_CONFLICT]: 'another call changed a range of keys that this one had read',
  [VALIDATION_CODE.INVALID_WRITESET]: 'the call wrote where, or in a form, that its contract may not',
  [VALIDATION_CODE.INVALID_CHAINCODE]: 'no contract was deployed under this name when the block came',
}

/** What this node knows of a call; undefined: nothing. */
export function callPlace(callId: string, board: CallBoard, conflicts: Conflicts): CallPlace | undefined {
  const found = board.placed(callId)
  if (found) {
    const reason = reasonFor(found, conflicts)
    return { ...placed(callId, found), reason, conflict: conflicts.of(found.transactionId) ?? null }
  }
  const waiting = board.pending(callId)
  if (waiting !== undefined) return { ...unplaced(callId, waiting), reason: null, conflict: null }
  const failure = board.failure(callId)
  return failure === undefined
    ? undefined
    : { ...unplaced(callId, undefined), reason: failure, conflict: null }
}
