import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backoff } from '../src/runtime/backoff.js'

const DEFAULTS = { reconnectDelayMs: 3000, maxBackoffMs: 120_000, maxReconnectAttempts: 0 }

function delays(backoff: Backoff, count: number): number[] {
  return Array.from({ length: count }, () => backoff.nextDelayMs() / 1000)
}

test('the wait doubles from the base to the ceiling', () => {
  assert.deepEqual(delays(new Backoff(DEFAULTS, () => 0), 8), [3, 6, 12, 24, 48, 96, 120, 120])
})

test('up to the base is added by chance, beyond the ceiling too', () => {
  assert.deepEqual(delays(new Backoff(DEFAULTS, () => 0.5), 7), [4.5, 7.5, 13.5, 25.5, 49.5, 97.5, 121.5])
  assert.notDeepEqual(delays(new Backoff(DEFAULTS), 3), delays(new Backoff(DEFAULTS), 3))
})

test('after thousands of failures the wait is the ceiling still', () => {
  assert.equal(delays(new Backoff(DEFAULTS, () => 0), 5000).at(-1), 120)
})

test('a session of 60 s begins the count anew, one of 59 s and one without Welcome do not', () => {
  const backoff = new Backoff(DEFAULTS, () => 0)
  delays(backoff, 3)
  backoff.noteEnd(59_999)
  backoff.noteEnd(0)
  assert.deepEqual(delays(backoff, 1), [24])
  backoff.noteEnd(60_000)
  assert.deepEqual(delays(backoff, 2), [3, 6])
})

test('a refusal waits the longest at once', () => {
  const backoff = new Backoff(DEFAULTS, () => 0.5)
  assert.equal(backoff.nextDelayMs(true), 121_500)
})

test('it is exhausted after the number of attempts given, and never when that is 0', () => {
  const three = new Backoff({ ...DEFAULTS, maxReconnectAttempts: 3 })
  delays(three, 2)
  assert.equal(three.isExhausted, false)
  delays(three, 1)
  assert.equal(three.isExhausted, true)
  const endless = new Backoff(DEFAULTS)
  delays(endless, 1000)
  assert.equal(endless.isExhausted, false)
})
