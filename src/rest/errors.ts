import type { ErrorRequestHandler, Response } from 'express'
import { ApiError, errorBody, ERRORS, type ErrorCode, nodeFailed } from '../api/errors.js'
import { sendJson } from './send.js'

const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'INVALID_PARAMS',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
}

/** Answers every error as JSON. What is nobody's fault but ours goes to the log whole, and to the caller without its cause. */
export function errorHandler(log: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error)
      return
    }
    const known = asApiError(error)
    if (!known) log(error)
    sendError(response, known ?? nodeFailed(error))
  }
}

export function sendError(response: Response, error: ApiError): void {
  sendJson(response, error.status, errorBody(error))
}

/** Express and its parsers throw errors with an HTTP status; their texts are safe to show. */
function asApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error
  const status = (error as { status?: unknown } | null)?.status
  const code = typeof status === 'number' ? CODE_OF_STATUS[status] : undefined
  return code && new ApiError(code, ERRORS[code].text)
}
