import { ApiError, type ErrorCode, type ErrorDetails } from '../../api/errors.js'
import { ContractError, type ContractFault } from '../contract-error.js'

const CODES: Readonly<Record<ContractFault, ErrorCode>> = {
  'unknown-contract': 'CONTRACT_NOT_FOUND',
  'not-connected': 'CONTRACT_NOT_CONNECTED',
  initialisation: 'CALL_REFUSED',
  'access-denied': 'CALL_REFUSED',
  timeout: 'CALL_TIMEOUT',
  'stream-lost': 'CONTRACT_NOT_CONNECTED',
  busy: 'TOO_MANY_CALLS',
  stopping: 'NOT_READY',
  'bad-call': 'CALL_REFUSED',
}

/** An error of running a call, as callers of the method table meet it; any other error as it is. */
export function apiErrorOf(error: unknown, details: ErrorDetails = {}): unknown {
  if (!(error instanceof ContractError)) return error
  return new ApiError(CODES[error.fault], error.message, { ...details, fault: error.fault })
}
