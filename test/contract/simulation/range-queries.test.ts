import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { QueryPage, StateResult } from '../../../src/contract/simulation/state-requests.js'
import { bytes, drain, keysOf, numbered, Sandbox } from './sandbox.js'

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

function scan(sandbox: Sandbox, start: string, end: string): readonly string[] {
  return sandbox.ask((state) => keysOf(drain(state, state.getStateByRange(start, end, '', undefined))))
}

describe('ranges (behaviour 9)', () => {
  test('the start is in, the end is out', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1', b: '2', c: '3', d: '4' })
    expect(scan(sandbox, 'b', 'd')).toEqual(['b', 'c'])
    expect(scan(sandbox, 'b', '')).toEqual(['b', 'c', 'd'])
    expect(scan(sandbox, '', 'b')).toEqual(['a'])
    expect(scan(sandbox, 'd', 'b')).toEqual([])
    expect(scan(sandbox, 'b', 'b')).toEqual([])
  })

  test('keys are ordered by their UTF-8 bytes: U+FFFD comes before characters beyond U+FFFF', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ '\u{1f600}': '1', '\ufffd': '2', '\ue000': '3', z: '4', é: '5' })
    expect(scan(sandbox, '', '')).toEqual(['z', 'é', '\ue000', '\ufffd', '\u{1f600}'])
    expect(scan(sandbox, '\ue000', '\u{1f600}')).toEqual(['\ue000', '\ufffd'])
  })

  test('a range from the start has no composite keys, and a composite range has no others', () => {
    const sandbox = new Sandbox()
    const owned = (owner: string, asset: string) => `\0owner\0${owner}\0${asset}\0`
    const odd = owned('bob', '\uffff')
    sandbox.fill({
      a: '1',
      [owned('bob', '1')]: '1',
      [owned('bobby', '1')]: '1',
      [odd]: '1',
      '\0other\0x\0': '1',
    })
    expect(scan(sandbox, '', '')).toEqual(['a'])
    expect(scan(sandbox, '\0owner\0bob\0', '\0owner\0bob\0\u{10ffff}')).toEqual([owned('bob', '1'), odd])
  })

  test('rows say in which namespace they are', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1' })
    expect(sandbox.ask((state) => state.getStateByRange('', '', '', undefined).results)).toEqual([
      { namespace: 'c', key: 'a', value: Buffer.from('1') },
    ])
  })
})

describe('pieces of a query (behaviours 10 and 11)', () => {
  test.each([0, 1, 99, 100, 101, 200, 229])(
    '%d rows come in pieces of 100, the last of them never empty',
    (count) => {
      const sandbox = new Sandbox()
      sandbox.fill(numbered(count))
      sandbox.ask((state) => {
        const sizes: number[] = []
        let page: QueryPage<unknown> = state.getStateByRange('', '', '', undefined)
        sizes.push(page.results.length)
        while (page.hasMore) {
          page = state.next(page.id)
          sizes.push(page.results.length)
        }
        const full = Array.from({ length: Math.floor(count / 100) }, () => 100)
        expect(sizes).toEqual(count % 100 > 0 || count === 0 ? [...full, count % 100] : full)
      })
    },
  )

  test('a query at its end is closed, asking on is an error and closing is none', () => {
    const sandbox = new Sandbox()
    sandbox.fill(numbered(150))
    sandbox.ask((state) => {
      const { id } = state.getStateByRange('', '', '', undefined)
      state.next(id)
      expect(() => state.next(id)).toThrow('query iterator not found')
      expect(() => state.next('nonsense')).toThrow('query iterator not found')
      state.closeQuery(id)
      state.closeQuery(id)
      state.closeQuery('nonsense')
    })
  })

  test('a closed query has no next piece; others go on', () => {
    const sandbox = new Sandbox()
    sandbox.fill(numbered(150))
    sandbox.ask((state) => {
      const [closed, open] = [0, 1].map(() => state.getStateByRange('', '', '', undefined)) as [
        QueryPage<StateResult>,
        QueryPage<StateResult>,
      ]
      state.closeQuery(closed.id)
      expect(() => state.next(closed.id)).toThrow('query iterator not found')
      expect(state.next(open.id).results).toHaveLength(50)
    })
  })

  test('all queries are closed at the end of the call, and the scans of the state with them', () => {
    const sandbox = new Sandbox()
    sandbox.fill(numbered(150))
    let open = 0
    const snapshot = sandbox.world.snapshot()
    const world = snapshot.worldRange.bind(snapshot)
    sandbox.world.snapshot = () => ({
      ...snapshot,
      *worldRange(...range) {
        open += 1
        try {
          yield* world(...range)
        } finally {
          open -= 1
        }
      },
    })
    sandbox.run((state) => {
      for (let n = 0; n < 5; n++) state.getStateByRange('', '', '', undefined)
      expect(open).toBe(5)
    })
    expect(open).toBe(0)
  })

  test('a call has only so many queries open, those at their end not counted', () => {
    const sandbox = new Sandbox({ maxOpenQueries: 2, batchSize: 10 })
    sandbox.fill(numbered(20))
    sandbox.ask((state) => {
      for (let n = 0; n < 5; n++) state.getStateByRange('k00015', '', '', undefined)
      state.getStateByRange('', '', '', undefined)
      state.getStateByRange('', '', '', undefined)
      expect(() => state.getStateByRange('', '', '', undefined)).toThrow('2 queries open')
    })
  })

  test('a query gives back no more rows than the limit, without a word', () => {
    const sandbox = new Sandbox({ totalQueryLimit: 250 })
    sandbox.fill(numbered(300))
    const { rangeReads } = sandbox.run((state) => {
      expect(drain(state, state.getStateByRange('', '', '', undefined))).toHaveLength(250)
    })
    expect(rangeReads[0]?.exhausted).toBe(false)
    expect(rangeReads[0]?.results).toHaveLength(250)
  })

  test('large values make pieces smaller', () => {
    const sandbox = new Sandbox({ maxBatchBytes: 1000 })
    const big = 'x'.repeat(400)
    sandbox.fill({ a: big, b: big, c: big, d: big })
    sandbox.ask((state) => {
      const first = state.getStateByRange('', '', '', undefined)
      expect([keysOf(first.results), first.hasMore]).toEqual([['a', 'b', 'c'], true])
      expect(state.next(first.id)).toMatchObject({ hasMore: false, results: [{ key: 'd' }] })
    })
  })
})

