import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import {
  decodeKeyMetadata,
  encodeKeyMetadata,
  readKeyMetadata,
} from '../../../src/ledger/contracts/key-metadata.js'
import { decodeKeyPolicy } from '../../../src/ledger/contracts/key-policy.js'
import { hashedKey } from '../../../src/ledger/contracts/namespaces.js'
import type { Binary } from '../../../src/ledger/payload/binary.js'
import type { KeyWrite } from '../../../src/ledger/payload/key-access.js'
import { ruleBrokenBy } from '../fixtures.js'
import { hashText } from '../make-chain.js'
import { keyPolicyOf } from './key-policies.js'
import { by, ContractWorld, definition, judged, member, metadataOf, write } from './make-contracts.js'

function bytes(...parts: readonly (number | readonly number[])[]): Uint8Array {
  return Uint8Array.from(parts.flat())
}

/** A field that holds bytes. */
function field(number: number, content: readonly number[]): number[] {
  return [number * 8 + 2, content.length, ...content]
}

const text = (some: string): number[] => [...Buffer.from(some)]
const identity = (mspId: string, role: readonly number[] = []): number[] =>
  field(3, field(2, [...field(1, text(mspId)), ...role]))
const signedBy = (n: number): number[] => [8, n]

describe('the policy of a key', () => {
  test('CON-19: what Fabric’s own package writes is read: all of these organisations', () => {
    const read = (hex: string) => decodeKeyPolicy(Buffer.from(hex, 'hex'))
    expect(read(keyPolicyOf('MEMBER', 'Org1MSP'))).toEqual({ nOf: 1, rules: [member('Org1MSP')] })
    expect(read(keyPolicyOf('PEER', 'Org2MSP', 'Org1MSP'))).toEqual({
      nOf: 2,
      rules: ['Org2MSP', 'Org1MSP'].map((mspId) => ({ mspId, role: 'PEER' })),
    })
    expect(read(keyPolicyOf('MEMBER'))).toEqual({ nOf: 0, rules: [] })
  })

  test('CON-19: rules nest, and roles have the numbers of Fabric', () => {
    const rule = field(
      2,
      field(2, [8, 2, ...field(2, signedBy(0)), ...field(2, field(2, [8, 1, ...field(2, signedBy(1))]))]),
    )
    const policy = decodeKeyPolicy(bytes(rule, identity('A', [16, 1]), identity('B', [16, 4])))
    expect(policy).toEqual({
      nOf: 2,
      rules: [
        { mspId: 'A', role: 'ADMIN' },
        { nOf: 1, rules: [{ mspId: 'B', role: 'ORDERER' }] },
      ],
    })
  })

  test.each<[string, Uint8Array]>([
    ['nothing at all', bytes()],
    ['another version', bytes([8, 1], field(2, signedBy(0)), identity('A'))],
    ['a rule of no kind', bytes(field(2, []), identity('A'))],
    ['a rule of two kinds', bytes(field(2, [...signedBy(0), ...field(2, [])]), identity('A'))],
    ['an identity that is not there', bytes(field(2, signedBy(1)), identity('A'))],
    [
      'a negative identity',
      bytes(field(2, [8, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]), identity('A')),
    ],
    ['more than there are', bytes(field(2, field(2, [8, 2, ...field(2, signedBy(0))])), identity('A'))],
    ['an identity that is no role', bytes(field(2, signedBy(0)), field(3, [8, 1]))],
    ['a role nobody knows', bytes(field(2, signedBy(0)), identity('A', [16, 5]))],
    ['an organisation without a name', bytes(field(2, signedBy(0)), field(3, []))],
    ['a field nobody knows', bytes(field(2, signedBy(0)), identity('A'), field(4, []))],
    ['a field of another type', bytes([16, 0], identity('A'))],
    ['two rules', bytes(field(2, signedBy(0)), field(2, signedBy(0)), identity('A'))],
    ['an end in the middle of bytes', bytes(field(2, signedBy(0)), [26, 9, 1])],
    ['an end in the middle of a number', bytes([0x80])],
    ['64 bits', bytes([13, 0, 0, 0, 0])],
    ['too many bytes', new Uint8Array(2049)],
    ['deep nesting', bytes(deep(9), identity('A'))],
  ])('CON-19: it is not read with %s', (_what, some) => {
    expect(ruleBrokenBy(() => decodeKeyPolicy(some))).toBe('CON-19')
  })

  test('CON-19: any bytes are read or refused, at no cost beyond their length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (some) => {
        expect([undefined, 'CON-19']).toContain(ruleBrokenBy(() => decodeKeyPolicy(some)))
      }),
    )
  })
})

function deep(levels: number): number[] {
  let rule = signedBy(0)
  for (let i = 0; i < levels; i++) rule = field(2, [8, 1, ...field(2, rule)])
  return field(2, rule)
}

