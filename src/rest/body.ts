import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { ApiError } from '../api/errors.js'
import { JsonError, type Json, parseJson } from '../base/json.js'

/**
 * Reads a JSON body, of GET too (the seed's clients introduce themselves so). No body, an empty one, and none for a
 * content type to describe are all the same: undefined.
 */
export function jsonBody(maxBytes: number): RequestHandler {
  return (request, _response, next) => {
    if (!hasBody(request.headers)) {
      request.body = undefined
      next()
      return
    }
    readBody(request, maxBytes)
      .then((bytes) => {
        request.body = parsed(bytes)
      })
      .then(() => next(), next)
  }
}

async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { headers, method } = request
  // No browser sends GET with a body, so curl's default content type does no harm there; elsewhere it is what keeps
  // forms of foreign pages out.
  const isReadable = method === 'GET' || isJsonType(headers['content-type'])
  if (!isReadable || (headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new ApiError('UNSUPPORTED_MEDIA_TYPE')
  if (Number(headers['content-length'] ?? 0) > maxBytes) throw new ApiError('BODY_TOO_LARGE')
  return bytesOf(request, maxBytes)
}

/** Rejects as soon as the body is too large; what still comes is read and forgotten, so that the answer gets through. */
function bytesOf(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer): void => {
      size += chunk.length
      if (size <= maxBytes) {
        chunks.push(chunk)
        return
      }
      request.off('data', take).resume()
      reject(new ApiError('BODY_TOO_LARGE'))
    }
    request.on('data', take)
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('close', () => {
      // Comes after every body; an error that nobody reads still costs its stack trace.
      if (!request.readableEnded) reject(new ApiError('MALFORMED_JSON', 'the body ended early'))
    })
  })
}

function hasBody(headers: IncomingMessage['headers']): boolean {
  if (headers['transfer-encoding'] !== undefined) return true
  return headers['content-length'] !== undefined && headers['content-length'] !== '0'
}

function isJsonType(type: string | undefined): boolean {
  const match = /^application\/json\s*(?:;\s*charset="?([\w-]+)"?\s*)?$/i.exec(type ?? '')
  if (!match) return false
  const charset = (match[1] ?? 'utf-8').toLowerCase()
  return charset === 'utf-8' || charset === 'utf8'
}

function parsed(bytes: Buffer): Json | undefined {
  const text = textOf(bytes)
  if (text.trim() === '') return undefined
  try {
    return parseJson(text)
  } catch (error) {
    if (error instanceof JsonError) throw new ApiError('MALFORMED_JSON', error.message)
    throw error
  }
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ApiError('MALFORMED_JSON', 'the body is not UTF-8')
  }
}
