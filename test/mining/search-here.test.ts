import { expect, test } from '@jest/globals'
import { HEADER_BYTES } from '../../src/ledger/header.js'
import { searchHere } from '../../src/mining/search-here.js'

const impossible = { header: new Uint8Array(HEADER_BYTES), target: '0'.repeat(64), first: 0, step: 1 }

test('a search on this thread gives others a turn after every few thousand hashes', async () => {
  const stop = new AbortController()
  let turns = 0
  const takeTurn = (): void => {
    turns += 1
    if (turns < 20) setImmediate(takeTurn)
    else stop.abort()
  }
  setImmediate(takeTurn)
  let tried = 0
  let largest = 0
  const nonce = await searchHere(impossible, stop.signal, (count) => {
    tried += count
    largest = Math.max(largest, count)
  })
  expect(nonce).toBeUndefined()
  expect(turns).toBe(20)
  expect(largest).toBeLessThanOrEqual(5000)
  expect(tried).toBeLessThanOrEqual(21 * 5000)
})

test('a search on this thread that is aborted before it starts tries nothing', async () => {
  const stop = new AbortController()
  stop.abort()
  let tried = 0
  await searchHere(impossible, stop.signal, (count) => (tried += count))
  expect(tried).toBe(0)
})
