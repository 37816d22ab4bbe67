import { expect, test } from '@jest/globals'
import { supervise } from '../../src/mining/supervise.js'
import { FakeTime } from './fake-time.js'

test('a job that fails is reported and started again, later each time', async () => {
  const time = new FakeTime()
  const stop = new AbortController()
  const errors: unknown[] = []
  const onError = (error: unknown): number => errors.push(error)
  let starts = 0
  const job = () => Promise.reject(new Error(`failure ${++starts}`))
  const ended = supervise(job, { onError, now: time.now, sleep: time.sleep }, stop.signal)
  for (const waitMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    await time.sleeping(waitMs)
    expect(errors).toHaveLength(starts)
    time.advance(waitMs)
  }
  await time.sleeping(60_000)
  stop.abort()
  await ended
  expect(starts).toBe(9)
})

test('a job that ran well for a while is started again soon', async () => {
  const time = new FakeTime()
  const stop = new AbortController()
  let starts = 0
  const job = () => {
    if (++starts === 3) time.nowMs += 120_000
    return Promise.reject(new Error('failure'))
  }
  const ended = supervise(job, { onError: () => undefined, now: time.now, sleep: time.sleep }, stop.signal)
  for (const waitMs of [1000, 2000, 1000]) {
    await time.sleeping(waitMs)
    time.advance(waitMs)
  }
  stop.abort()
  await ended
  expect(starts).toBeGreaterThanOrEqual(3)
})
