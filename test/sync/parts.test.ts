import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { timerSleep } from '../../src/app/timer-sleep.js'
import { sync } from '../../src/api/methods/sync.js'
import { compile } from '../../src/api/validator.js'
import { BoundedSet } from '../../src/base/bounded-set.js'
import { deadline } from '../../src/sync/deadline.js'
import { ancestorAt, headersAfter, locatorOf } from '../../src/sync/locator.js'
import { SyncNetwork } from '../support/sync-network.js'
import { mineMany, node } from '../support/sync-nodes.js'

test('a bounded set holds the members that came last', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 5 }), (members, capacity) => {
      const set = new BoundedSet(capacity)
      const latest: string[] = []
      for (const member of members) {
        expect(set.add(member)).toBe(!latest.includes(member))
        if (!latest.includes(member)) latest.push(member)
        if (latest.length > capacity) latest.shift()
      }
      expect(latest.every((member) => set.has(member))).toBe(true)
      expect(set.size).toBe(latest.length)
    }),
  )
})

test('a call that takes too long fails as unreachable, one that is done in time does not', async () => {
  await expect(deadline(new Promise(() => undefined), 5, timerSleep)).rejects.toMatchObject({
    fault: 'unreachable',
  })
  await expect(deadline(Promise.resolve(7), 1000, timerSleep)).resolves.toBe(7)
})

test('a locator is short, ends in block 0, and finds the headers after the last that is shared', async () => {
  const a = await node(new SyncNetwork())
  const blocks = await mineMany(a, 40)
  const { index } = a.chain.blockchain
  const locator = locatorOf(index, index.entry(blocks[39]?.header.hash ?? ''))
  expect(locator.length).toBeLessThan(16)
  expect(locator.at(-1)).toBe(blocks[0]?.header.hash)
  const unknown = 'ab'.repeat(32)
  expect(
    headersAfter(index, [unknown, blocks[30]?.header.hash ?? ''], 5).map(({ height }) => height),
  ).toEqual([31, 32, 33, 34, 35])
  expect(headersAfter(index, [unknown], 2).map(({ height }) => height)).toEqual([0, 1])
  expect(headersAfter(index, [blocks[39]?.header.hash ?? ''], 2)).toEqual([])
  for (const height of [0, 17, 39]) {
    const tip = blocks[39]?.header
    expect(tip && ancestorAt(index, tip, height)).toEqual(blocks[height]?.header)
  }
})

test('the examples of the sync methods are answered as they say', async () => {
  const fresh = await node(new SyncNetwork())
  for (const [name, { example, result }] of Object.entries(sync)) {
    const answer = await fresh.dispatch(name, example.params, {})
    expect(compile(result)(answer)).toBeUndefined()
    if (name !== 'sync.status') expect(answer).toEqual(example.result)
  }
})
