import { once } from 'node:events'
import type { Request, Response } from 'express'
import type { ItemStream } from '../api/item-stream.js'
import { NDJSON } from '../api/openapi.js'

/** Small items are sent together: a chunk of their own would cost more than they do. */
const CHUNK_CHARS = 64 * 1024

/** A caller that reads nothing for this long is let go. */
const STALL_MS = 30_000

/**
 * Sends a list item by item: as one JSON array, or one item a line for callers that accept only that. Waits while the
 * caller does not read, and stops when it is gone. What fails after the first item can only be told by breaking the
 * answer off.
 */
export async function sendItems(
  request: Request,
  response: Response,
  items: ItemStream<unknown>,
): Promise<void> {
  const asLines = request.headers.accept?.includes(NDJSON) ?? false
  const form = asLines ? LINES : ARRAY
  if (request.method === 'HEAD') {
    response.writeHead(200, { 'content-type': form.type, vary: 'accept' }).end()
    return
  }
  let text = form.start
  let count = 0
  try {
    for await (const item of items) {
      if (!response.headersSent) response.writeHead(200, { 'content-type': form.type, vary: 'accept' })
      text += (count++ > 0 ? form.between : '') + JSON.stringify(item)
      if (text.length < CHUNK_CHARS) continue
      if (!(await isTaken(response, text))) {
        response.destroy()
        return
      }
      text = ''
    }
  } catch (error) {
    if (!response.headersSent) throw error
    response.destroy(error as Error)
    return
  }
  if (!response.headersSent) response.writeHead(200, { 'content-type': form.type, vary: 'accept' })
  response.end(text + (count > 0 || !asLines ? form.end : ''))
}

const ARRAY = { type: 'application/json; charset=utf-8', start: '[', between: ',', end: ']' }
const LINES = { type: `${NDJSON}; charset=utf-8`, start: '', between: '\n', end: '\n' }

/** Resolves when the caller has room for more; false when it is gone, or reads nothing. */
async function isTaken(response: Response, text: string): Promise<boolean> {
  if (response.destroyed) return false
  if (response.write(text)) return true
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  response.once('close', onClose)
  try {
    await once(response, 'drain', { signal: AbortSignal.any([gone.signal, AbortSignal.timeout(STALL_MS)]) })
    return true
  } catch {
    return false
  } finally {
    response.off('close', onClose)
  }
}
