import { describe, expect, test } from '@jest/globals'
import type { ContractDefinition } from '../../../src/ledger/contracts/definition.js'
import { hashedKey, privateNamespace } from '../../../src/ledger/contracts/namespaces.js'
import type { Policy } from '../../../src/ledger/contracts/policy.js'
import { isSatisfied } from '../../../src/ledger/contracts/policy.js'
import type { KeyWrite } from '../../../src/ledger/payload/key-access.js'
import { hashText, keyOf } from '../make-chain.js'
import { by, ContractWorld, definition, judged, member, metadataOf, WRONG, write } from './make-contracts.js'
import { keyPolicyOf } from './key-policies.js'

const FAILED = 10
const INVALID_WRITESET = 24
const INVALID_CHAINCODE = 25

function deployed(...definitions: readonly ContractDefinition[]): ContractWorld {
  const world = new ContractWorld()
  for (const each of definitions) world.deploy(each)
  return world
}

const secrets = {
  name: 'secrets',
  memberPolicy: member('Org1MSP'),
  memberOnlyRead: true,
  memberOnlyWrite: true,
  blockToLive: 0,
}

/** Writes the hash of a private value. */
function hide(contract: string, collection: string, key = hashedKey('k')): KeyWrite {
  return { namespace: privateNamespace(contract, collection), key, value: { hex: hashText('value') } }
}

describe('what a call touches', () => {
  test('CON-14: a call of a contract that is not deployed has the outcome 25', () => {
    const world = deployed(definition('basic', [1]))
    expect(judged(world, { contract: 'other', ...by('node1') })).toBe(INVALID_CHAINCODE)
    expect(judged(world, { contract: '_other', ...by('node1') })).toBe(INVALID_CHAINCODE)
    expect(judged(world, { contract: 'basic', ...by('node1') })).toBe(0)
  })

  test('CON-14: a contract is there from the transaction after its deployment on, in one block', () => {
    const world = new ContractWorld()
    const call = (): ReturnType<ContractWorld['call']> =>
      world.call({ contract: 'basic', writes: [write('basic', 'k', 'v')], ...by('node1') })
    expect(world.mine(call(), world.deploying(definition('basic', [1])), call())).toEqual([25, 0, 0])
  })

  test('CON-15: what is no namespace of a contract is written by nobody', () => {
    const world = deployed(definition('basic', [1]))
    for (const namespace of ['_lifecycle', '_x', 'basic/other', 'basic/private', 'ba sic', 'basic/meta/meta'])
      expect(judged(world, { contract: 'basic', writes: [write(namespace, 'k', 'v')], ...by('node1') })).toBe(
        INVALID_WRITESET,
      )
  })

  test('CON-16: a write into a contract that is not deployed has the outcome 25, into a collection it has not 24', () => {
    const world = deployed(definition('basic', [1], { collections: [secrets] }))
    const writing = (...writes: readonly KeyWrite[]) =>
      judged(world, { contract: 'basic', writes, ...by('node1') })
    expect(writing(write('other', 'k', 'v'))).toBe(INVALID_CHAINCODE)
    expect(writing(hide('other', 'secrets'))).toBe(INVALID_CHAINCODE)
    expect(writing(hide('basic', 'gossip'))).toBe(INVALID_WRITESET)
    expect(writing(hide('basic', 'secrets'))).toBe(0)
    expect(writing(hide('basic', '_implicit_org_Org1MSP'))).toBe(0)
  })

  test('CON-16: so do reads of private namespaces, while public ones are read by anybody', () => {
    const world = deployed(definition('basic', [1], { collections: [secrets] }))
    const reading = (namespace: string) => {
      const reads = [{ namespace, key: hashedKey('k'), version: null }]
      return judged(world, { contract: 'basic', reads, ...by('node1') })
    }
    expect(reading('basic/private/secrets')).toBe(0)
    expect(reading('basic/private/gossip/meta')).toBe(INVALID_WRITESET)
    expect(reading('other/private/secrets')).toBe(INVALID_CHAINCODE)
    expect(reading('other')).toBe(0)
    expect(reading('_lifecycle')).toBe(0)
    const range = { namespace: 'basic/private/gossip', start: '', end: '', exhausted: true, results: [] }
    expect(judged(world, { contract: 'basic', rangeReads: [range], ...by('node1') })).toBe(INVALID_WRITESET)
  })

  test('CON-17: private keys and values stand as hashes', () => {
    const world = deployed(definition('basic', [1], { collections: [secrets] }))
    const writing = (change: Partial<KeyWrite>) =>
      judged(world, {
        contract: 'basic',
        writes: [{ ...hide('basic', 'secrets'), ...change }],
        ...by('node1'),
      })
    expect(writing({ key: 'k' })).toBe(INVALID_WRITESET)
    expect(writing({ key: 'A'.repeat(64) })).toBe(INVALID_WRITESET)
    expect(writing({ value: { text: hashText('value') } })).toBe(INVALID_WRITESET)
    expect(writing({ value: { hex: '00' } })).toBe(INVALID_WRITESET)
    expect(writing({ value: null })).toBe(0)
    expect(writing({ namespace: 'basic/private/secrets/meta', key: 'k', value: null })).toBe(INVALID_WRITESET)
  })
})

