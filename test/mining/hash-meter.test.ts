import { expect, test } from '@jest/globals'
import { HashMeter } from '../../src/mining/hash-meter.js'

test('the rate is that of the last ten seconds', () => {
  let nowMs = 0
  const meter = new HashMeter(() => nowMs)
  expect(meter.perSecond()).toBe(0)
  for (let second = 0; second < 20; second++) {
    meter.add(second < 10 ? 1000 : 3000)
    nowMs += 1000
    if (second === 4) expect(meter.perSecond()).toBe(1000)
  }
  nowMs -= 1
  expect(meter.perSecond()).toBe(3000)
  nowMs += 60_000
  expect(meter.perSecond()).toBe(0)
})

test('counts of the same moment add up', () => {
  let nowMs = 0
  const meter = new HashMeter(() => nowMs)
  for (let i = 0; i < 1000; i++) meter.add(2)
  nowMs = 2000
  expect(meter.perSecond()).toBe(1000)
})
