import { VALIDATION_CODE, type ValidationCode } from '../../ledger/validation-code.js'

/** The contract answered with a status of 400 or more; the message is the contract's own. */
export class ContractFailure extends Error {
  override readonly name = 'ContractFailure'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** A call that ran well and did not take effect: what it had read was changed meanwhile. */
export class CommitFailure extends Error {
  override readonly name = 'CommitFailure'
  /** Fabric's number for it, such as 11 for a read conflict. */
  readonly code: ValidationCode
  /** Fabric's name for it, such as MVCC_READ_CONFLICT. */
  readonly status: string

  constructor(callId: string, code: ValidationCode, reason: string) {
    const status = statusName(code)
    super(`transaction ${callId} failed to commit with status code ${code} (${status})${reason}`)
    this.code = code
    this.status = status
  }
}

function statusName(code: ValidationCode): string {
  const found = Object.entries(VALIDATION_CODE).find(([, number]) => number === code)
  return found ? found[0] : 'UNKNOWN'
}
