import { expect, test } from '@jest/globals'
import { discoveryLoop, type LoopOptions } from '../../src/nodes/discovery-loop.js'

/** Runs the loop until it has slept `sleeps` times; tells what it did in order. */
async function run(sleeps: number, options: Partial<LoopOptions> = {}): Promise<(string | number)[]> {
  const did: (string | number)[] = []
  const stop = new AbortController()
  await discoveryLoop(
    {
      round: () => (did.push('round'), Promise.resolve()),
      onError: (error) => did.push((error as Error).message),
      firstDelayMs: 1000,
      intervalMs: 60_000,
      jitter: 0.1,
      random: () => 0.5,
      sleep: (ms) => {
        did.push(ms)
        if (did.filter((step) => typeof step === 'number').length === sleeps) stop.abort()
        return Promise.resolve()
      },
      ...options,
    },
    stop.signal,
  )
  return did
}

test('the loop waits before its first round and sleeps after every round', async () => {
  expect(await run(3)).toEqual([1000, 'round', 60_000, 'round', 60_000])
})

test('a round that fails is told and does not end the loop', async () => {
  const round = () => Promise.reject(new Error('fault'))
  expect(await run(3, { round })).toEqual([1000, 'fault', 60_000, 'fault', 60_000])
})

test('the interval varies by the jitter, both ways', async () => {
  expect(await run(2, { random: () => 0 })).toContain(54_000)
  expect(await run(2, { random: () => 1 - Number.EPSILON })).toContainEqual(expect.closeTo(66_000))
})

test('a loop stopped before its first round runs none', async () => {
  expect(await run(1)).toEqual([1000])
})
