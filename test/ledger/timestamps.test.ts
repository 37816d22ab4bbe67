import { expect, test } from '@jest/globals'
import { medianTimePast } from '../../src/ledger/timestamps.js'
import { vectors } from './fixtures.js'

const { cases } = vectors('median-time') as { cases: { timestamps: number[]; median: number }[] }

test.each(cases)('the median time past of $timestamps is $median', ({ timestamps, median }) => {
  const copy = [...timestamps]
  expect(medianTimePast(timestamps)).toBe(median)
  expect(timestamps).toEqual(copy)
})

test('there is no median of nothing', () => {
  expect(() => medianTimePast([])).toThrow('needs a timestamp')
})
