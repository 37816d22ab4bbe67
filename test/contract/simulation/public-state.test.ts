import { describe, expect, test } from '@jest/globals'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { bytes, OK, Sandbox, text } from './sandbox.js'

const { VALID, MVCC_READ_CONFLICT, DUPLICATE_TXID } = VALIDATION_CODE

describe('reading and writing (behaviour 8)', () => {
  test('an absent key reads as no bytes, and the read says that nothing was there', () => {
    const simulated = new Sandbox().run((state) => expect(state.getState('a', '')).toHaveLength(0))
    expect(simulated.reads).toEqual([{ namespace: 'c', key: 'a', version: null }])
    expect(simulated.writes).toEqual([])
  })

  test('a call does not see its own writes', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: 'before' })
    sandbox.run((state) => {
      state.putState('a', bytes('after'), '')
      state.putState('b', bytes('new'), '')
      expect(text(state.getState('a', ''))).toBe('before')
      expect(state.getState('b', '')).toHaveLength(0)
      expect(state.getStateByRange('', '', '', undefined).results.map(({ key }) => key)).toEqual(['a'])
    })
  })

  test('putting an empty value deletes the key, as deleting does', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1', b: '2' })
    const simulated = sandbox.run((state) => {
      state.putState('a', bytes(''), '')
      state.delState('b', '')
    })
    const values = simulated.writes.filter(({ namespace }) => namespace === 'c')
    expect(values.map(({ key, value }) => [key, value])).toEqual([
      ['a', null],
      ['b', null],
    ])
  })

  test('the last write of a key counts', () => {
    const { writes } = new Sandbox().run((state) => {
      state.putState('a', bytes('1'), '')
      state.delState('a', '')
      state.putState('a', bytes('2'), '')
    })
    expect(writes).toEqual([{ namespace: 'c', key: 'a', value: { text: '2' } }])
  })

  test('bytes that are no text are kept as they are', () => {
    const sandbox = new Sandbox()
    sandbox.submit((state) => state.putState('a', Uint8Array.of(0xff, 0, 0xfe), ''))
    expect(sandbox.ask((state) => Buffer.from(state.getState('a', '')).toString('hex'))).toBe('ff00fe')
  })

  test('a value with a byte order mark keeps it', () => {
    const sandbox = new Sandbox()
    sandbox.submit((state) => state.putState('a', bytes('\ufeffx'), ''))
    expect(sandbox.ask((state) => Buffer.from(state.getState('a', '')).toString('hex'))).toBe('efbbbf78')
  })

  test('several keys are read at once, in the order asked for', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1', b: '2' })
    expect(sandbox.ask((state) => state.getStateMultiple(['b', 'x', 'a'], '').map(text))).toEqual([
      '2',
      '',
      '1',
    ])
  })

  test('reads and writes are sorted by the bytes of namespace and key, each key once', () => {
    const keys = ['b', '\u{10000}', '\uffff', 'a', 'b', 'é']
    const { reads, writes } = new Sandbox().run((state, simulation) => {
      for (const key of keys) {
        simulation.of('d').getState(key, '')
        state.getState(key, '')
        state.putState(key, bytes('1'), '')
      }
    })
    const sorted = ['a', 'b', 'é', '\uffff', '\u{10000}']
    expect(reads.map(({ namespace, key }) => [namespace, key])).toEqual([
      ...sorted.map((key) => ['c', key]),
      ...sorted.map((key) => ['d', key]),
    ])
    expect(writes.map(({ key }) => key)).toEqual(sorted)
  })

  test.each([
    ['k'.repeat(1025), 'the key takes 1025 bytes; 1024 are the most'],
    ['\ud800', 'the key is not well-formed Unicode'],
  ])('a key that no transaction can name is refused', (key, message) => {
    new Sandbox().run((state) => {
      expect(() => state.getState(key, '')).toThrow(message)
      expect(() => state.putState(key, bytes('1'), '')).toThrow(message)
      expect(() => state.getStateByRange(key, '', '', undefined)).toThrow(message)
      expect(() => state.getHistoryForKey(key)).toThrow(message)
    })
  })
})

