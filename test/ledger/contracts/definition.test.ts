import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import type { Json } from '../../../src/base/json.js'
import {
  type ContractDefinition,
  decodeDefinition,
  definitionText,
  encodeDefinition,
  listDefinitions,
  readDefinition,
  readDefinitionText,
} from '../../../src/ledger/contracts/definition.js'
import {
  describedNamespace,
  hashedKey,
  implicitOrganisation,
  isCollectionName,
  isContractName,
  metadataNamespace,
  parseNamespace,
  privateNamespace,
  publicNamespace,
} from '../../../src/ledger/contracts/namespaces.js'
import { majorityOf, type Policy } from '../../../src/ledger/contracts/policy.js'
import { changed, ruleBrokenBy } from '../fixtures.js'
import { addressOf, keyOf } from '../make-chain.js'
import { ContractWorld, definition, member } from './make-contracts.js'

const full = definition('basic', [1, 2], {
  collections: [
    {
      name: 'secrets',
      memberPolicy: member('Org1MSP'),
      memberOnlyRead: true,
      memberOnlyWrite: false,
      blockToLive: 3,
      endorsementPolicy: { nOf: 1, rules: [member('Org1MSP'), { mspId: 'Org2MSP', role: 'PEER' }] },
    },
    {
      name: 'more',
      memberPolicy: member('Org2MSP'),
      memberOnlyRead: false,
      memberOnlyWrite: true,
      blockToLive: 0,
    },
  ],
})
const json = encodeDefinition(full)

function ruleFor(path: (string | number)[], value: Json | undefined): string | undefined {
  return ruleBrokenBy(() => decodeDefinition(changed(json, path, value)))
}

test('a definition comes back from its text as it was', () => {
  expect(readDefinitionText(definitionText(full))).toEqual(full)
})

