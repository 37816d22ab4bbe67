import { ApiError, errorBody, nodeFailed } from '../api/errors.js'

/** What can go wrong on the bus itself, with the ResponseStatus it travels under. docs/bus.md lists the same codes. */
export const BUS_ERRORS = {
  EXECUTION_FAILED: { status: 1, text: 'The method failed; the log of its module has the cause.' },
  SUBSCRIPTION_REFUSED: { status: 1, text: 'The method offers no such subscription.' },
  TOO_MANY_REQUESTS: { status: 1, text: 'The connection asks more often, or for more, than it may.' },
  METHOD_NOT_FOUND: { status: 2, text: 'No module offers a method of this name to this caller.' },
  DEPENDENCIES_NOT_FOUND: { status: 3, text: 'No module with the roles asked for came in time.' },
  METHOD_EXISTS: { status: 4, text: 'Another module offers a method of this name.' },
  METHOD_UNAVAILABLE: { status: 5, text: 'The module that offers the method is gone.' },
  NO_METHODS: { status: 6, text: 'The request names no method.' },
  BAD_MESSAGE: { status: 7, text: 'The message is not one of the bus.' },
  NOT_NEGOTIATED: { status: 7, text: 'The connection is not negotiated.' },
  TIMEOUT: { status: 1, text: 'No answer came in time.' },
  ABORTED: { status: 1, text: 'The caller gave up.' },
  DISCONNECTED: { status: 1, text: 'The connection was lost before the answer came.' },
  NEGOTIATION_FAILED: { status: 1, text: 'The other side refused the connection.' },
} as const satisfies Record<string, { status: number; text: string }>

export type BusErrorCode = keyof typeof BUS_ERRORS

/** A call that failed: a code of {@link BUS_ERRORS}, of a node's error table, or of a foreign module. */
export class BusError extends Error {
  override readonly name = 'BusError'
  readonly code: string
  /** ResponseStatus; never 0. */
  readonly status: number
  /** What stands in ResponseData for the method that failed, if anything. */
  readonly result: unknown

  constructor(code: string, message: string, status: number, result?: unknown) {
    super(message)
    this.code = code
    this.status = status
    this.result = result
  }
}

/** An error of the table of the bus. */
export function busError(
  code: BusErrorCode,
  message: string = BUS_ERRORS[code].text,
  result?: unknown,
): BusError {
  return new BusError(code, message, BUS_ERRORS[code].status, result)
}

/** Anything thrown as it may be told to a caller. What is nobody's fault but ours goes to `onInternal` whole. */
export function asBusError(error: unknown, onInternal: (error: unknown) => void): BusError {
  if (error instanceof BusError) return error
  if (error instanceof ApiError) {
    const status = error.code === 'METHOD_NOT_FOUND' ? 2 : 1
    return new BusError(error.code, error.message, status, errorBody(error))
  }
  onInternal(error)
  return asBusError(nodeFailed(error), onInternal)
}