describe('conflicts (behaviour 19)', () => {
  test('of two calls in a block that read and write a key, the second meets a read conflict', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1' })
    const add = () =>
      sandbox.start((state) => state.putState('a', bytes(text(state.getState('a', '')) + '!'), ''))
    expect(sandbox.world.commit([add(), add()])).toEqual([VALID, MVCC_READ_CONFLICT])
    expect(sandbox.ask((state) => text(state.getState('a', '')))).toBe('1!')
  })

  test('a call that waits while the key it read changes in a later block meets a read conflict', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1' })
    const late = sandbox.start((state) => {
      state.getState('a', '')
      state.putState('b', bytes('1'), '')
    })
    sandbox.fill({ a: '2' })
    expect(sandbox.world.commit([late])).toEqual([MVCC_READ_CONFLICT])
    expect(sandbox.ask((state) => state.getState('b', ''))).toHaveLength(0)
  })

  test('writes alone never conflict; the later one stays', () => {
    const sandbox = new Sandbox()
    const put = (value: string) => sandbox.start((state) => state.putState('a', bytes(value), ''))
    expect(sandbox.world.commit([put('1'), put('2')])).toEqual([VALID, VALID])
    expect(sandbox.ask((state) => text(state.getState('a', '')))).toBe('2')
  })

  test('a call is not taken twice', () => {
    const sandbox = new Sandbox()
    const call = sandbox.start((state) => state.putState('a', bytes('1'), ''))
    expect(sandbox.world.commit([call])).toEqual([VALID])
    expect(sandbox.world.commit([call])).toEqual([DUPLICATE_TXID])
  })
})

describe('history (behaviour 14)', () => {
  test('it is newest first, has deletions, times and call ids, and nothing of calls that failed', () => {
    const sandbox = new Sandbox()
    const calls = [
      sandbox.start((state) => state.putState('a', bytes('1'), '')),
      sandbox.start((state) => state.putState('a', bytes(text(state.getState('a', '')) + '2'), '')),
      sandbox.start((state) => state.delState('a', '')),
      sandbox.start((state) => state.putState('a', bytes('4'), '')),
    ]
    expect(sandbox.world.commit(calls)).toEqual([VALID, MVCC_READ_CONFLICT, VALID, VALID])
    const { results, hasMore } = sandbox.ask((state) => state.getHistoryForKey('a'))
    expect(hasMore).toBe(false)
    expect(results.map(({ value, isDelete, timestampMs }) => [text(value), isDelete, timestampMs])).toEqual([
      ['4', false, 4000],
      ['', true, 3000],
      ['1', false, 1000],
    ])
    expect(results[0]?.callId).toBe(calls[3]?.call.callId)
  })

  test('a long one comes in pieces, and leaves nothing in the read set', () => {
    const sandbox = new Sandbox()
    for (let n = 0; n < 250; n++) sandbox.submit((state) => state.putState('a', bytes(String(n)), ''))
    const { reads, rangeReads } = sandbox.run((state) => {
      const first = state.getHistoryForKey('a')
      expect([first.results.length, first.hasMore]).toEqual([100, true])
      expect(state.next(first.id).results).toHaveLength(100)
      const last = state.next(first.id)
      expect([last.results.length, last.hasMore]).toEqual([50, false])
      expect(text(last.results[49]?.value ?? bytes(''))).toBe('0')
    })
    expect([reads, rangeReads]).toEqual([[], []])
  })
})

