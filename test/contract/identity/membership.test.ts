import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { createAuthority, issueCertificate } from '../../../src/contract/identity/authority.js'
import { IdentityError } from '../../../src/contract/identity/identity-error.js'
import { serializeIdentity } from '../../../src/contract/identity/identity.js'
import { Membership } from '../../../src/contract/identity/membership.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { signMessage } from '../../../src/contract/identity/signature-key.js'
import { SerializedIdentity } from '../../../src/contract/wire/fabric.js'

const NOW = Date.UTC(2026, 0, 15)
const DAY_MS = 86_400_000
const organisation = await Organisation.create('Org1MSP', NOW)
const namesake = await Organisation.create('Org1MSP', NOW)
const alice = await organisation.issue({ commonName: 'alice' }, NOW)
const ALICE = serializeIdentity(alice)

function membership({ roots = [organisation.rootCertificate], now = NOW, capacity = 8 } = {}): Membership {
  return new Membership({
    roots: { rootsOf: (mspId) => (mspId === 'Org1MSP' ? roots : []) },
    nowMs: () => now,
    capacity,
  })
}

function faultOf(step: () => unknown): string {
  try {
    step()
  } catch (error) {
    if (error instanceof IdentityError) return `${error.fault}: ${error.message}`
    throw error
  }
  return 'none'
}

const faultOfCreator = (creator: Uint8Array, of = membership()) =>
  faultOf(() => of.identify(creator, 'basic'))

test('a member is whoever an authority of the organisation has issued a certificate for', async () => {
  const member = membership().identify(ALICE, 'basic')
  expect(member).toMatchObject({ mspId: 'Org1MSP', certificate: alice.certificate })
  const message = Buffer.from('message')
  expect(await member.hasSigned(message, signMessage(alice.privateKey, message))).toBe(true)
  expect(await member.hasSigned(Buffer.from('another'), signMessage(alice.privateKey, message))).toBe(false)
})

test('a member is read once', () => {
  const members = membership()
  expect(members.identify(ALICE, 'basic')).toBe(members.identify(ALICE, 'basic'))
})

test('an authority of the same name, but another key, vouches for nobody', async () => {
  const impostor = serializeIdentity(await namesake.issue({ commonName: 'alice' }, NOW))
  expect(faultOfCreator(impostor)).toBe(
    'unknown: no authority of this organisation has issued the certificate',
  )
  expect(
    faultOfCreator(impostor, membership({ roots: [organisation.rootCertificate, namesake.rootCertificate] })),
  ).toBe('none')
})

test('an organisation vouches for its own members only', () => {
  const elsewhere = serializeIdentity({ ...alice, mspId: 'Org2MSP' })
  expect(faultOfCreator(elsewhere)).toMatch(/^unknown/)
})

test('whoever was known is a stranger once the authority is gone', () => {
  const roots = [organisation.rootCertificate]
  const members = membership({ roots })
  members.identify(ALICE, 'basic')
  roots.pop()
  expect(faultOfCreator(ALICE, members)).toMatch(/^unknown/)
})

test('authorities may differ from contract to contract', () => {
  const members = new Membership({
    roots: { rootsOf: (_mspId, contract) => (contract === 'basic' ? [organisation.rootCertificate] : []) },
    nowMs: () => NOW,
  })
  expect(members.identify(ALICE, 'basic').mspId).toBe('Org1MSP')
  expect(faultOf(() => members.identify(ALICE, 'other'))).toMatch(/^unknown/)
  expect(faultOf(() => members.identify(ALICE, undefined))).toMatch(/^unknown/)
})

test('roots that are no certificates, or no authorities, are passed over', () => {
  const roots = ['', 'x', alice.certificate, organisation.rootCertificate]
  expect(faultOfCreator(ALICE, membership({ roots }))).toBe('none')
})

test('of many roots only the first sixteen count', () => {
  const roots = [...Array.from({ length: 16 }, (_, i) => String(i)), organisation.rootCertificate]
  expect(faultOfCreator(ALICE, membership({ roots }))).toMatch(/^unknown/)
})