describe('metadata', () => {
  test('CON-18: they are canonical JSON of bytes by name', () => {
    const some = new Map([
      ['a', '00ff'],
      ['VALIDATION_PARAMETER', ''],
      ['__proto__', '01'],
    ])
    expect(decodeKeyMetadata(encodeKeyMetadata(some) as Binary)).toEqual(some)
    expect(encodeKeyMetadata(new Map())).toBeNull()
    const wrong: Binary[] = [
      { hex: '7b7d' },
      { text: '' },
      { text: '[]' },
      { text: 'null' },
      { text: '"ab"' },
      { text: '{ }' },
      { text: '{"a":"0"}' },
      { text: '{"a":"FF"}' },
      { text: '{"a":1}' },
      { text: '{"":"00"}' },
      { text: '{"b":"00","a":"00"}' },
      { text: canonicalJson({ a: '00'.repeat(4096) }) },
      { text: JSON.stringify(Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`k${i}`, '']))) },
    ]
    for (const value of wrong) expect(ruleBrokenBy(() => decodeKeyMetadata(value))).toBe('CON-18')
    const noPolicy = { text: '{"VALIDATION_PARAMETER":"ff"}' }
    expect(ruleBrokenBy(() => decodeKeyMetadata(noPolicy))).toBe('CON-19')
  })

  test('CON-18: a call that writes others has the outcome 24', () => {
    const world = new ContractWorld()
    world.deploy(definition('basic', [1]))
    const writing = (value: Binary) =>
      judged(world, {
        contract: 'basic',
        writes: [{ namespace: 'basic/meta', key: 'k', value }],
        ...by('node1'),
      })
    expect(writing({ text: '{"a": "00"}' })).toBe(24)
    expect(writing({ text: '{"VALIDATION_PARAMETER":"ff"}' })).toBe(24)
    expect(writing({ text: '{"a":"00"}' })).toBe(0)
  })
})

describe('the life of metadata', () => {
  const metadata = { note: '01' }

  function start(): { world: ContractWorld; put: (...writes: readonly KeyWrite[]) => void } {
    const world = new ContractWorld()
    world.deploy(definition('basic', [1]))
    const put = (...writes: readonly KeyWrite[]): void => {
      expect(world.mine(world.call({ contract: 'basic', writes, ...by('node1') }))).toEqual([0])
    }
    return { world, put }
  }
  const kept = (world: ContractWorld, namespace = 'basic', key = 'k') =>
    Object.fromEntries(readKeyMetadata(world, namespace, key))

  test('CON-24: metadata go with their key, and a key that comes again has none', () => {
    const { world, put } = start()
    put(write('basic', 'k', '1'), metadataOf('basic', 'k', metadata))
    expect(kept(world)).toEqual(metadata)
    put(write('basic', 'k', null))
    expect(world.world.has('basic/meta')).toBe(false)
    put(write('basic', 'k', '2'))
    expect(kept(world)).toEqual({})
  })

  test('CON-24: so do those of a private key', () => {
    const { world, put } = start()
    const key = hashedKey('k')
    const place = 'basic/private/_implicit_org_Org1MSP'
    put({ namespace: place, key, value: { hex: hashText('v') } }, metadataOf(place, key, metadata))
    expect(kept(world, place, key)).toEqual(metadata)
    put({ namespace: place, key, value: null })
    expect(kept(world, place, key)).toEqual({})
  })

  test('CON-25: metadata for a key that is absent after the call’s own writes are dropped', () => {
    const { world, put } = start()
    put(metadataOf('basic', 'k', metadata))
    put(write('basic', 'k', '1'))
    expect(kept(world)).toEqual({})
    put(metadataOf('basic', 'k', metadata))
    put(write('basic', 'k', null), metadataOf('basic', 'k', { note: '02' }))
    put(write('basic', 'k', '2'))
    expect(kept(world)).toEqual({})
    put(write('basic', 'l', '1'), metadataOf('basic', 'l', metadata))
    expect(kept(world, 'basic', 'l')).toEqual(metadata)
  })

  test('CON-26: no entries, or null, take metadata away', () => {
    const { world, put } = start()
    for (const nothing of [
      metadataOf('basic', 'k', {}),
      { namespace: 'basic/meta', key: 'k', value: null },
    ]) {
      put(write('basic', 'k', '1'), metadataOf('basic', 'k', metadata))
      put(nothing)
      expect(world.world.has('basic/meta')).toBe(false)
      expect(world.worldValue('basic', 'k')?.value).toEqual({ text: '1' })
    }
  })

  test('CON-27: metadata survive changes of the value, and values changes of the metadata', () => {
    const { world, put } = start()
    put(write('basic', 'k', '1'), metadataOf('basic', 'k', metadata))
    put(write('basic', 'k', '2'))
    expect(kept(world)).toEqual(metadata)
    expect(world.worldValue('basic/meta', 'k')?.version.height).toBe(2)
    put(metadataOf('basic', 'k', { note: '02' }))
    expect(world.worldValue('basic', 'k')).toEqual({ value: { text: '2' }, version: { height: 3, index: 1 } })
  })
})
