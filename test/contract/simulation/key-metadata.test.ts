import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { StateRequestError, type StateRequests } from '../../../src/contract/simulation/state-requests.js'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { bytes, Sandbox, text } from './sandbox.js'

const { VALID, MVCC_READ_CONFLICT } = VALIDATION_CODE

const set = (state: StateRequests, metakey: string, value: string, collection = '') =>
  state.putStateMetadata('a', collection, { metakey, value: bytes(value) })

const entries = (sandbox: Sandbox, collection = '') =>
  sandbox.ask((state) =>
    state.getStateMetadata('a', collection).map(({ metakey, value }) => `${metakey}=${text(value)}`),
  )

function owned(): Sandbox {
  const sandbox = new Sandbox()
  sandbox.submit((state) => {
    state.putState('a', bytes('1'), '')
    set(state, 'policy', 'p')
  })
  return sandbox
}

describe('metadata of keys (behaviour 18)', () => {
  test('it stands beside the key and is read back byte for byte', () => {
    const sandbox = new Sandbox()
    const { writes } = sandbox.run((state) => {
      state.putState('a', bytes('1'), '')
      state.putStateMetadata('a', '', { metakey: 'z', value: Uint8Array.of(0, 255) })
      state.putStateMetadata('a', '', { metakey: '__proto__', value: Uint8Array.of(1) })
    })
    expect(writes).toEqual([
      { namespace: 'c', key: 'a', value: { text: '1' } },
      { namespace: 'c/meta', key: 'a', value: { text: '{"__proto__":"01","z":"00ff"}' } },
    ])
  })

  test('getting it adds a read, and does not show what the call itself wrote', () => {
    const sandbox = owned()
    const { reads } = sandbox.run((state) => {
      set(state, 'policy', 'other')
      expect(state.getStateMetadata('a', '')).toEqual([{ metakey: 'policy', value: Buffer.from('p') }])
    })
    expect(reads).toContainEqual({ namespace: 'c/meta', key: 'a', version: { height: 0, index: 1 } })
  })

  test('a change of it meanwhile is a conflict for whoever read it', () => {
    const sandbox = owned()
    const late = sandbox.start((state) => {
      state.getStateMetadata('a', '')
      state.putState('b', bytes('1'), '')
    })
    sandbox.submit((state) => set(state, 'policy', 'other'))
    expect(sandbox.world.commit([late])).toEqual([MVCC_READ_CONFLICT])
  })

  test('it outlives new values of the key and goes with the key', () => {
    const sandbox = owned()
    sandbox.fill({ a: '2' })
    expect(entries(sandbox)).toEqual(['policy=p'])
    sandbox.submit((state) => state.delState('a', ''))
    expect(entries(sandbox)).toEqual([])
    sandbox.fill({ a: '3' })
    expect(entries(sandbox)).toEqual([])
  })

  test('entries are added to those there are; an empty value removes one', () => {
    const sandbox = owned()
    sandbox.submit((state) => set(state, 'more', 'm'))
    expect(entries(sandbox)).toEqual(['more=m', 'policy=p'])
    sandbox.submit((state) => set(state, 'policy', ''))
    expect(entries(sandbox)).toEqual(['more=m'])
    const { writes } = sandbox.run((state) => set(state, 'more', ''))
    expect(writes).toEqual([{ namespace: 'c/meta', key: 'a', value: null }])
  })

  test('entries written next to others depend on those', () => {
    const sandbox = owned()
    const late = sandbox.start((state) => set(state, 'more', 'm'))
    sandbox.submit((state) => set(state, 'policy', 'other'))
    expect(sandbox.world.commit([late])).toEqual([MVCC_READ_CONFLICT])
  })

  test('a policy that nobody can read is refused at once', () => {
    new Sandbox().run((state) => {
      expect(() => set(state, 'VALIDATION_PARAMETER', 'nonsense')).toThrow(StateRequestError)
      expect(() => set(state, '', 'x')).toThrow(StateRequestError)
    })
  })

  test('without a key there is none: the write is dropped', () => {
    const { writes } = new Sandbox().run((state) => set(state, 'policy', 'p'))
    expect(writes).toEqual([])
    const deleted = owned().run((state) => {
      state.delState('a', '')
      set(state, 'policy', 'p')
    })
    expect(deleted.writes.map(({ value }) => value)).toEqual([null, null])
  })

  test('none is left for a key that is deleted meanwhile', () => {
    const sandbox = owned()
    const late = sandbox.start((state) => set(state, 'policy', 'late'))
    sandbox.submit((state) => state.delState('a', ''))
    expect(sandbox.world.commit([late])).toEqual([MVCC_READ_CONFLICT])
    const early = owned()
    const deleting = early.start((state) => state.delState('a', ''))
    early.submit((state) => set(state, 'policy', 'late'))
    expect(early.world.commit([deleting])).toEqual([VALID])
    early.fill({ a: '2' })
    expect(entries(early)).toEqual([])
  })

  test('keys of private collections have it under their hashes', () => {
    const sandbox = new Sandbox()
    const memberPolicy = { mspId: 'Org1MSP', role: 'MEMBER' as const }
    sandbox.collections.set('c', [
      { name: 'meta', memberPolicy, memberOnlyRead: true, memberOnlyWrite: true, blockToLive: 0 },
    ])
    const written = sandbox.start((state) => {
      state.putState('a', bytes('1'), 'meta')
      set(state, 'policy', 'p', 'meta')
    })
    expect(written.simulated.writes.map(({ namespace, key }) => [namespace, key])).toEqual([
      ['c/private/meta', createHash('sha256').update('a').digest('hex')],
      ['c/private/meta/meta', createHash('sha256').update('a').digest('hex')],
    ])
    sandbox.world.commit([written])
    expect([entries(sandbox, 'meta'), entries(sandbox)]).toEqual([['policy=p'], []])
    sandbox.submit((state) => state.delState('a', 'meta'))
    expect(entries(sandbox, 'meta')).toEqual([])
  })
})
