import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { ContractClass } from '../../../src/contract/api/contract-router.js'
import { ContractRouter } from '../../../src/contract/api/contract-router.js'
import { JSONSerializer } from '../../../src/contract/api/json-serializer.js'
import * as api from '../../../src/contract/index.js'
import { dialPeer } from '../../../src/contract/shim/dial.js'
import { ALICE, BOB } from '../support/certificates.js'
import { fixtureContracts } from '../support/fixture.js'
import { dialReal, forgetDecorated, realApi, realChaincode } from '../support/real-fabric.js'
import type { Outcome, PeerStream } from '../support/scripted-peer.js'
import { ScriptedPeer } from '../support/scripted-peer.js'

const peer = new ScriptedPeer()
let real: PeerStream
let ours: PeerStream
let close = (): void => undefined
let metadata: { readonly real: unknown; readonly ours: unknown }

beforeAll(async () => {
  process.env['CORE_PEER_LOCALMSPID'] = 'Org9MSP'
  const address = await peer.open()
  for (let n = 0; n < 8; n++) peer.state.set(`k${n}`, Buffer.from(`value ${n}`))
  peer.state.set('\u0000type\u0000a\u0000b\u0000', Buffer.from('composite'))
  peer.state.set('\uffee', Buffer.from('halfwidth'))
  peer.state.set('\u{1f600}', Buffer.from('astral'))
  peer.state.set('c/k', Buffer.from('private'))

  const chaincode = realChaincode(bothFixtures(realApi))
  const client = dialReal(chaincode, address, 'assets:1.0')
  real = await peer.accept()
  forgetDecorated()
  const router = new ContractRouter({
    contracts: bothFixtures(api),
    serializer: JSONSerializer,
    metadata: {},
    title: 'package',
    version: '1.2.3',
  })
  const stream = dialPeer(router, { host: address, id: 'assets:1.0' })
  ours = await peer.accept()
  metadata = { real: JSON.parse(JSON.stringify(chaincode.metadata)), ours: router.metadata }
  close = () => {
    client.close()
    stream.close()
    peer.close()
  }
})

afterAll(() => {
  delete process.env['CORE_PEER_LOCALMSPID']
  forgetDecorated()
  close()
})

const bothFixtures = (on: object): ContractClass[] =>
  ['ledger', 'values'].flatMap((name) => fixtureContracts(name, on))

/** Whoever asks for the close of a query that is through asks for nothing: ours does not. */
const essential = (outcome: Outcome): Outcome => ({
  ...outcome,
  requests: outcome.requests.filter((request) => !request.startsWith('QUERY_STATE_CLOSE')),
})

async function same(args: readonly (string | Uint8Array)[], options = {}): Promise<Outcome> {
  const expected = await real.call(args, options)
  const outcome = await ours.call(args, options)
  expect(essential(outcome)).toEqual(essential(expected))
  return outcome
}

const asset = JSON.stringify({
  id: 'a',
  tags: ['x'],
  owner: { name: 'bo', age: 3, toString: 'kept?' },
  extra: 1,
})

const VALUES: readonly (readonly (string | Uint8Array)[])[] = [
  ...['plain', '', ' spaces ', 'ünïcödé \u{1f600}', '{"a":1}'].map((each) => ['values:text', each]),
  ['values:text', Buffer.from([0xff, 0xfe, 0x41])],
  ...['5', '', '0x10', ' 7 ', 'five', '1e3', 'NaN', 'Infinity', '-0'].map((each) => ['values:number', each]),
  ...['true', ' TRUE ', 'False', 'yes', '', '1'].map((each) => ['values:flag', each]),
  ...[asset, '{}', 'no json', '5', 'null', '[]', `[${asset}]`, '{"describe":"x","shout":"y"}', ''].map(
    (each) => ['values:asset', each],
  ),
  ...['{"__proto__":{"x":1},"constructor":5,"tags":"no list"}', '{"owner":{"name":5}}', '{"id":7}'].map(
    (each) => ['values:asset', each],
  ),
  ...['{"wheels":3,"id":"c"}', '{"wheels":"three","id":5}'].map((each) => ['values:car', each]),
  ...['["a","b c"]', '[]', '[1,{"x":2},null]', 'null', '5', '{}', 'x', '"text"'].map((each) => [
    'values:texts',
    each,
  ]),
  ...['[1,2.5]', '["1"]', '[null]', '["x"]', '[[1]]'].map((each) => ['values:numbers', each]),
  ...[`[${asset},{}]`, '[5]', '[{"id":1}]'].map((each) => ['values:assets', each]),
  ['values:date', '2020-01-01'],
  ['values:two', 'a', '2'],
  ['values:two', 'a'],
  ['values:two', 'a', '2', 'c'],
  ['values:two', 'a', 'b'],
  ...['undefined', 'null', 'empty', 'zero', 'false', 'nan', 'buffer', 'bytes', 'date', 'map', 'nested'].map(
    (each) => ['values:result', each],
  ),
  ...[
    'own function',
    'class with toJSON',
    'promise',
    'bigint',
    'symbol key',
    'error',
    'put',
    'delete',
    'array',
  ].map((each) => ['values:result', each]),
  ...['error', 'text', 'object', 'null error'].map((each) => ['values:fail', each]),
]

