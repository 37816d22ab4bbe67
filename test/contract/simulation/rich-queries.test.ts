import { describe, expect, test } from '@jest/globals'
import type { PageRequest } from '../../../src/contract/simulation/state-requests.js'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { carPark, find, park } from './cars.js'
import { bytes, keysOf, Sandbox, text } from './sandbox.js'

const { VALID, MVCC_READ_CONFLICT } = VALIDATION_CODE

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