describe('the end of a call', () => {
  test('the event is kept below a status of 400 and dropped from there on (behaviour 15)', () => {
    const event = { name: 'sold', payload: bytes('1') }
    const finish = (status: number) => new Sandbox().simulation().finish({ ...OK, status }, event).event
    expect([finish(200), finish(399), finish(400), finish(500)]).toEqual([event, event, undefined, undefined])
  })

  test('requests that come after it are refused', () => {
    const simulation = new Sandbox().simulation()
    const state = simulation.of('c')
    simulation.finish(OK, undefined)
    expect(() => state.getState('a', '')).toThrow('no ledger context')
    expect(() => state.putState('a', bytes('1'), '')).toThrow('no ledger context')
    expect(() => state.getStateByRange('', '', '', undefined)).toThrow('no ledger context')
    expect(() => state.getQueryResult('{"selector":{}}', '', undefined)).toThrow('no ledger context')
    expect(() => state.getHistoryForKey('a')).toThrow('no ledger context')
  })

  test('a snapshot that goes on being read sees nothing of later blocks', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1', c: '1' })
    const simulation = sandbox.simulation()
    const rows = simulation.of('c').getStateByRange('', '', '', { pageSize: 1, bookmark: '' })
    sandbox.fill({ a: '2', b: '2' })
    const rest = simulation
      .of('c')
      .getStateByRange('', '', '', { pageSize: 9, bookmark: rows.metadata?.bookmark ?? '' })
    expect([...rows.results, ...rest.results].map(({ key, value }) => key + text(value))).toEqual([
      'a1',
      'c1',
    ])
  })
})

describe('contracts that call contracts (behaviour 16)', () => {
  test('a called contract works in its own namespace and in the same read-write set', () => {
    const sandbox = new Sandbox()
    const { reads, writes } = sandbox.run((state, simulation) => {
      simulation.enter('d')
      simulation.of('d').getState('a', '')
      simulation.of('d').putState('a', bytes('1'), '')
      simulation.leave()
      state.putState('a', bytes('2'), '')
    })
    expect(reads).toEqual([{ namespace: 'd', key: 'a', version: null }])
    expect(writes).toEqual([
      { namespace: 'c', key: 'a', value: { text: '2' } },
      { namespace: 'd', key: 'a', value: { text: '1' } },
    ])
  })

  test('a contract that calls itself, or one that waits for it, is told that the transaction exists', () => {
    const sandbox = new Sandbox()
    const call = sandbox.call()
    const simulation = sandbox.simulation(call)
    const message = `txid: ${call.callId}(mychannel) exists`
    expect(() => simulation.enter('c')).toThrow(message)
    simulation.enter('d')
    expect(() => simulation.enter('d')).toThrow(message)
    expect(() => simulation.enter('c')).toThrow(message)
    simulation.leave()
    simulation.enter('d')
    simulation.leave()
    simulation.leave()
    expect(() => simulation.enter('c')).toThrow(message)
  })

  test('a contract on another channel reads, and what it does counts for nothing', () => {
    const sandbox = new Sandbox()
    sandbox.fill({ a: '1' })
    const { reads, rangeReads, writes } = sandbox.run((_state, simulation) => {
      const other = simulation.readOnlyOf('c')
      expect(text(other.getState('a', ''))).toBe('1')
      expect(other.getStateByRange('', '', '', undefined).results).toHaveLength(1)
      other.putState('a', bytes('2'), '')
    })
    expect([reads, rangeReads, writes]).toEqual([[], [], []])
  })
})

describe('bounds', () => {
  test('a call may write so many keys and bytes and read so many keys', () => {
    const sandbox = new Sandbox({ maxReads: 3, maxWrites: 2, maxWriteBytes: 10 })
    sandbox.fill({ a: '1', b: '2' })
    sandbox.fill({ c: '3', d: '4' })
    sandbox.run((state) => {
      state.putState('a', bytes('1'), '')
      expect(() => state.putState('a', bytes('0123456789'), '')).toThrow('writes more than 10 bytes')
    })
    sandbox.run((state) => {
      state.putState('a', bytes('1'), '')
      state.putState('b', bytes('1'), '')
      expect(() => state.putState('c', bytes('1'), '')).toThrow('writes more than 2 keys')
    })
    sandbox.run((state) => {
      state.getState('x', '')
      expect(() => state.getStateByRange('', '', '', undefined)).toThrow('reads more than 3 keys')
    })
  })

  test('writing one key again and again does not add up', () => {
    const { writes } = new Sandbox({ maxWriteBytes: 10, maxWrites: 1 }).run((state) => {
      for (let n = 0; n < 100; n++) state.putState('a', bytes('12345678'), '')
    })
    expect(writes).toHaveLength(1)
  })
})
