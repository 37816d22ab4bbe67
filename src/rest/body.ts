import express, { type RequestHandler } from 'express'
import { ApiError } from '../api/errors.js'
import { JsonError, type Json, parseJson } from '../base/json.js'

/**
 * Reads a JSON body, of GET too (the seed's clients introduce themselves so). No body, an empty one, and none for a
 * content type to describe are all the same: undefined.
 */
export function jsonBody(maxBytes: number): RequestHandler {
  const text = express.text({ type: () => true, limit: maxBytes, inflate: false, defaultCharset: 'utf-8' })
  return (request, response, next) => {
    if (!hasBody(request.headers)) {
      request.body = undefined
      next()
      return
    }
    // No browser sends GET with a body, so curl's default content type does no harm there; elsewhere it is what keeps
    // forms of foreign pages out.
    if (request.method !== 'GET' && !isJsonType(request.headers['content-type'])) {
      next(new ApiError('UNSUPPORTED_MEDIA_TYPE'))
      return
    }
    text(request, response, (error?: unknown) => {
      if (error !== undefined) {
        next(error)
        return
      }
      try {
        request.body = parsed(request.body)
        next()
      } catch (fault) {
        next(fault)
      }
    })
  }
}

type Headers = Parameters<RequestHandler>[0]['headers']

function hasBody(headers: Headers): boolean {
  if (headers['transfer-encoding'] !== undefined) return true
  return headers['content-length'] !== undefined && headers['content-length'] !== '0'
}

function isJsonType(type: string | undefined): boolean {
  const match = /^application\/json\s*(?:;\s*charset="?([\w-]+)"?\s*)?$/i.exec(type ?? '')
  if (!match) return false
  const charset = (match[1] ?? 'utf-8').toLowerCase()
  return charset === 'utf-8' || charset === 'utf8'
}

function parsed(text: unknown): Json | undefined {
  if (typeof text !== 'string' || text.trim() === '') return undefined
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonError) throw new ApiError('MALFORMED_JSON', error.message)
    throw error
  }
}
