import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { PageRequest } from '../../../src/contract/simulation/state-requests.js'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { bytes, drain, keysOf, Sandbox, text } from './sandbox.js'

const { VALID, MVCC_READ_CONFLICT } = VALIDATION_CODE

const CARS = {
  car1: {
    make: 'Toyota',
    model: 'Prius',
    year: 2010,
    owner: { name: 'Tomoko', city: 'Oslo' },
    tags: ['eco', 'blue'],
  },
  car2: { make: 'Ford', model: 'Mustang', year: 1967, owner: { name: 'Brad' }, tags: [] },
  car3: { make: 'Ford', model: 'Focus', year: 2010, owner: { name: 'Jin Soo', city: null }, sold: false },
  car4: { make: 'Fiat', model: 'Punto', year: '2010', owner: null, parts: [{ n: 1 }, { n: 5, ok: true }] },
}

function carPark(): Sandbox {
  const sandbox = new Sandbox()
  const json = Object.entries(CARS).map(([key, car]) => [key, JSON.stringify(car)])
  sandbox.fill({
    ...(Object.fromEntries(json) as object),
    list: '[1]',
    word: '"x"',
    number: '1',
    torn: '{"make":',
    empty: '{}',
  })
  return sandbox
}

const park = carPark()

function find(query: object, sandbox = park): readonly string[] {
  return sandbox.ask((state) =>
    keysOf(drain(state, state.getQueryResult(JSON.stringify(query), '', undefined))),
  )
}

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

describe('order, fields and skipping', () => {
  test('without a sort rows come by the bytes of their keys', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ '\u{10000}': '{}', '\uffff': '{}', a: '{}' })
    expect(find({ selector: {} }, sandbox)).toEqual(['a', '\uffff', '\u{10000}'])
  })

  test('sorting goes by type, then value, then key; what has no such field comes first', () => {
    const sort = (...fields: unknown[]) => find({ selector: {}, sort: fields })
    expect(sort('year')).toEqual(['empty', 'car2', 'car1', 'car3', 'car4'])
    expect(sort({ year: 'desc' })).toEqual(['car4', 'car3', 'car1', 'car2', 'empty'])
    expect(sort({ make: 'asc' }, { 'owner.name': 'asc' })).toEqual(['empty', 'car4', 'car2', 'car3', 'car1'])
  })

  test('skip leaves out rows in the order of the result; limit and use_index change nothing', () => {
    expect(find({ selector: {}, skip: 3, limit: 1, use_index: ['a', 'b'] })).toEqual(['car4', 'empty'])
    expect(find({ selector: {}, sort: [{ year: 'desc' }], skip: 3 })).toEqual(['car2', 'empty'])
  })

  test('fields are all that a document keeps', () => {
    const rows = park.ask((state) => {
      const query = {
        selector: { make: 'Ford' },
        fields: ['model', 'owner.name', 'owner.city', 'none', '_id'],
      }
      return state.getQueryResult(JSON.stringify(query), '', undefined).results
    })
    expect(rows.map(({ value }) => JSON.parse(text(value)) as unknown)).toEqual([
      { model: 'Mustang', owner: { name: 'Brad' } },
      { model: 'Focus', owner: { name: 'Jin Soo', city: null } },
    ])
  })

  test('fields with odd names change no object but the result', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '{"__proto__":{"polluted":1},"constructor":2}' })
    const query = { selector: {}, fields: ['__proto__.polluted', 'constructor'] }
    const [row] = sandbox.ask((state) => state.getQueryResult(JSON.stringify(query), '', undefined).results)
    expect(text(row?.value ?? bytes(''))).toBe('{"__proto__":{"polluted":1},"constructor":2}')
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('pages of rich queries', () => {
  const walk = (query: object, pageSize: number) => {
    const pages: (readonly string[])[] = []
    let page: PageRequest = { pageSize, bookmark: '' }
    do {
      const { results, metadata } = park.ask((state) => state.getQueryResult(JSON.stringify(query), '', page))
      expect(metadata?.fetchedRecordsCount).toBe(results.length)
      pages.push(keysOf(results))
      page = { pageSize, bookmark: metadata?.bookmark ?? '' }
    } while (page.bookmark !== '')
    return pages
  }

  test('a bookmark leads to the next page, and is empty at the end', () => {
    expect(walk({ selector: {} }, 2)).toEqual([['car1', 'car2'], ['car3', 'car4'], ['empty']])
    expect(walk({ selector: { make: 'Ford' } }, 2)).toEqual([['car2', 'car3']])
    expect(walk({ selector: {}, skip: 1 }, 3)).toEqual([['car2', 'car3', 'car4'], ['empty']])
    expect(walk({ selector: {}, sort: ['year'], skip: 1 }, 3)).toEqual([['car2', 'car1', 'car3'], ['car4']])
  })

  test.each(['nonsense', 'a2NhcjE', Buffer.from('p99999999999').toString('base64url')])(
    'the bookmark %s is refused by a sorted query',
    (bookmark) => {
      const query = JSON.stringify({ selector: {}, sort: ['year'] })
      park.ask((state) => {
        expect(() => state.getQueryResult(query, '', { pageSize: 1, bookmark })).toThrow('bookmark')
      })
    },
  )
})

describe('what a rich query leaves in the read set', () => {
  test('the rows handed out are read, the others are not, and there is no range', () => {
    const query = JSON.stringify({ selector: { make: 'Ford' } })
    const { reads, rangeReads } = park.run((state) => void state.getQueryResult(query, '', undefined))
    expect([keysOf(reads), rangeReads]).toEqual([['car2', 'car3'], []])
  })

  test('a row that changes meanwhile is a read conflict; a new one is none', () => {
    const outcome = (key: string) => {
      const sandbox = carPark()
      const late = sandbox.start((state) => {
        state.getQueryResult('{"selector":{"make":"Ford"}}', '', undefined)
        state.putState('z', bytes('1'), '')
      })
      sandbox.fill({ [key]: '{"make":"Ford"}' })
      return sandbox.world.commit([late])[0]
    }
    expect([outcome('car2'), outcome('car5')]).toEqual([MVCC_READ_CONFLICT, VALID])
  })

  test('a sorted query reads as far as it was fetched', () => {
    const sandbox = new Sandbox({ batchSize: 2 })
    sandbox.fill({ a: '{"n":4}', b: '{"n":3}', c: '{"n":2}', d: '{"n":1}' })
    const { reads } = sandbox.run(
      (state) => void state.getQueryResult('{"selector":{},"sort":["n"]}', '', undefined),
    )
    expect(keysOf(reads)).toEqual(['b', 'c', 'd'])
  })
})

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
