/**
 * What became of a contract call on the chain, by the names and numbers that clients of Fabric know. A call that is
 * not VALID stays in its block and has paid its fee, but left nothing in the world state.
 */
export const VALIDATION_CODE = {
  VALID: 0,
  DUPLICATE_TXID: 9,
  ENDORSEMENT_POLICY_FAILURE: 10,
  MVCC_READ_CONFLICT: 11,
  PHANTOM_READ_CONFLICT: 12,
  BAD_RWSET: 22,
  INVALID_WRITESET: 24,
  INVALID_CHAINCODE: 25,
  INVALID_OTHER_REASON: 255,
} as const

export type ValidationCode = (typeof VALIDATION_CODE)[keyof typeof VALIDATION_CODE]
