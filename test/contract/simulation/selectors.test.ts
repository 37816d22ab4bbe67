import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { find } from './cars.js'
import { bytes, Sandbox, text } from './sandbox.js'

const select = (selector: object) => find({ selector }).filter((key) => key !== 'empty')

describe('selectors (behaviour 13)', () => {
  test.each<[string, object, string[]]>([
    ['nothing asked', {}, ['car1', 'car2', 'car3', 'car4']],
    ['equality', { make: 'Ford' }, ['car2', 'car3']],
    ['several fields', { make: 'Ford', year: 2010 }, ['car3']],
    ['a path', { 'owner.name': 'Brad' }, ['car2']],
    ['nested objects', { owner: { name: 'Brad' } }, ['car2']],
    ['an item of a list', { 'tags.1': 'blue' }, ['car1']],
    ['a whole list', { tags: ['eco', 'blue'] }, ['car1']],
    ['null', { owner: null }, ['car4']],
    ['$eq', { year: { $eq: 2010 } }, ['car1', 'car3']],
    ['$ne leaves out what has no such field', { sold: { $ne: true } }, ['car3']],
    ['$gt: text comes after numbers', { year: { $gt: 1990 } }, ['car1', 'car3', 'car4']],
    ['a span', { year: { $gte: 1967, $lt: 2010 } }, ['car2']],
    ['$lte', { year: { $lte: 1967 } }, ['car2']],
    ['$in', { make: { $in: ['Fiat', 'Toyota'] } }, ['car1', 'car4']],
    ['$in of a list', { tags: { $in: ['eco', 'red'] } }, ['car1']],
    ['$in with null', { 'owner.city': { $in: [null] } }, ['car3']],
    ['$nin', { make: { $nin: ['Fiat', 'Toyota'] } }, ['car2', 'car3']],
    ['$all', { tags: { $all: ['blue', 'eco'] } }, ['car1']],
    ['$size', { tags: { $size: 0 } }, ['car2']],
    ['$exists', { 'owner.city': { $exists: true } }, ['car1', 'car3']],
    ['not $exists', { tags: { $exists: false } }, ['car3', 'car4']],
    ['$type', { year: { $type: 'string' } }, ['car4']],
    ['$type null', { owner: { $type: 'null' } }, ['car4']],
    ['$type array', { parts: { $type: 'array' } }, ['car4']],
    ['$mod', { year: { $mod: [10, 7] } }, ['car2']],
    ['$regex', { model: { $regex: '^P.*[ou]s?$' } }, ['car1', 'car4']],
    ['$regex without regard to case', { make: { $regex: '(?i)^FORD$' } }, ['car2', 'car3']],
    ['$elemMatch', { parts: { $elemMatch: { n: { $gt: 3 }, ok: true } } }, ['car4']],
    ['$elemMatch of values', { tags: { $elemMatch: { $eq: 'eco' } } }, ['car1']],
    ['$allMatch', { parts: { $allMatch: { n: { $lt: 5 } } } }, []],
    ['$and', { $and: [{ make: 'Ford' }, { year: { $lt: 2000 } }] }, ['car2']],
    ['$and on one field', { $and: [{ year: { $gt: 2000 } }, { year: { $eq: 1967 } }] }, []],
    ['$or', { $or: [{ make: 'Fiat' }, { year: 1967 }] }, ['car2', 'car4']],
    ['$or among other fields', { make: 'Ford', $or: [{ year: 2010 }, { year: 1 }] }, ['car3']],
    ['$nor', { $nor: [{ make: 'Ford' }, { make: 'Fiat' }] }, ['car1']],
    ['$not', { $not: { make: 'Ford' } }, ['car1', 'car4']],
    ['$not of a field', { year: { $not: { $gt: 2000 } } }, ['car2']],
    ['$not leaves out what has no such field', { $not: { sold: true } }, ['car3']],
    ['not $exists, negated', { $not: { tags: { $exists: false } } }, ['car1', 'car2']],
    ['$not of $or', { $not: { $or: [{ make: 'Ford' }, { year: '2010' }] } }, ['car1']],
    ['$or within a field', { year: { $or: [{ $lt: 2000 }, { $type: 'string' }] } }, ['car2', 'car4']],
    ['the key', { _id: { $gt: 'car2' } }, ['car3', 'car4']],
    ['what every object has by birth', { constructor: { $exists: true } }, []],
    ['the length of a list is no field', { 'tags.length': 2 }, []],
    ['nothing lies below a value', { 'sold.x': false }, []],
  ])('%s', (_name, selector, keys) => {
    expect(select(selector)).toEqual(keys)
  })

  test('only JSON objects are seen, each as it was written', () => {
    expect(find({ selector: {} })).toEqual(['car1', 'car2', 'car3', 'car4', 'empty'])
    const sandbox = new Sandbox()
    sandbox.fill({ a: ' {"b" : 1.0 }' })
    const [row] = sandbox.ask((state) => state.getQueryResult('{"selector":{"b":1}}', '', undefined).results)
    expect(text(row?.value ?? bytes(''))).toBe(' {"b" : 1.0 }')
  })

  test('composite keys are seen, too, and contracts see only their own keys', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ '\0a\0b\0': '{"x":1}' })
    expect(find({ selector: { x: 1 } }, sandbox)).toEqual(['\0a\0b\0'])
    const other = sandbox.ask((state) => state.getQueryResult('{"selector":{}}', '', undefined), {
      contract: 'd',
    })
    expect(other.results).toEqual([])
  })

  test('an escaped dot is part of a name', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '{"x.y":1}', b: '{"x":{"y":1}}', c: '{"__proto__":{"y":1}}' })
    expect(find({ selector: { 'x\\.y': 1 } }, sandbox)).toEqual(['a'])
    expect(find({ selector: { 'x.y': 1 } }, sandbox)).toEqual(['b'])
    expect(find({ selector: { '__proto__.y': 1 } }, sandbox)).toEqual(['c'])
  })

  test('a text is found however a document spells it', () => {
    const sandbox = new Sandbox()
    sandbox.fill({
      a: '{"x":"\\u0061b"}',
      b: '{ "x" : "ab" }',
      c: '{"x":["ab"]}',
      d: '{"x":"a\\"b"}',
      e: '{"y":"ab"}',
    })
    expect(find({ selector: { x: 'ab' } }, sandbox)).toEqual(['a', 'b'])
    expect(find({ selector: { x: 'a"b' } }, sandbox)).toEqual(['d'])
    expect(find({ selector: { $and: [{ x: 'ab' }, { _id: 'b' }] } }, sandbox)).toEqual(['b'])
    expect(find({ selector: { $or: [{ x: 'ab' }, { y: 'ab' }] } }, sandbox)).toEqual(['a', 'b', 'e'])
    expect(find({ selector: { $nor: [{ x: 'ab' }] } }, sandbox)).toEqual(['c', 'd'])
    expect(find({ selector: { x: { $not: { $eq: 'ab' } } } }, sandbox)).toEqual(['c', 'd'])
    expect(find({ selector: { x: { $elemMatch: { $eq: 'ab' } } } }, sandbox)).toEqual(['c'])
  })

  test('a selector and its negation share the documents that have the field', () => {
    const leaf = fc.constantFrom<object>(
      { a: { $gt: 1 } },
      { a: { $in: [1, 'x'] } },
      { a: { $type: 'number' } },
      { b: { $exists: true } },
      { a: { $regex: 'x' } },
      { a: 2 },
    )
    const { selector } = fc.letrec<{ selector: object }>((tie) => ({
      selector: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.record({ $and: fc.array(tie('selector'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ $or: fc.array(tie('selector'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ $nor: fc.array(tie('selector'), { minLength: 1, maxLength: 3 }) }),
        fc.record({ $not: tie('selector') }),
      ),
    }))
    const sandbox = new Sandbox()
    sandbox.fill({ k1: '{"a":1}', k2: '{"a":2,"b":1}', k3: '{"a":"x"}', k4: '{"a":[1],"b":null}' })
    fc.assert(
      fc.property(selector, (chosen) => {
        const all = [...find({ selector: chosen }, sandbox), ...find({ selector: { $not: chosen } }, sandbox)]
        expect(all.sort()).toEqual(['k1', 'k2', 'k3', 'k4'])
      }),
    )
  })
})
