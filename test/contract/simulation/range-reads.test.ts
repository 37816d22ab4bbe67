import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { QueryPage } from '../../../src/contract/simulation/state-requests.js'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { bytes, drain, numbered, Sandbox, text } from './sandbox.js'

const { VALID, PHANTOM_READ_CONFLICT } = VALIDATION_CODE

describe('what a range leaves in the read set (behaviour 19)', () => {
  test('a scan to the end holds all of its range; one that was left holds what was fetched', () => {
    const sandbox = new Sandbox({ batchSize: 2 })
    sandbox.fill({ a: '1', b: '2', c: '3', d: '4', e: '5' })
    const { rangeReads, reads } = sandbox.run((state) => {
      drain(state, state.getStateByRange('b', 'd', '', undefined))
      state.closeQuery(state.getStateByRange('a', '', '', undefined).id)
      state.getStateByRange('x', '', '', undefined)
    })
    const version = { height: 0, index: 1 }
    const rows = (...keys: string[]) => keys.map((key) => ({ key, version }))
    expect(reads).toEqual([])
    // c was not handed out, but the contract was told that something follows b.
    expect(rangeReads).toEqual([
      { namespace: 'c', start: 'b', end: 'd', exhausted: true, results: rows('b', 'c') },
      { namespace: 'c', start: 'a', end: '', exhausted: false, results: rows('a', 'b', 'c') },
      { namespace: 'c', start: 'x', end: '', exhausted: true, results: [] },
    ])
  })

  test('the same scan twice is kept once', () => {
    const { rangeReads } = new Sandbox().run((state) => {
      state.getStateByRange('a', 'b', '', undefined)
      state.getStateByRange('a', 'b', '', undefined)
    })
    expect(rangeReads).toHaveLength(1)
  })

  test.each([
    ['k00002', PHANTOM_READ_CONFLICT],
    ['k00002a', PHANTOM_READ_CONFLICT],
    ['k00004a', VALID],
    ['a', PHANTOM_READ_CONFLICT],
  ])('when %s is written meanwhile, a scan that saw k00000 to k00003 has the outcome %d', (key, code) => {
    const sandbox = new Sandbox({ batchSize: 3 })
    sandbox.fill(numbered(20))
    const late = sandbox.start((state) => {
      state.getStateByRange('', '', '', undefined)
      state.putState('z', bytes('1'), '')
    })
    sandbox.fill({ [key]: 'new' })
    expect(sandbox.world.commit([late])).toEqual([code])
  })

  test('whatever happens meanwhile: a call that is valid saw what it would have seen right before it', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '\uffff', '\u{10000}')
    const edit = fc.record({ key, value: fc.constantFrom('', '1', '2') })
    const walk = fc.record({
      start: fc.option(key, { nil: '' }),
      end: fc.option(key, { nil: '' }),
      pieces: fc.nat(3),
    })
    type Walk = { start: string; end: string; pieces: number }
    const seen = (sandbox: Sandbox, { start, end, pieces }: Walk, note: (rows: string) => void) =>
      sandbox.start((state) => {
        let page: QueryPage<{ readonly value: Uint8Array }> = state.getStateByRange(start, end, '', undefined)
        const rows: unknown[] = [page]
        for (let n = 0; n < pieces && page.hasMore; n++) rows.push((page = state.next(page.id)))
        note(JSON.stringify(rows, (_, value: unknown) => (value instanceof Uint8Array ? text(value) : value)))
        state.putState('result', bytes('1'), '')
      })
    fc.assert(
      fc.property(fc.array(edit), walk, fc.array(edit, { maxLength: 3 }), (before, walked, meanwhile) => {
        const sandbox = new Sandbox({ batchSize: 2 })
        const apply = (edits: typeof before) =>
          sandbox.submit((state) => {
            for (const { key: name, value } of edits) state.putState(name, bytes(value), '')
          })
        apply(before)
        let [first, again] = ['', '']
        const late = seen(sandbox, walked, (rows) => (first = rows))
        apply(meanwhile)
        seen(sandbox, walked, (rows) => (again = rows))
        const [code] = sandbox.world.commit([late])
        if (code === VALID) expect(again).toBe(first)
        else expect(code).toBe(PHANTOM_READ_CONFLICT)
        if (meanwhile.length === 0) expect(code).toBe(VALID)
      }),
      { numRuns: 300 },
    )
  })
})
