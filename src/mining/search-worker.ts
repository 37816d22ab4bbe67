/** A worker thread that searches for nonces. Between slices it looks for a new order. */
import { parentPort } from 'node:worker_threads'
import { assert } from '../base/errors.js'
import { NonceRange } from './nonce-range.js'
import type { SearchOrder, SearchReport } from './search-messages.js'

/** Hashes between two looks at the mailbox: some ten milliseconds. */
const SLICE = 16_384

/** Hashes between two reports: a few a second. */
const REPORT_EVERY = 32 * SLICE

const port = parentPort
assert(port, 'this module runs in a worker thread')
let id = 0
let range: NonceRange | undefined
let reported = 0
let isScheduled = false

port.on('message', (order: SearchOrder) => {
  if (range) report()
  id = order.id
  range = order.job && new NonceRange(order.job)
  reported = 0
  schedule()
})

function schedule(): void {
  if (isScheduled) return
  isScheduled = true
  setImmediate(searchOn)
}

function searchOn(): void {
  isScheduled = false
  if (!range) return
  const nonce = range.search(SLICE)
  if (nonce === undefined) {
    if (range.tried - reported >= REPORT_EVERY) report()
    schedule()
    return
  }
  report(nonce)
  range = undefined
}

function report(nonce?: string): void {
  const tried = range?.tried ?? 0
  const message: SearchReport = { id, hashes: tried - reported, ...(nonce !== undefined && { nonce }) }
  port?.postMessage(message)
  reported = tried
}