describe('the same contract gives byte for byte the same answers on fabric-shim and here', () => {
  test.each(VALUES)('%s %s', async (...args) => {
    await same(args)
  })
})

const ROUTES: readonly (readonly string[])[] = [
  ['text', 'by default'],
  [':text', 'by default'],
  ['  :text', 'by default'],
  ['values:text', 'named'],
  [' values:text', 'not trimmed'],
  ['Values:text', 'the name of the class'],
  ['Plain:hello', 'you'],
  ['Plain:odd:function'],
  ['Plain:'],
  ['Plain'],
  [''],
  [':'],
  ['::'],
  ['a:b:c'],
  ['missing:text', 'x'],
  ['values:missing'],
  ['values:notDeclared'],
  ['values:constructor'],
  ['values:beforeTransaction'],
  ['values:unkownTransition'],
  ['Plain:aroundTransaction'],
  ['Plain:createContext'],
  ['Plain:getName'],
  ['Plain:toString'],
  ['Ledger:_hidden'],
  ['Ledger:getter'],
  ['Ledger:createContext'],
  ['Odd:anything'],
  ['odd:name:anything'],
  ['text\nmore', 'x'],
  ['values:text\nmore', 'x'],
  ['org.hyperledger.fabric:GetMetadata', 'superfluous'],
  ['org.hyperledger.fabric:other'],
]

describe('a call finds the function that fabric-shim finds', () => {
  test.each(ROUTES.map((route) => [JSON.stringify(route), route] as const))('%s', async (_name, route) => {
    await same(route)
  })

  test('or none, with no arguments at all', async () => {
    expect((await same([])).payload).toBe('Default initiator successful.')
  })
})

const LEDGER: readonly (readonly string[])[] = [
  ['hooks'],
  ['refusedBefore'],
  ['refusedAfter'],
  ['missing'],
  ['get', 'k1'],
  ['get', 'absent'],
  ['get', 'forbidden'],
  ['put', 'k', 'v'],
  ['put', 'k', ''],
  ['put', 'forbidden', 'v'],
  ['put', 'k'],
  ['remove', 'k1'],
  ['parallel', 'k1', 'k2', 'k3'],
  ['parallel', 'k1', 'forbidden', 'k3'],
  ['caught'],
  ['range', 'k1', 'k4'],
  ['range', '', ''],
  ['range', 'x', 'y'],
  ['walk', '2'],
  ['walk', '3'],
  ['walk', '100'],
  ['pages', '2', ''],
  ['pages', '3', 'k2'],
  ['composite'],
  ['badParts', 'type'],
  ['badParts', 'attribute'],
  ['badParts', 'attributes'],
  ['badParts', 'start'],
  ['badParts', 'end'],
  ['badParts', 'event'],
  ['badParts', 'collection'],
  ['badParts', 'private key'],
  ['badParts', 'private value'],
  ['badParts', 'private range'],
  ['history', 'k1'],
  ['query', '{"selector":{}}'],
  ['query', 'bad'],
  ['secrets'],
  ['mspId'],
  ['callOther', 'fine'],
  ['callOther', 'fails'],
  ['callOther', 'missing'],
  ['callHere', 'fine'],
  ['events'],
  ['withDefault', 'given'],
  ['withDefault', 'given', 'also'],
]

describe('a contract asks the same of the ledger, and gets the same', () => {
  test.each(LEDGER)('%s %s', async (name, ...args) => {
    await same([`Ledger:${name}`, ...args])
  })

  test('key policies come back as they were set', async () => {
    expect((await same(['Ledger:policy'])).payload).toBe('[true,"policy"]')
  })

  test.each([
    ['P-256 with attributes', ALICE],
    ['Ed25519 without', BOB],
    ['none that can be found', 'no certificate'],
    ['with line ends of another system', ALICE.replaceAll('\n', '\r\n')],
  ])('the caller, by a certificate: %s', async (_name, certificate) => {
    await same(['Ledger:who'], { certificate })
  })

  test('the facts of the transaction', async () => {
    const { payload } = await same(['Ledger:facts', 'an argument'], {
      transient: { secret: Buffer.from('told'), __proto__x: Buffer.from([1]) },
    })
    expect(JSON.parse(payload)).toMatchObject({ seconds: '1700000000', nanos: 123_456_789 })
  })
})

test('the metadata have the same text', () => {
  expect(JSON.stringify(metadata.ours, null, 1)).toBe(JSON.stringify(metadata.real, null, 1))
})
