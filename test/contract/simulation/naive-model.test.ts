import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Simulated } from '../../../src/contract/call.js'
import type { StateRequests } from '../../../src/contract/simulation/state-requests.js'
import { type KeyVersion } from '../../../src/ledger/payload/key-access.js'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { bytes, drain, Sandbox, text } from './sandbox.js'

/** What one call may do; reads are given as the contract sees them. */
type Action =
  | { readonly does: 'get' | 'delete'; readonly key: string }
  | { readonly does: 'put'; readonly key: string; readonly value: string }
  | { readonly does: 'scan'; readonly start: string; readonly end: string }

interface Entry {
  readonly value: string
  readonly version: KeyVersion
}

const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const isIn = (key: string, start: string, end: string) =>
  order(start, key) <= 0 && (end === '' || order(key, end) < 0)

/** The state as a plain map, with every rule written out as slowly as can be. */
class NaiveState {
  readonly entries = new Map<string, Entry>()

  /** What each action answers, and what the call has read and written. */
  run(actions: readonly Action[]) {
    const reads = new Map<string, KeyVersion | null>()
    const writes = new Map<string, string>()
    const answers = actions.map((action) => {
      if (action.does === 'scan') return this.scan(action.start === '' ? '\u0001' : action.start, action.end)
      const { key } = action
      if (action.does !== 'get') {
        writes.set(key, action.does === 'put' ? action.value : '')
        return undefined
      }
      const found = this.entries.get(key)
      reads.set(key, found?.version ?? null)
      return found?.value ?? ''
    })
    return { answers, reads: sorted(reads), writes: sorted(writes) }
  }

  scan(start: string, end: string): readonly string[] {
    return [...this.entries]
      .filter(([key]) => isIn(key, start, end))
      .sort(([a], [b]) => order(a, b))
      .map(([key, { value }]) => `${key}=${value}`)
  }

  apply(writes: readonly (readonly [string, string])[], version: KeyVersion): void {
    for (const [key, value] of writes) {
      if (value === '') this.entries.delete(key)
      else this.entries.set(key, { value, version })
    }
  }
}

function sorted<V>(map: ReadonlyMap<string, V>): readonly (readonly [string, V])[] {
  return [...map].sort(([a], [b]) => order(a, b))
}

function perform(state: StateRequests, action: Action): unknown {
  switch (action.does) {
    case 'get':
      return text(state.getState(action.key, ''))
    case 'put':
      state.putState(action.key, bytes(action.value), '')
      return undefined
    case 'delete':
      state.delState(action.key, '')
      return undefined
    case 'scan': {
      const rows = drain(state, state.getStateByRange(action.start, action.end, '', undefined))
      return rows.map(({ key, value }) => `${key}=${text(value)}`)
    }
  }
}

function recorded({ reads, writes }: Simulated) {
  const values = writes.filter(({ namespace }) => namespace === 'c')
  return {
    reads: reads.map(({ key, version }) => [key, version]),
    writes: values.map(({ key, value }) => [key, value && 'text' in value ? value.text : '']),
  }
}

const letters = fc.constantFrom('a', 'b', '\0', 'é', '\ue000', '\uffff', '\u{10000}')
const key = fc.array(letters, { maxLength: 2 }).map((parts) => parts.join(''))
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ does: fc.constantFrom('get' as const, 'delete' as const), key }),
  fc.record({ does: fc.constant('put' as const), key, value: fc.constantFrom('', '1', '2', '3') }),
  fc.record({ does: fc.constant('scan' as const), start: key, end: key }),
)

test('calls one after the other answer, read and write as a plain map does', () => {
  const call = fc.array(action, { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 6 }), fc.integer({ min: 1, max: 4 }), (calls, batchSize) => {
      const sandbox = new Sandbox({ batchSize })
      const naive = new NaiveState()
      for (const [height, actions] of calls.entries()) {
        const expected = naive.run(actions)
        const answers: unknown[] = []
        const done = sandbox.start((state) => {
          for (const each of actions) answers.push(perform(state, each))
        })
        expect(answers).toEqual(expected.answers)
        expect(recorded(done.simulated)).toEqual({ reads: expected.reads, writes: expected.writes })
        expect(sandbox.world.commit([done])).toEqual([VALIDATION_CODE.VALID])
        naive.apply(expected.writes, { height, index: 1 })
      }
    }),
    { numRuns: 200 },
  )
})

test('of calls that ran on one state and stand in one block, each valid one answers as if it had run in its place', () => {
  const call = fc.array(action, { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(call, fc.array(call, { minLength: 2, maxLength: 4 }), (before, calls) => {
      const sandbox = new Sandbox()
      const naive = new NaiveState()
      const setUp = naive.run(before)
      sandbox.submit((state) => before.forEach((each) => perform(state, each)))
      naive.apply(setUp.writes, { height: 0, index: 1 })
      const answers: unknown[][] = []
      const done = calls.map((actions) =>
        sandbox.start((state) => answers.push(actions.map((each) => perform(state, each)))),
      )
      const codes = sandbox.world.commit(done)
      for (const [place, actions] of calls.entries()) {
        if (codes[place] !== VALIDATION_CODE.VALID) continue
        const inPlace = naive.run(actions)
        expect(answers[place]).toEqual(inPlace.answers)
        naive.apply(inPlace.writes, { height: 1, index: place + 1 })
      }
      expect(codes[0]).toBe(VALIDATION_CODE.VALID)
    }),
    { numRuns: 300 },
  )
})
