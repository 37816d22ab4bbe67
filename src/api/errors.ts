import { diskErrorIn } from '../base/disk-error.js'
import type { RuleError } from '../ledger/rule-error.js'

/** Every error a caller can receive: one code, one HTTP status, one sentence. docs/errors.md is checked against it. */
export const ERRORS = {
  INVALID_PARAMS: { status: 400, text: 'A parameter is missing, unknown, or not of its type or range.' },
  INVALID_RECORD_TYPE: {
    status: 400,
    text: 'Records of a type can be submitted once it is registered with this node.',
  },
  MALFORMED_JSON: { status: 400, text: 'The body is not JSON, is nested too deeply, or holds a key twice.' },
  ADDRESS_REFUSED: { status: 400, text: 'The node lives at an address that this node does not dial.' },
  UNAUTHORIZED: {
    status: 401,
    text: 'The operation changes the node: beyond loopback it needs the admin token.',
  },
  FORBIDDEN_ORIGIN: { status: 403, text: 'The Host or Origin of the request is not on the allow-list.' },
  NOT_FOUND: { status: 404, text: 'Nothing lives at this path.' },
  NODE_NOT_FOUND: { status: 404, text: 'There is no known node with this index.' },
  BLOCK_NOT_FOUND: { status: 404, text: 'The node holds no such block.' },
  TRANSACTION_NOT_FOUND: {
    status: 404,
    text: 'The transaction is neither pending nor in the chain, or not in this block.',
  },
  INPUT_NOT_FOUND: { status: 404, text: 'The transaction has no input with this index.' },
  OUTPUT_NOT_FOUND: { status: 404, text: 'There is no such output, or it is spent.' },
  CONTRACT_NOT_FOUND: { status: 404, text: 'No contract is deployed under this name.' },
  IDENTITY_NOT_FOUND: { status: 404, text: 'The node has no identity of this name.' },
  CALL_NOT_FOUND: { status: 404, text: 'The node knows no call of this id.' },
  REMOTE_CONTRACT_NOT_FOUND: {
    status: 404,
    text: 'This node serves no remote contract of this id or name.',
  },
  API_KEY_NOT_FOUND: { status: 404, text: 'The contract has no API key of this id.' },
  INVOCATION_NOT_FOUND: { status: 404, text: 'The node knows no invocation of this id.' },
  HEAP_KEY_NOT_FOUND: { status: 404, text: 'The contract has put nothing under this key.' },
  RECORD_NOT_FOUND: {
    status: 404,
    text: 'No record or output of a contract with this id is pending or in the chain.',
  },
  RECORD_TYPE_NOT_FOUND: {
    status: 404,
    text: 'No type of records of this name is registered with this node.',
  },
  METHOD_NOT_FOUND: { status: 404, text: 'The node has no operation of this name.' },
  METHOD_NOT_ALLOWED: { status: 405, text: 'The path does not take this verb; Allow names those it takes.' },
  INFO_CONFLICT: { status: 409, text: 'The chain decides these keys once the node holds blocks.' },
  NO_COINS: { status: 409, text: 'The paying account has too few coins that can be spent now.' },
  CALL_CONFLICT: {
    status: 409,
    text: 'Another call changed what this one read; details name the key and the transaction that won.',
  },
  DEPLOYMENT_REFUSED: { status: 409, text: 'The contract cannot be deployed so; the message says why.' },
  RECORD_TYPE_TAKEN: { status: 409, text: 'The type is registered already, or a contract has it.' },
  RECORD_TYPE_IN_USE: { status: 409, text: 'The type cannot go while a contract has it.' },
  REMOTE_CONTRACT_INACTIVE: { status: 409, text: 'The remote contract is paused.' },
  INVOCATION_NOT_DEAD: { status: 409, text: 'Only a dead invocation can be tried again or discarded.' },
  REMOTE_LIMIT: { status: 409, text: 'The node keeps no more of these; details have the limit.' },
  BODY_TOO_LARGE: { status: 413, text: 'The body is larger than this node reads.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    text: 'A body must be JSON in UTF-8, with content type application/json.',
  },
  RULE_BROKEN: {
    status: 422,
    text: 'A block or a transaction breaks a rule of the chain; details.rule names it.',
  },
  CALL_FAILED: { status: 422, text: 'The contract refused the call; details have its status and message.' },
  CALL_REFUSED: { status: 422, text: 'The node could not run the call; the message says why.' },
  CALL_INVALID: { status: 422, text: 'The call is on the chain but not valid; details.code_name says why.' },
  TOO_MANY_REQUESTS: { status: 429, text: 'This address asks more often than the node allows.' },
  INTERNAL: { status: 500, text: 'The node failed; its log has the cause.' },
  CONTRACT_NOT_CONNECTED: { status: 503, text: 'No process that runs the contract is connected.' },
  BACKLOG_FULL: {
    status: 503,
    text: 'Too many records wait for the contract of this type, or for a block; try again later.',
  },
  TOO_MANY_CALLS: { status: 503, text: 'Too many calls of contracts run or wait already.' },
  NOT_READY: { status: 503, text: 'The node is starting or stopping.' },
  CALL_TIMEOUT: {
    status: 504,
    text: 'The call took too long; details say whether it still waits for a block.',
  },
  DISK_FAILED: {
    status: 507,
    text: 'The disk of the node is full or fails; what could not be written does not count.',
  },
} as const satisfies Record<string, { status: number; text: string }>

export type ErrorCode = keyof typeof ERRORS

/** What may explain an error to a program: field names, limits, values. Never a secret. */
export type ErrorDetails = Readonly<Record<string, unknown>>

/** The caller's fault, with a code of {@link ERRORS}. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string = ERRORS[code].text, details: ErrorDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }

  /** HTTP status of the code. */
  get status(): number {
    return ERRORS[this.code].status
  }
}

/** A broken rule as a caller meets it. */
export function ruleBroken({ rule, message }: RuleError): ApiError {
  return new ApiError('RULE_BROKEN', message, { rule })
}

/** What is nobody's fault but the node's, as a caller meets it: without its cause. */
export function nodeFailed(error: unknown): ApiError {
  return new ApiError(diskErrorIn(error) ? 'DISK_FAILED' : 'INTERNAL')
}

/** Ends a handler with an error of the table. */
export function fail(code: ErrorCode, message?: string, details?: ErrorDetails): never {
  throw new ApiError(code, message, details)
}

/** The one shape of an error on every door. */
export interface ErrorBody {
  readonly error: { readonly code: string; readonly message: string; readonly details: ErrorDetails }
}

export function errorBody({
  code,
  message,
  details,
}: Pick<ApiError, 'code' | 'message' | 'details'>): ErrorBody {
  return { error: { code, message, details } }
}
