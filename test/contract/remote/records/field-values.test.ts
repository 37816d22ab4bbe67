import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Json } from '../../../../src/base/json.js'
import {
  MOST_FIELDS,
  type RecordField,
  RecordFieldError,
} from '../../../../src/contract/remote/record-queries.js'
import {
  numberKey,
  type ReadField,
  readFields,
  saidIn,
  valuesOf,
  wantedOf,
} from '../../../../src/contract/remote/records/field-values.js'

function field(changes: Partial<RecordField>): ReadField {
  const [read] = readFields([{ name: 'f', path: '$.f', type: 'tag', ...changes }])
  return read as ReadField
}

const values = (changes: Partial<RecordField>, f: Json): unknown[] => [...valuesOf(field(changes), { f })]

test('a text is found by its words in lower case, a tag by its parts, a number by itself', () => {
  expect(values({ type: 'text' }, 'Grüß GOTT, Grüß 2nd!')).toEqual(['grüß', 'gott', '2nd'])
  expect(values({}, 'red, Dark Green,,red')).toEqual(['red', 'Dark Green'])
  expect(values({ separator: '||' }, 'a,b||c')).toEqual(['a,b', 'c'])
  expect(values({ separator: '' }, ' a, b ')).toEqual(['a, b'])
  expect(values({ type: 'number' }, -0)).toEqual([0])
})

test('letters made of two characters are the same as those made of one', () => {
  expect(values({ type: 'text' }, 'e\u0301')).toEqual(values({ type: 'text' }, 'É'))
})

test('a value of another kind is passed over', () => {
  for (const type of ['text', 'tag'] as const)
    for (const other of [1, null, true, ['a'], { a: 'a' }, '', ' , '])
      expect(values({ type }, other)).toEqual([])
  for (const other of ['1', null, [1], JSON.parse('1e999') as number])
    expect(values({ type: 'number' }, other)).toEqual([])
})

test('of many values the first are taken', () => {
  const many = Array.from({ length: 1000 }, (_, n) => n)
  expect(values({ type: 'number', path: '$.f[*]' }, many)).toEqual(many.slice(0, 256))
  expect(values({ type: 'text' }, many.join(' '))).toHaveLength(256)
})

test('fields that cannot be are refused', () => {
  const wrong: RecordField[][] = [
    [{ name: '', path: '$', type: 'text' }],
    [{ name: 'n'.repeat(65), path: '$', type: 'text' }],
    [{ name: 'timestamp', path: '$', type: 'number' }],
    [{ name: 'a', path: '$..a', type: 'text' }],
    [
      { name: 'a', path: '$.a', type: 'text' },
      { name: 'a', path: '$.b', type: 'tag' },
    ],
    Array.from({ length: MOST_FIELDS + 1 }, (_, n) => ({ name: `f${n}`, path: '$', type: 'text' as const })),
  ]
  for (const fields of wrong) expect(() => readFields(fields)).toThrow(RecordFieldError)
})

test('a field is asked only for what it is found by', () => {
  const fields = readFields(
    (['text', 'tag', 'number'] as const).map((type) => ({ name: `a ${type}`, path: '$', type })),
  )
  const wrong = [
    { name: 'other', equals: 'a' },
    { name: 'a text', equals: 'a' },
    { name: 'a text', word: 'two words' },
    { name: 'a text', word: '!' },
    { name: 'a text', from: 1 },
    { name: 'a tag', word: 'a' },
    { name: 'a tag', equals: 1 },
    { name: 'a tag', from: 1 },
    { name: 'a number', equals: 'a' },
    { name: 'a number', equals: NaN },
    { name: 'a number', from: NaN },
    { name: 'a number', word: '1' },
  ]
  for (const condition of wrong) expect(() => wantedOf(condition, fields)).toThrow(RecordFieldError)
  expect(wantedOf({ name: 'a text', word: 'Tea!' }, fields)).toMatchObject({ value: 'tea' })
  expect(wantedOf({ name: 'a number', to: 3 }, fields)).toMatchObject({ from: -Infinity, to: 3 })
})

test('the order of the keys of numbers is that of the numbers', () => {
  const number = fc.oneof(fc.double({ noNaN: true }), fc.integer(), fc.constantFrom(-Infinity, Infinity, 0))
  fc.assert(
    fc.property(number, number, (a, b) => {
      const [x, y] = [a === 0 ? 0 : a, b === 0 ? 0 : b]
      expect(Math.sign(Buffer.compare(numberKey(x), numberKey(y)))).toBe(x < y ? -1 : x > y ? 1 : 0)
    }),
  )
})

test('a result that stands as text is read, and nothing else is', () => {
  expect(saidIn({ json: '{"price":1.5}' })).toEqual({ price: 1.5 })
  const others = [{ json: '{' }, { json: 1 }, { json: '1', more: 1 }, {}, ['json'], null, 'json']
  for (const payload of others) expect(saidIn(payload)).toEqual(payload)
})
