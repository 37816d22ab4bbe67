import { expect, test } from '@jest/globals'
import { goDurationMs } from '../../../src/contract/peer/go-duration.js'

test.each([
  ['10s', 10_000],
  ['1m30s', 90_000],
  ['500ms', 500],
  ['1.5h', 5_400_000],
  ['.5s', 500],
  ['250us', 0.25],
  ['250µs', 0.25],
  ['0', 0],
])('%s is %d ms', (text, ms) => {
  expect(goDurationMs(text)).toBeCloseTo(ms)
})

test.each(['', '10', 's', '-1s', '1 s', '1s2', 'ten seconds', '1d', '1s '])('"%s" is no duration', (text) => {
  expect(goDurationMs(text)).toBeUndefined()
})