test('CON-29: a call touches contracts of so many bytes of definitions together, and no more', () => {
  const rootCertificates = Array.from({ length: 3 }, () => 'x'.repeat(7300))
  const names = ['a', 'b', 'c']
  const large = names.map((name) =>
    definition(name, [1], {
      organisations: [{ mspId: 'Org1MSP', endorsers: [keyOf('node1')], rootCertificates }],
    }),
  )
  const world = deployed(...large)
  const touching = (...touched: readonly string[]) =>
    judged(world, { contract: 'a', writes: touched.map((name) => write(name, 'k', 'v')), ...by('node1') })
  expect(touching('a', 'b')).toBe(0)
  expect(touching('a', 'c')).toBe(0)
  expect(touching('a', 'b', 'c')).toBe(INVALID_WRITESET)
  const reads = ['b', 'c'].map((name) => ({
    namespace: `${name}/private/_implicit_org_Org1MSP`,
    key: hashText('k'),
    version: null,
  }))
  expect(judged(world, { contract: 'a', reads, ...by('node1') })).toBe(INVALID_WRITESET)
})

describe('who has to vouch', () => {
  test('CON-20: an endorsement counts for the organisations that its key endorses for, if its signature is valid', () => {
    const both = [
      { mspId: 'Org1MSP', endorsers: [keyOf('node1'), keyOf('shared')], rootCertificates: [] },
      { mspId: 'Org2MSP', endorsers: [keyOf('node2'), keyOf('shared')], rootCertificates: [] },
    ]
    const world = deployed(definition('basic', [1, 2], { organisations: both }))
    const endorsed = (...names: readonly string[]) => judged(world, { contract: 'basic', ...by(...names) })
    expect(endorsed()).toBe(FAILED)
    expect(endorsed('node1')).toBe(FAILED)
    expect(endorsed('node1', 'stranger')).toBe(FAILED)
    expect(endorsed('node1', 'node2')).toBe(0)
    expect(endorsed('shared')).toBe(0)
    const wrong = by('node1', 'node2').endorsements.map((each) => ({ ...each, signature: WRONG }))
    expect(judged(world, { contract: 'basic', endorsements: wrong })).toBe(FAILED)
    const alsoWrong = [...by('node1', 'node2').endorsements, { publicKey: keyOf('node3'), signature: WRONG }]
    expect(judged(world, { contract: 'basic', endorsements: alsoWrong })).toBe(0)
  })

  test('CON-21: members and peers of an organisation vouch for it, in no other role', () => {
    const organisations = new Set(['A', 'B'])
    const satisfied = (policy: Policy) => isSatisfied(policy, organisations)
    const roles = (['MEMBER', 'PEER', 'ADMIN', 'CLIENT', 'ORDERER'] as const).map((role) =>
      satisfied({ mspId: 'A', role }),
    )
    expect(roles).toEqual([true, true, false, false, false])
    const [a, b, c] = [member('A'), member('B'), member('C')]
    expect(satisfied({ nOf: 2, rules: [a, b, c] })).toBe(true)
    expect(satisfied({ nOf: 3, rules: [a, b, c] })).toBe(false)
    expect(satisfied({ nOf: 2, rules: [c, { nOf: 1, rules: [c, b] }, a] })).toBe(true)
    expect(satisfied({ nOf: 0, rules: [] })).toBe(true)
  })

  test('CON-22: a write needs the policy of its collection where that has one, else the contract’s', () => {
    const own = { ...secrets, name: 'own', endorsementPolicy: member('Org2MSP') }
    const collections = [secrets, own]
    const world = deployed(definition('basic', [1, 2], { endorsementPolicy: member('Org1MSP'), collections }))
    const writing = (collection: string, name: string) =>
      judged(world, { contract: 'basic', writes: [hide('basic', collection)], ...by(name) })
    expect([writing('secrets', 'node1'), writing('secrets', 'node2')]).toEqual([0, FAILED])
    expect([writing('own', 'node1'), writing('own', 'node2')]).toEqual([FAILED, 0])
  })

  test('CON-22: an implicit collection needs its organisation', () => {
    const world = deployed(definition('basic', [1, 2], { endorsementPolicy: member('Org1MSP') }))
    const writing = (collection: string, name: string) =>
      judged(world, { contract: 'basic', writes: [hide('basic', collection)], ...by(name) })
    expect([writing('_implicit_org_Org2MSP', 'node1'), writing('_implicit_org_Org2MSP', 'node2')]).toEqual([
      FAILED,
      0,
    ])
    expect(writing('_implicit_org_Org9MSP', 'node1')).toBe(FAILED)
  })

  test('CON-22: a key with a policy of its own needs that one and no other, for its value and its metadata', () => {
    const world = deployed(definition('basic', [1, 2], { endorsementPolicy: member('Org1MSP') }))
    const VALIDATION_PARAMETER = keyPolicyOf('MEMBER', 'Org2MSP')
    const setting = [write('basic', 'k', 'v'), metadataOf('basic', 'k', { VALIDATION_PARAMETER })]
    const call = (writes: readonly KeyWrite[], ...names: readonly string[]) =>
      judged(world, { contract: 'basic', writes, ...by(...names) })
    expect(call(setting, 'node2')).toBe(FAILED)
    expect(world.mine(world.call({ contract: 'basic', writes: setting, ...by('node1') }))).toEqual([0])
    expect(call([write('basic', 'k', 'w')], 'node1')).toBe(FAILED)
    expect(call([write('basic', 'k', 'w')], 'node2')).toBe(0)
    expect(call([write('basic', 'k', null)], 'node1')).toBe(FAILED)
    expect(call([metadataOf('basic', 'k', {})], 'node1')).toBe(FAILED)
    expect(call([metadataOf('basic', 'k', {})], 'node2')).toBe(0)
    expect(call([write('basic', 'k', 'w'), write('basic', 'l', 'w')], 'node2')).toBe(FAILED)
    expect(call([write('basic', 'k', 'w'), write('basic', 'l', 'w')], 'node1', 'node2')).toBe(0)
    world.mine(world.call({ contract: 'basic', writes: [metadataOf('basic', 'k', {})], ...by('node2') }))
    expect(call([write('basic', 'k', 'w')], 'node1')).toBe(0)
  })

  test('CON-22: a policy that a call sets binds the next call, also in the same block', () => {
    const world = deployed(definition('basic', [1, 2], { endorsementPolicy: member('Org1MSP') }))
    const VALIDATION_PARAMETER = keyPolicyOf('PEER', 'Org2MSP')
    const setting = [write('basic', 'k', 'v'), metadataOf('basic', 'k', { VALIDATION_PARAMETER })]
    const call = (writes: readonly KeyWrite[], name: string) =>
      world.call({ contract: 'basic', writes, ...by(name) })
    expect(
      world.mine(
        call(setting, 'node1'),
        call([write('basic', 'k', 'w')], 'node1'),
        call([write('basic', 'k', null)], 'node2'),
      ),
    ).toEqual([0, FAILED, 0])
  })

  test('CON-22: each contract that a call writes into judges with its own organisations', () => {
    const world = deployed(
      definition('front', [1], { endorsementPolicy: member('Org1MSP') }),
      definition('back', [2], { endorsementPolicy: member('Org2MSP') }),
    )
    const call = (writes: readonly KeyWrite[], ...names: readonly string[]) =>
      judged(world, { contract: 'front', writes, ...by(...names) })
    const both = [write('back', 'k', 'v'), write('front', 'k', 'v')]
    expect(call(both, 'node1')).toBe(FAILED)
    expect(call(both, 'node2')).toBe(FAILED)
    expect(call(both, 'node1', 'node2')).toBe(0)
  })

  test('CON-23: a call that writes nothing of its contract needs the contract’s policy', () => {
    const world = deployed(
      definition('front', [1], { endorsementPolicy: member('Org1MSP') }),
      definition('back', [2], { endorsementPolicy: member('Org2MSP') }),
    )
    const call = (writes: readonly KeyWrite[], ...names: readonly string[]) =>
      judged(world, { contract: 'front', writes, ...by(...names) })
    expect([call([], 'node1'), call([], 'node2')]).toEqual([0, FAILED])
    expect(call([write('back', 'k', 'v')], 'node2')).toBe(FAILED)
    expect(call([write('back', 'k', 'v')], 'node1', 'node2')).toBe(0)
  })

  test('CON-13: the new definition judges from the next call on', () => {
    const world = deployed(definition('basic', [1]))
    const call = (name: string) => world.call({ contract: 'basic', ...by(name) })
    const change = world.deploying(definition('basic', [2]))
    expect(world.mine(call('node1'), change, call('node1'), call('node2'))).toEqual([0, 0, FAILED, 0])
  })
})
