import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Call } from '../../../src/contract/call.js'
import type { MemberCollection } from '../../../src/contract/simulation/collections.js'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { bytes, drain, keysOf, Sandbox, text } from './sandbox.js'

const { VALID, MVCC_READ_CONFLICT } = VALIDATION_CODE

const sha256 = (value: string) => createHash('sha256').update(value).digest('hex')
const member = (mspId: string) => ({ mspId, role: 'MEMBER' as const })
const ORG1: Partial<Call> = { caller: { mspId: 'Org1MSP', certificate: 'none' } }
const ORG2: Partial<Call> = { caller: { mspId: 'Org2MSP', certificate: 'none' } }
const ORG3: Partial<Call> = { caller: { mspId: 'Org3MSP', certificate: 'none' } }

function vault(open: Partial<MemberCollection> = {}): Sandbox {
  const sandbox = new Sandbox()
  const both = { nOf: 1, rules: [member('Org1MSP'), member('Org2MSP')] }
  sandbox.collections.set('c', [
    {
      name: 'deals',
      memberPolicy: both,
      memberOnlyRead: true,
      memberOnlyWrite: true,
      blockToLive: 0,
      ...open,
    },
    {
      name: 'own',
      memberPolicy: member('Org1MSP'),
      memberOnlyRead: false,
      memberOnlyWrite: false,
      blockToLive: 0,
    },
  ])
  return sandbox
}

function put(sandbox: Sandbox, entries: Readonly<Record<string, string>>, collection = 'deals') {
  return sandbox.submit((state) => {
    for (const [key, value] of Object.entries(entries)) state.putState(key, bytes(value), collection)
  })
}

