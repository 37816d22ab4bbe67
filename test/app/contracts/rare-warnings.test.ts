import { expect, test } from '@jest/globals'
import { RareWarnings } from '../../../src/app/contracts/rare-warnings.js'

function opened() {
  const told: unknown[] = []
  const clock = { nowMs: 1_000_000 }
  const log = { warn: (...each: unknown[]) => void told.push(each) }
  return { told, clock, warnings: new RareWarnings(log, () => clock.nowMs) }
}

test('what happens again and again is told once, and a minute later with how often it happened', () => {
  const { told, clock, warnings } = opened()
  for (let i = 0; i < 100; i++) warnings.warn('full', { address: 'a' }, 'refused')
  expect(told).toEqual([[{ address: 'a' }, 'refused']])
  clock.nowMs += 60_000
  warnings.warn('full', { address: 'b' }, 'refused')
  expect(told.slice(1)).toEqual([[{ address: 'b', untold: 99 }, 'refused']])
})

test('what is of another kind is told at once, and so is everything when the clock is set back', () => {
  const { told, clock, warnings } = opened()
  warnings.warn('full', {}, 'full')
  warnings.warn('key', {}, 'key')
  clock.nowMs -= 1
  warnings.warn('full', {}, 'full')
  expect(told).toEqual([
    [{}, 'full'],
    [{}, 'key'],
    [{}, 'full'],
  ])
})

test('who makes up ever new kinds takes no more memory than a thousand of them', () => {
  const { told, warnings } = opened()
  for (let i = 0; i <= 1000; i++) warnings.warn(String(i), {}, 'made up')
  warnings.warn('1000', {}, 'made up')
  expect(told).toHaveLength(1001)
  warnings.warn('0', {}, 'forgotten')
  expect(told).toHaveLength(1002)
})