describe('pages (behaviour 12)', () => {
  test('a bookmark is the first key of the next page, and empty at the end', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1', b: '2', c: '3', d: '4', e: '5' })
    const page = (bookmark: string, pageSize = 2) =>
      sandbox.ask((state) => {
        const found = state.getStateByRange('a', 'e', '', { pageSize, bookmark })
        expect(found.hasMore).toBe(false)
        expect(() => state.next(found.id)).toThrow('query iterator not found')
        return { keys: keysOf(found.results), ...found.metadata }
      })
    expect(page('')).toEqual({ keys: ['a', 'b'], fetchedRecordsCount: 2, bookmark: 'c' })
    expect(page('c')).toEqual({ keys: ['c', 'd'], fetchedRecordsCount: 2, bookmark: '' })
    expect(page('', 4)).toEqual({ keys: ['a', 'b', 'c', 'd'], fetchedRecordsCount: 4, bookmark: '' })
    expect(page('', 0)).toEqual({ keys: ['a', 'b', 'c', 'd'], fetchedRecordsCount: 4, bookmark: '' })
    expect(page('zz')).toEqual({ keys: [], fetchedRecordsCount: 0, bookmark: '' })
  })

  test('a page may be larger than a piece', () => {
    const sandbox = new Sandbox()
    sandbox.fill(numbered(300))
    const { results, metadata } = sandbox.ask((state) =>
      state.getStateByRange('', '', '', { pageSize: 250, bookmark: '' }),
    )
    expect([results.length, metadata?.bookmark]).toEqual([250, 'k00250'])
  })

  test('a call that has asked for a page writes no more, and one that has written asks for none', () => {
    const sandbox = new Sandbox()
    const page = { pageSize: 1, bookmark: '' }
    const call = sandbox.call()
    const prefix = (id: string) => `txid [${id}]: unsuppored transaction. `
    const reading = sandbox.simulation(call).of('c')
    reading.getStateByRange('', '', '', page)
    const refused = `${prefix(call.callId)}Transaction has already performed a paginated query. Writes are not allowed`
    expect(() => reading.putState('a', bytes('1'), '')).toThrow(refused)
    expect(() => reading.delState('a', '')).toThrow(refused)
    expect(() => reading.putStateMetadata('a', '', { metakey: 'm', value: bytes('1') })).toThrow(refused)
    const next = sandbox.call()
    const writing = sandbox.simulation(next).of('c')
    writing.putState('a', bytes('1'), '')
    const text = `${prefix(next.callId)}Paginated queries are supported only in a read-only transaction`
    expect(() => writing.getStateByRange('', '', '', page)).toThrow(text)
    expect(() => writing.getQueryResult('{"selector":{}}', '', page)).toThrow(text)
    expect(writing.getStateByRange('', '', '', undefined).results).toEqual([])
  })

  test('walking over pages finds every key once, whatever their sizes', () => {
    const alphabet = fc.constantFrom('a', 'b', '\u0001', 'é', '\ue000', '\uffff', '\u{10000}')
    const key = fc.array(alphabet, { minLength: 1, maxLength: 3 }).map((letters) => letters.join(''))
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 30 }),
        fc.integer({ min: 1, max: 7 }),
        (keys, pageSize) => {
          const sandbox = new Sandbox()
          sandbox.fill(Object.fromEntries(keys.map((name) => [name, name])))
          const found: string[] = []
          let bookmark = ''
          do {
            const page = sandbox.ask((state) => state.getStateByRange('', '', '', { pageSize, bookmark }))
            found.push(...keysOf(page.results))
            bookmark = page.metadata?.bookmark ?? ''
          } while (bookmark !== '')
          expect(found).toEqual([...keys].sort(byBytes))
        },
      ),
    )
  })
})