describe('names', () => {
  test('CON-1: names of contracts and collections', () => {
    for (const name of ['basic', 'A', '0-_x', 'a'.repeat(64)]) expect(isContractName(name)).toBe(true)
    for (const name of ['', '_x', '-x', 'a/b', 'a.b', 'a'.repeat(65), 'ä', 'a\n'])
      expect(isContractName(name)).toBe(false)
    for (const name of ['c', '_implicit_org_Org1MSP', 'x'.repeat(50)])
      expect(isCollectionName(name)).toBe(true)
    for (const name of ['', 'a/b', 'x'.repeat(51), 'a b', 'c\n']) expect(isCollectionName(name)).toBe(false)
    expect(ruleFor(['name'], '_lifecycle')).toBe('CON-1')
    expect(ruleFor(['name'], 5)).toBe('CON-1')
    expect(ruleFor(['collections', 0, 'name'], 'a/b')).toBe('CON-1')
  })

  test('CON-2: a namespace says what it holds, and no other text is one', () => {
    const [hidden, open] = [privateNamespace('basic', 'meta'), publicNamespace('basic')]
    expect(parseNamespace(open)).toEqual({ contract: 'basic', collection: undefined, isMetadata: false })
    expect(parseNamespace(metadataNamespace(open))).toMatchObject({ collection: undefined, isMetadata: true })
    expect(parseNamespace(hidden)).toEqual({ contract: 'basic', collection: 'meta', isMetadata: false })
    expect(parseNamespace(metadataNamespace(hidden))).toMatchObject({ collection: 'meta', isMetadata: true })
    const others = [
      '',
      '_lifecycle',
      'a/',
      '/meta',
      'a/b',
      'a/private',
      'a/private/',
      'a/private/c/x',
      'a/meta/meta',
    ]
    for (const text of [...others, 'a/private/c/meta/meta', 'a/private//meta'])
      expect(parseNamespace(text)).toBeUndefined()
    expect(describedNamespace(metadataNamespace(hidden))).toBe(hidden)
    expect(describedNamespace(hidden)).toBeUndefined()
    expect(implicitOrganisation('_implicit_org_Org1MSP')).toBe('Org1MSP')
    expect(implicitOrganisation('secrets')).toBeUndefined()
    expect(hashedKey('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  })
})

describe('what a definition says', () => {
  test('CON-3: a definition has exactly its members', () => {
    expect(ruleFor(['memo'], 1)).toBe('CON-3')
    for (const member of Object.keys(json as object)) expect(ruleFor([member], undefined)).toBe('CON-3')
    expect(ruleBrokenBy(() => decodeDefinition([]))).toBe('CON-3')
  })

  test('CON-4: id, version, sequence and init_required', () => {
    expect(ruleFor(['id'], '')).toBe('CON-4')
    expect(ruleFor(['id'], 'x'.repeat(257))).toBe('CON-4')
    expect(ruleFor(['version'], 'x'.repeat(65))).toBe('CON-4')
    for (const sequence of [0, 1.5, '1', 2 ** 32]) expect(ruleFor(['sequence'], sequence)).toBe('CON-4')
    expect(ruleFor(['init_required'], 1)).toBe('CON-4')
    expect(ruleFor(['owner'], 'me')).toBe('TX-7')
  })

  test('CON-5: organisations, their endorsers and certificates', () => {
    const organisation = (json as { organisations: Json[] }).organisations[0] as Json
    expect(ruleFor(['organisations'], [organisation, organisation])).toBe('CON-5')
    expect(ruleFor(['organisations'], {})).toBe('CON-5')
    expect(ruleFor(['organisations', 0, 'msp_id'], 'a b')).toBe('CON-5')
    expect(ruleFor(['organisations', 0, 'memo'], 1)).toBe('CON-5')
    expect(ruleFor(['organisations', 0, 'endorsers'], [keyOf('a'), keyOf('a')])).toBe('CON-5')
    expect(ruleFor(['organisations', 0, 'endorsers'], ['00'])).toBe('CON-5')
    expect(ruleFor(['organisations', 0, 'root_certificates'], ['x'.repeat(8193)])).toBe('CON-5')
    const many = Array.from({ length: 65 }, (_, i) => changed(organisation, ['msp_id'], `Org${i}MSP`))
    expect(ruleFor(['organisations'], many)).toBe('CON-5')
    expect(ruleFor(['organisations'], many.slice(1))).toBeUndefined()
    expect(ruleFor(['organisations'], [])).toBeUndefined()
  })

  test('CON-6: a policy is an organisation, or so many of several', () => {
    const one = { signed_by: { msp_id: 'Org1MSP', role: 'MEMBER' } }
    const wrong: Json[] = [
      {},
      null,
      { ...one, n_of: 1, rules: [one] },
      { n_of: 1 },
      { n_of: 0, rules: [one] },
      { n_of: 2, rules: [one] },
      { n_of: 1, rules: [] },
      { signed_by: { msp_id: 'Org1MSP', role: 'BOSS' } },
      { signed_by: { msp_id: '', role: 'MEMBER' } },
      { n_of: 1, rules: Array.from({ length: 256 }, () => one) },
      nested(one, 9),
    ]
    for (const policy of wrong) expect(ruleFor(['endorsement_policy'], policy)).toBe('CON-6')
    expect(ruleFor(['endorsement_policy'], nested(one, 8))).toBeUndefined()
    expect(
      ruleFor(['endorsement_policy'], { n_of: 1, rules: Array.from({ length: 255 }, () => one) }),
    ).toBeUndefined()
    expect(ruleFor(['collections', 0, 'member_policy'], {})).toBe('CON-6')
  })

  test('CON-7: collections', () => {
    const collection = (json as { collections: Json[] }).collections[0] as Json
    expect(ruleFor(['collections'], [collection, collection])).toBe('CON-7')
    expect(ruleFor(['collections', 0, 'memo'], 1)).toBe('CON-7')
    expect(ruleFor(['collections', 0, 'member_only_read'], 'yes')).toBe('CON-7')
    expect(ruleFor(['collections', 0, 'member_only_write'], undefined)).toBe('CON-7')
    expect(ruleFor(['collections', 0, 'block_to_live'], -1)).toBe('CON-7')
    expect(ruleFor(['collections', 0, 'endorsement_policy'], undefined)).toBeUndefined()
    const many = Array.from({ length: 65 }, (_, i) => changed(collection, ['name'], `c${i}`))
    expect(ruleFor(['collections'], many)).toBe('CON-7')
  })

  test('CON-8: an implicit collection is not defined', () => {
    expect(ruleFor(['collections', 0, 'name'], '_implicit_org_Org1MSP')).toBe('CON-8')
  })

  test('CON-9: a definition is canonical JSON of a bounded size', () => {
    const text = definitionText(full)
    for (const wrong of [
      ` ${text}`,
      text.replace('{', '{ '),
      'null ',
      '{',
      '{"a":1,"a":1}',
      JSON.stringify(json),
    ])
      expect(['CON-9', 'CON-3']).toContain(ruleBrokenBy(() => readDefinitionText(wrong)))
    const certificates = Array.from({ length: 4 }, () => 'é'.repeat(4096))
    const large = changed(json, ['organisations', 0, 'root_certificates'], certificates)
    expect(ruleBrokenBy(() => readDefinitionText(canonicalJson(large)))).toBe('CON-9')
  })
})

test('a world lists what is deployed by name', () => {
  const world = new ContractWorld()
  expect(readDefinition(world, 'basic')).toBeUndefined()
  world.deploy(definition('basic', [1]))
  world.deploy(definition('Zoo', [2]))
  world.deploy(definition('basic', [1, 2]))
  expect(readDefinition(world, 'basic')).toEqual(definition('basic', [1, 2], { sequence: 2 }))
  expect([...listDefinitions(world)].map(({ name, sequence }) => [name, sequence])).toEqual([
    ['Zoo', 1],
    ['basic', 2],
  ])
})

test('a contract that is given no policy asks for more than half of its organisations', () => {
  const needed = [1, 2, 3, 4, 5].map((count) => {
    const names = Array.from({ length: count }, (_, i) => `Org${i}MSP`)
    return (majorityOf(names) as { nOf: number }).nOf
  })
  expect(needed).toEqual([1, 2, 2, 3, 3])
})

const policies = fc.letrec<{ policy: Policy }>((tie) => ({
  policy: fc.oneof(
    { depthSize: 'small', maxDepth: 4 },
    fc.record({
      mspId: fc.constantFrom('A', 'B-1', 'c.d'),
      role: fc.constantFrom('MEMBER', 'PEER', 'ADMIN'),
    }),
    fc
      .array(tie('policy'), { minLength: 1, maxLength: 3 })
      .chain((rules) =>
        fc.record({ nOf: fc.integer({ min: 1, max: rules.length }), rules: fc.constant(rules) }),
      ),
  ),
})).policy

test('any definition comes back from its text as it was', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })
  const keys = ['a', 'b', 'c', 'd'].map(keyOf)
  const definitions: fc.Arbitrary<ContractDefinition> = fc.record({
    name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/),
    id: text,
    version: text,
    sequence: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    initRequired: fc.boolean(),
    organisations: fc.uniqueArray(
      fc.record({
        mspId: fc.stringMatching(/^[A-Za-z0-9._-]{1,9}$/),
        endorsers: fc.uniqueArray(fc.constantFrom(...keys), { maxLength: 3 }),
        rootCertificates: fc.array(text, { maxLength: 2 }),
      }),
      { maxLength: 3, selector: ({ mspId }) => mspId },
    ),
    endorsementPolicy: policies,
    collections: fc.constant(full.collections),
    owner: fc.constantFrom('a', 'b').map(addressOf),
  })
  fc.assert(
    fc.property(definitions, (some) => expect(readDefinitionText(definitionText(some))).toEqual(some)),
  )
})

function nested(rule: Json, levels: number): Json {
  return levels === 0 ? rule : { n_of: 1, rules: [nested(rule, levels - 1)] }
}