test('a certificate holds from its first to its last moment, also for a member known already', () => {
  let now = NOW
  const members = new Membership({
    roots: { rootsOf: () => [organisation.rootCertificate] },
    nowMs: () => now,
  })
  const start = NOW - 3_600_000
  const end = NOW + 3650 * DAY_MS
  for (const [at, fault] of [
    [start - 1, 'out-of-date: the certificate is valid only from 2026-01-14T23:00:00.000Z'],
    [start, 'none'],
    [end, 'none'],
    [end + 1, 'out-of-date: the certificate expired on 2036-01-13T00:00:00.000Z'],
  ] as const) {
    now = at
    expect(faultOfCreator(ALICE, members)).toBe(fault)
  }
})

test("an authority's time may end before that of whom it vouched for", async () => {
  const authority = await createAuthority([['CN', 'ca']], { notBeforeMs: NOW, notAfterMs: NOW + DAY_MS })
  const certificate = await issueCertificate(authority, {
    subject: [['CN', 'late']],
    publicKey: generateKeyPairSync('ed25519').publicKey,
    validity: { notBeforeMs: NOW, notAfterMs: NOW + 9 * DAY_MS },
    extensions: () => [],
  })
  const members = membership({ roots: [authority.certificate], now: NOW + 2 * DAY_MS })
  expect(faultOfCreator(serializeIdentity({ mspId: 'Org1MSP', certificate }), members)).toMatch(
    /^out-of-date/,
  )
})

test('a key that Go could not read is nobody', async () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  const certificate = await organisation.certify(publicKey, { commonName: 'x' }, NOW)
  const creator = serializeIdentity({ mspId: 'Org1MSP', certificate })
  expect(faultOfCreator(creator)).toBe(
    "malformed: the certificate's key is neither P-256 nor P-384 nor Ed25519",
  )
})

test("the authority's own certificate is nobody", () => {
  const creator = serializeIdentity({ mspId: 'Org1MSP', certificate: organisation.rootCertificate })
  expect(faultOfCreator(creator)).toBe("malformed: an authority's certificate is nobody's identity")
})

const pem = alice.certificate
const body = pem.split('\n').slice(1, -2).join('\n')

test.each([
  ['no bytes', new Uint8Array()],
  ['bytes that are no message', Buffer.from([0x0a, 0x7f, 1])],
  ['no organisation', SerializedIdentity.encode({ idBytes: Buffer.from(pem) })],
  ['an organisation with a space', serializeIdentity({ mspId: 'a b', certificate: pem })],
  ['no certificate', serializeIdentity({ mspId: 'Org1MSP', certificate: '' })],
  ['two certificates', serializeIdentity({ mspId: 'Org1MSP', certificate: pem + pem })],
  ['text before the certificate', serializeIdentity({ mspId: 'Org1MSP', certificate: `x${pem}` })],
  ['text after the certificate', serializeIdentity({ mspId: 'Org1MSP', certificate: `${pem}x` })],
  [
    'a certificate that is followed by more inside its block',
    serializeIdentity({
      mspId: 'Org1MSP',
      certificate: `-----BEGIN CERTIFICATE-----\n${Buffer.concat([Buffer.from(body, 'base64'), Buffer.from('more')]).toString('base64')}\n-----END CERTIFICATE-----\n`,
    }),
  ],
  [
    'a block with something else in it',
    serializeIdentity({
      mspId: 'Org1MSP',
      certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    }),
  ],
  ['a certificate of 9 KB', serializeIdentity({ mspId: 'Org1MSP', certificate: 'x'.repeat(9000) })],
  ['100 KB', new Uint8Array(100_000)],
])('%s is no identity', (_what, creator) => {
  expect(faultOfCreator(creator)).toMatch(/^malformed/)
})

test('a certificate may be written with the line ends of Windows, or without the last one', () => {
  for (const certificate of [pem.trimEnd(), pem.replaceAll('\n', '\r\n')])
    expect(faultOfCreator(serializeIdentity({ mspId: 'Org1MSP', certificate }))).toBe('none')
})

test('a full memory forgets the member longest unseen, and reads it anew', async () => {
  const members = membership({ capacity: 1 })
  const first = members.identify(ALICE, 'basic')
  members.identify(serializeIdentity(await organisation.issue({ commonName: 'bob' }, NOW)), 'basic')
  const again = members.identify(ALICE, 'basic')
  expect(again).not.toBe(first)
  expect(again.certificate).toBe(first.certificate)
})