describe('private data (behaviour 17)', () => {
  test('the chain gets hashes of key and value; the value goes apart', () => {
    const { writes, privateWrites } = vault().run((state) => state.putState('a', bytes('secret'), 'deals'))
    expect(writes).toEqual([
      { namespace: 'c/private/deals', key: sha256('a'), value: { hex: sha256('secret') } },
    ])
    expect(privateWrites).toEqual([
      { namespace: 'c', collection: 'deals', key: 'a', value: bytes('secret'), isPurge: false },
    ])
  })

  test('a value is read back, not before it is committed, and the read is one of the hashed key', () => {
    const sandbox = vault()
    put(sandbox, { a: 'secret' })
    const { reads } = sandbox.run((state) => {
      state.putState('a', bytes('other'), 'deals')
      expect(text(state.getState('a', 'deals'))).toBe('secret')
      expect(state.getState('a', '')).toHaveLength(0)
      expect(state.getState('a', 'own')).toHaveLength(0)
      expect(state.getStateMultiple(['x', 'a'], 'deals').map(text)).toEqual(['', 'secret'])
    })
    expect(reads).toContainEqual({
      namespace: 'c/private/deals',
      key: sha256('a'),
      version: { height: 0, index: 1 },
    })
  })

  test('a value can be read as many blocks long as its collection says, on every node alike', () => {
    const sandbox = vault({ blockToLive: 2 })
    put(sandbox, { a: 'secret' })
    const read = () =>
      sandbox.ask((state) => {
        const rows = drain(state, state.getStateByRange('', '', 'deals', undefined))
        return [
          text(state.getState('a', 'deals')),
          state.getPrivateDataHash('a', 'deals').length,
          rows.length,
        ]
      })
    put(sandbox, { b: '1' }, 'own')
    put(sandbox, { b: '2' }, 'own')
    expect(read()).toEqual(['secret', 32, 1])
    put(sandbox, { b: '3' }, 'own')
    expect(read()).toEqual(['', 0, 0])
  })

  test('the hash of a value is for everybody', () => {
    const sandbox = vault()
    put(sandbox, { a: 'secret' })
    sandbox.ask((state) => {
      expect(Buffer.from(state.getPrivateDataHash('a', 'deals')).toString('hex')).toBe(sha256('secret'))
      expect(state.getPrivateDataHash('b', 'deals')).toHaveLength(0)
    }, ORG3)
  })

  test('deleting and an empty value remove the hash; purging says so, too', () => {
    const sandbox = vault()
    put(sandbox, { a: '1', b: '2', c: '3' })
    const removing = sandbox.start((state) => {
      state.delState('a', 'deals')
      state.putState('b', bytes(''), 'deals')
      state.purgePrivateData('c', 'deals')
    })
    expect(removing.simulated.privateWrites.map(({ key, value, isPurge }) => [key, value, isPurge])).toEqual([
      ['a', null, false],
      ['b', null, false],
      ['c', null, true],
    ])
    expect(sandbox.world.commit([removing])).toEqual([VALID])
    sandbox.ask((state) => {
      expect(['a', 'b', 'c'].map((key) => state.getPrivateDataHash(key, 'deals').length)).toEqual([0, 0, 0])
      expect(state.getState('c', 'deals')).toHaveLength(0)
    })
    const held = (key: string, value: string) =>
      sandbox.world.privateValues.get('c', 'deals', key, sha256(value))
    expect([held('a', '1'), held('c', '3')]).toEqual([bytes('1'), undefined])
  })

  test('of two calls that change a private value the second meets a read conflict', () => {
    const sandbox = vault()
    put(sandbox, { a: '1' })
    const change = () =>
      sandbox.start((state) => state.putState('a', bytes(`${text(state.getState('a', 'deals'))}!`), 'deals'))
    expect(sandbox.world.commit([change(), change()])).toEqual([VALID, MVCC_READ_CONFLICT])
  })

  test('a value this node does not hold is an error, not nothing', () => {
    const sandbox = vault()
    put(sandbox, { a: '1' })
    sandbox.world.privateValues.get = () => undefined
    sandbox.ask((state) => {
      expect(() => state.getState('a', 'deals')).toThrow(
        'private data matching public hash version is not available',
      )
    })
  })

  test('only members read and write where the definition says so', () => {
    const sandbox = vault()
    put(sandbox, { a: '1' })
    const refused = (access: string) =>
      `tx creator does not have ${access} access permission on privatedata in chaincodeName:c collectionName: deals`
    sandbox.ask((state) => expect(text(state.getState('a', 'deals'))).toBe('1'), ORG2)
    sandbox.ask((state) => {
      expect(() => state.getState('a', 'deals')).toThrow(refused('read'))
      expect(() => state.getStateByRange('', '', 'deals', undefined)).toThrow(refused('read'))
      expect(() => state.getQueryResult('{"selector":{}}', 'deals', undefined)).toThrow(refused('read'))
      expect(() => state.getStateMetadata('a', 'deals')).toThrow(refused('read'))
      expect(() => state.putState('a', bytes('1'), 'deals')).toThrow(refused('write'))
      expect(() => state.delState('a', 'deals')).toThrow(refused('write'))
      expect(() => state.purgePrivateData('a', 'deals')).toThrow(refused('write'))
      expect(() => state.putStateMetadata('a', 'deals', { metakey: 'm', value: bytes('1') })).toThrow(
        refused('write'),
      )
      state.putState('a', bytes('1'), 'own')
    }, ORG3)
  })

  test('a policy of two organisations is satisfied by no single caller', () => {
    const sandbox = vault({ memberPolicy: { nOf: 2, rules: [member('Org1MSP'), member('Org2MSP')] } })
    sandbox.ask((state) => expect(() => state.getState('a', 'deals')).toThrow('read access'), ORG1)
  })

  test('collections that are not defined are named', () => {
    const sandbox = vault()
    sandbox.ask((state, simulation) => {
      expect(() => state.getState('a', 'none')).toThrow(
        'collection [none] not defined in the collection config for chaincode [c]',
      )
      expect(() => simulation.of('d').putState('a', bytes('1'), 'deals')).toThrow(
        'collection config not defined for chaincode [d], pass the collection configuration upon chaincode definition/instantiation',
      )
    })
  })

  test('every organisation has a collection of its own: all may write to it and see hashes, its callers read', () => {
    const sandbox = new Sandbox()
    const name = '_implicit_org_Org1MSP'
    sandbox.submit((state) => state.putState('a', bytes('1'), name), ORG2)
    sandbox.ask((state) => expect(text(state.getState('a', name))).toBe('1'), ORG1)
    sandbox.ask((state) => {
      expect(() => state.getState('a', name)).toThrow('read access permission')
      expect(state.getPrivateDataHash('a', name)).toHaveLength(32)
    }, ORG2)
    sandbox.ask((state) => expect(() => state.getState('a', '_implicit_org_')).toThrow('not defined'))
  })

  test('Init has no private data, a contract it calls has', () => {
    const sandbox = vault()
    sandbox.collections.set('d', sandbox.collections.get('c') ?? [])
    sandbox.ask(
      (state, simulation) => {
        const refused = 'private data APIs are not allowed in chaincode Init()'
        expect(() => state.getState('a', 'deals')).toThrow(refused)
        expect(() => state.putState('a', bytes('1'), 'deals')).toThrow(refused)
        expect(() => state.getPrivateDataHash('a', 'deals')).toThrow(refused)
        expect(state.getState('a', '')).toHaveLength(0)
        expect(simulation.of('d').getState('a', 'deals')).toHaveLength(0)
      },
      { isInit: true },
    )
  })
})

