import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { PrivateValues as ContractPrivateValues } from '../../src/contract/private-values.js'
import { PrivateValues } from '../../src/store/private-values.js'
import { removeFolder } from '../support/chain.js'
import { memoryFolder } from '../support/memory-folder.js'

let folder: string
let values: PrivateValues
let nowMs: number

beforeEach(async () => {
  folder = await memoryFolder()
  nowMs = 1000
  values = open()
})

afterEach(async () => {
  await values.close()
  await removeFolder(folder)
})

function open(): PrivateValues {
  return PrivateValues.open({ folder: join(folder, 'private'), now: () => nowMs })
}

function written(key: string, text: string | null, collection = 'secrets', namespace = 'basic') {
  return { namespace, collection, key, value: text === null ? null : Buffer.from(text), isPurge: false }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function get(key: string, text: string, collection = 'secrets', namespace = 'basic'): string | undefined {
  const found = values.get(namespace, collection, key, hashOf(text))
  return found && Buffer.from(found).toString()
}

const keys = (start = '', end = '', collection = 'secrets') => [
  ...values.keys('basic', collection, start, end),
]

test('it is what the contract’s side asks for', () => {
  const asked: ContractPrivateValues = values
  expect(asked).toBe(values)
})

test('a value is found by its key and its hash, also after a restart', async () => {
  await values.put([written('k', 'one'), written('k', 'two'), written('l', ''), written('m', null)])
  await values.close()
  values = open()
  expect([get('k', 'one'), get('k', 'two'), get('l', '')]).toEqual(['one', 'two', ''])
  expect([get('k', 'three'), get('l', 'one'), get('m', '')]).toEqual([undefined, undefined, undefined])
  expect([get('k', 'one', 'other'), get('k', 'one', 'secrets', 'front')]).toEqual([undefined, undefined])
  expect(keys()).toEqual(['k', 'l'])
})

test('keys come in the order of their bytes, each once, in the range asked for', async () => {
  const many = ['', '\u0000', 'a', 'ab', 'b', '\uff5e', '\u{1f600}']
  await values.put([...many].reverse().flatMap((key) => [written(key, 'x'), written(key, 'y')]))
  await values.put([
    written('z', 'x', 'secrets2'),
    written('z', 'x', 'secret'),
    written('z', 'x', 'secrets', 'basic2'),
  ])
  expect(keys()).toEqual(many)
  expect(keys('a', 'b')).toEqual(['a', 'ab'])
  expect(keys('\uff5e')).toEqual(['\uff5e', '\u{1f600}'])
  expect(keys('', '', 'secret')).toEqual(['z'])
})

test('a long range is read whole while keys come and go', async () => {
  const name = (i: number): string => String(i).padStart(4, '0')
  await values.put(Array.from({ length: 400 }, (_, i) => written(name(i), 'x')))
  const found: string[] = []
  for (const key of values.keys('basic', 'secrets', '', '')) {
    found.push(key)
    if (found.length === 200)
      await values.put([written(`${name(0)} late`, 'x'), written(`${name(399)} late`, 'x')])
  }
  expect(found).toEqual([...Array.from({ length: 400 }, (_, i) => name(i)), `${name(399)} late`])
})

test('a purge forgets all values of one key', async () => {
  await values.put([written('k', 'one'), written('k', 'two'), written('kk', 'one')])
  await values.purge('basic', 'secrets', 'k')
  expect([get('k', 'one'), get('k', 'two'), get('kk', 'one')]).toEqual([undefined, undefined, 'one'])
  expect(keys()).toEqual(['kk'])
  await values.purge('basic', 'secrets', 'never')
})

test('a sweep forgets old values that nobody needs, and asks about each', async () => {
  await values.put([written('k', 'former'), written('k', 'current'), written('never called', 'x')])
  nowMs += 500
  await values.put([written('k', 'new')])
  nowMs += 501
  const asked: unknown[] = []
  const swept = await values.sweep(1000, (value) => {
    asked.push(value)
    return value.valueHash === hashOf('current')
  })
  const place = { namespace: 'basic', collection: 'secrets' }
  expect(asked).toHaveLength(3)
  expect(asked).toContainEqual({ ...place, key: 'never called', valueHash: hashOf('x') })
  expect(swept).toBe(2)
  expect([get('k', 'former'), get('k', 'current'), get('k', 'new')]).toEqual([undefined, 'current', 'new'])
  expect(keys()).toEqual(['k'])
})

test('a key that is too long for the store is refused', async () => {
  await expect(values.put([written('k'.repeat(1025), 'x')])).rejects.toThrow(RangeError)
  await values.put([written('k'.repeat(1024), 'x')])
  expect(get('k'.repeat(1024), 'x')).toBe('x')
})

test('it holds what a plain map holds', async () => {
  const key = fc.constantFrom('', 'a', 'ab', '\uff5e')
  const text = fc.constantFrom('', 'x', 'y')
  const step = fc.oneof(
    fc.record({ kind: fc.constant('put' as const), key, text, collection: fc.constantFrom('c', 'cc') }),
    fc.record({ kind: fc.constant('purge' as const), key, collection: fc.constantFrom('c', 'cc') }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      for (const collection of ['c', 'cc'])
        for (const each of keys('', '', collection)) await values.purge('basic', collection, each)
      const model = new Map<string, Set<string>>()
      for (const each of steps) {
        const place = `${each.collection}/${each.key}`
        if (each.kind === 'put') {
          model.set(place, (model.get(place) ?? new Set()).add(each.text))
          await values.put([written(each.key, each.text, each.collection)])
        } else {
          model.delete(place)
          await values.purge('basic', each.collection, each.key)
        }
      }
      const found = ['c', 'cc'].flatMap((collection) =>
        keys('', '', collection).map((each) => `${collection}/${each}`),
      )
      expect(new Set(found)).toEqual(new Set(model.keys()))
      for (const [place, texts] of model) {
        const [collection = '', name = ''] = place.split('/')
        for (const each of ['', 'x', 'y'])
          expect(get(name, each, collection)).toBe(texts.has(each) ? each : undefined)
      }
    }),
    { numRuns: 30 },
  )
})
