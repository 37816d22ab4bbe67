import { describe, expect, test } from '@jest/globals'
import { find, park } from './cars.js'
import { Sandbox } from './sandbox.js'

describe('queries that are refused', () => {
  test.each([
    ['not json', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['{}', 'it has no selector'],
    ['{"selector":[]}', 'selector is not an object'],
    ['{"selector":{},"selector":{}}', 'appears twice'],
    ['{"selector":{},"frobnicate":1}', 'unknown member frobnicate'],
    ['{"selector":{"a":{"$foo":1}}}', 'unknown operator $foo'],
    ['{"selector":{"$text":"x"}}', 'unknown operator $text'],
    ['{"selector":{"a":{"$in":1}}}', '$in takes a list'],
    ['{"selector":{"$or":{"a":1}}}', '$or takes a list'],
    ['{"selector":{"$and":[1]}}', '$and is not an object'],
    ['{"selector":{"a":{"$exists":1}}}', '$exists takes true or false'],
    ['{"selector":{"a":{"$type":"date"}}}', '$type takes one of'],
    ['{"selector":{"a":{"$size":"1"}}}', '$size takes an integer'],
    ['{"selector":{"a":{"$mod":[0,1]}}}', '$mod takes a divisor'],
    ['{"selector":{"a":{"$regex":"("}}}', 'Invalid regular expression'],
    ['{"selector":{"a":{"$regex":1}}}', '$regex takes a text'],
    ['{"selector":{},"sort":"a"}', 'sort is not a list'],
    ['{"selector":{},"sort":[{"a":"up"}]}', 'sort goes asc or desc'],
    ['{"selector":{},"sort":[{"a":"asc","b":"asc"}]}', 'objects of one field'],
    ['{"selector":{},"fields":"a"}', 'fields is not a list'],
    ['{"selector":{},"fields":[1]}', 'fields is not a list of texts'],
    ['{"selector":{},"skip":-1}', 'skip is not an integer'],
    [`{"selector":{"a":{"$regex":"${'x'.repeat(1001)}"}}}`, 'longer than 1000 characters'],
    [`{"selector":${'{"$not":'.repeat(40)}{}${'}'.repeat(40)}}`, 'nested deeper than 32 levels'],
    [`{"selector":${'{"$not":'.repeat(9999)}`, 'nested deeper'],
    [
      JSON.stringify({ selector: { $or: Array.from({ length: 2001 }, () => ({ a: 1 })) } }),
      'more than 2000 conditions',
    ],
    [`{"selector":{"a":"${'x'.repeat(262_144)}"}}`, 'more than 262144 bytes'],
  ])('%.60s', (query, message) => {
    park.ask((state) => {
      expect(() => state.getQueryResult(query, '', undefined)).toThrow(/^invalid query: /)
      expect(() => state.getQueryResult(query, '', undefined)).toThrow(message)
    })
  })

  test('an expression that backtracks without end is broken off, and the call has no time left for others', () => {
    const sandbox = new Sandbox({ matchStepMs: 50 })
    sandbox.fill({ a: JSON.stringify({ x: `${'a'.repeat(60)}!` }) })
    sandbox.ask((state) => {
      const ask = (regex: string) =>
        state.getQueryResult(JSON.stringify({ selector: { x: { $regex: regex } } }), '', undefined)
      expect(() => ask('^(a+)+$')).toThrow('matching with $regex takes too long: more than 50 ms')
      expect(() => ask('a')).toThrow('matching with $regex takes too long: more than 50 ms')
    })
    expect(find({ selector: { x: { $regex: 'a!' } } }, sandbox)).toEqual(['a'])
  })

  test('a call looks at only so many keys, and sorts only so many', () => {
    const limited = new Sandbox({ maxScannedKeys: 5, maxSortedKeys: 2 })
    limited.fill({ a: '{}', b: '{}', c: '{}' })
    limited.ask((state) => {
      expect(() => state.getQueryResult('{"selector":{},"sort":["x"]}', '', undefined)).toThrow(
        'sorts more than 2',
      )
      expect(() => state.getQueryResult('{"selector":{}}', '', undefined)).toThrow('look at more than 5 keys')
    })
  })

  test('a document nested without measure matches nothing and harms nobody', () => {
    const sandbox = new Sandbox()
    const deep = '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000)
    sandbox.fill({ deep, plain: '{"b":1}' })
    expect(find({ selector: { a: { $gt: null } } }, sandbox)).toEqual([])
    expect(find({ selector: { b: 1 } }, sandbox)).toEqual(['plain'])
    sandbox.ask((state) => {
      const query = '{"selector":{"a":{"$exists":true}},"fields":["a"]}'
      expect(() => state.getQueryResult(query, '', undefined)).toThrow('nested too deep')
    })
  })
})