describe('queries over private data', () => {
  test('a range has the keys of the collection that are there now, in the order of their bytes', () => {
    const sandbox = vault()
    put(sandbox, { b: '2', '\u{10000}': '5', '\uffff': '4', c: '3', a: '1', '\0x\0y\0': '6' })
    put(sandbox, { b: '' })
    const found = sandbox.ask((state) => drain(state, state.getStateByRange('', '', 'deals', undefined)))
    expect(found.map(({ key, value }) => [key, text(value)])).toEqual([
      ['a', '1'],
      ['c', '3'],
      ['\uffff', '4'],
      ['\u{10000}', '5'],
    ])
    expect(
      sandbox.ask((state) => keysOf(state.getStateByRange('b', '\uffff', 'deals', undefined).results)),
    ).toEqual(['c'])
  })

  test('rich queries and pages work over them', () => {
    const sandbox = vault()
    put(sandbox, { a: '{"n":1}', b: '{"n":2}', c: '{"n":3}' })
    sandbox.ask((state) => {
      const query = '{"selector":{"n":{"$gt":1}}}'
      expect(keysOf(state.getQueryResult(query, 'deals', undefined).results)).toEqual(['b', 'c'])
      const page = state.getStateByRange('', '', 'deals', { pageSize: 2, bookmark: '' })
      expect([keysOf(page.results), page.metadata?.bookmark]).toEqual([['a', 'b'], 'c'])
    })
  })

  test('they leave nothing in the read set, so a call with one writes nothing, before or after', () => {
    const sandbox = vault()
    put(sandbox, { a: '{"n":1}' })
    const call = sandbox.call()
    const reading = sandbox.simulation(call)
    reading.of('c').getStateByRange('', '', 'deals', undefined)
    const prefix = `txid [${call.callId}]: unsuppored transaction. `
    expect(() => reading.of('c').putState('a', bytes('1'), '')).toThrow(
      `${prefix}Transaction has already performed queries on pvt data. Writes are not allowed`,
    )
    const writing = sandbox.simulation(call).of('c')
    writing.putState('a', bytes('1'), 'deals')
    for (const query of [
      () => writing.getStateByRange('', '', 'deals', undefined),
      () => writing.getQueryResult('{"selector":{}}', 'deals', undefined),
    ])
      expect(query).toThrow(`${prefix}Queries on pvt data is supported only in a read-only transaction`)
    const { reads, rangeReads } = sandbox.run((state) => {
      state.getStateByRange('', '', 'deals', undefined)
      state.getQueryResult('{"selector":{}}', 'deals', undefined)
    })
    expect([reads, rangeReads]).toEqual([[], []])
  })
})
