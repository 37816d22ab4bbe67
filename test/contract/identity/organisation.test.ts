import { createPublicKey, X509Certificate } from 'node:crypto'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { msp } from '@hyperledger/fabric-protos'
import fc from 'fast-check'
import shim from 'fabric-shim'
import { IdentityError } from '../../../src/contract/identity/identity-error.js'
import { serializeIdentity } from '../../../src/contract/identity/identity.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { pemOfKey } from '../../../src/contract/identity/pem-of-key.js'

const NOW = Date.UTC(2026, 0, 15, 12)
const organisation = await Organisation.create('Org1MSP', NOW)

/** What a contract on Fabric's own library sees of a caller. */
function seenByShim(caller: { readonly mspId: string; readonly certificate: string }) {
  const creator = msp.SerializedIdentity.deserializeBinary(serializeIdentity(caller))
  return new shim.ClientIdentity({
    getChannelID: () => 'mychannel',
    getTxID: () => 'tx',
    getCreator: () => ({ mspid: creator.getMspid(), idBytes: creator.getIdBytes_asU8() }),
  } as never)
}

test.each(['P-256', 'Ed25519'] as const)(
  'a contract reads name, organisation and attributes of a %s identity',
  async (keyType) => {
    const identity = await organisation.issue(
      { commonName: 'alice', keyType, attributes: { 'abac.creator': 'true', empty: '' } },
      NOW,
    )
    const seen = seenByShim(identity)
    expect(seen.getID()).toBe('x509::/OU=client/CN=alice::/O=Org1MSP/CN=ca.Org1MSP')
    expect(seen.getMSPID()).toBe('Org1MSP')
    expect(seen.getAttributeValue('abac.creator')).toBe('true')
    expect(seen.getAttributeValue('empty')).toBeNull()
    expect(seen.assertAttributeValue('abac.creator', 'false')).toBe(false)
  },
)

test('an identity without attributes has none', async () => {
  const seen = seenByShim(await organisation.issue({ commonName: 'bob', role: 'admin' }, NOW))
  expect(seen.getID()).toBe('x509::/OU=admin/CN=bob::/O=Org1MSP/CN=ca.Org1MSP')
  expect(seen.getAttributeValue('abac.creator')).toBeNull()
})

test('any common name stands in the certificate as it was given', async () => {
  const nameOf = (certificate: string) => {
    const { subject } = new X509Certificate(certificate).toLegacyObject() as { subject: { CN: string } }
    return subject.CN
  }
  const names = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((name) => Buffer.byteLength(name) <= 64 && !/\p{Cc}|\p{Cs}/u.test(name))
  await fc.assert(
    fc.asyncProperty(names, async (commonName) => {
      const { certificate } = await organisation.issue({ commonName }, NOW)
      expect(nameOf(certificate)).toBe(commonName)
    }),
    { numRuns: 15, examples: [['#0401ff'], ['CN=x,O=y'], ['a/b+c'], ['"é"'], [' ']] },
  )
})

test('a certificate is valid from an hour ago to the time asked for, and no longer than its authority', async () => {
  const DAY_MS = 86_400_000
  const datesOf = (certificate: string) => {
    const { validFrom, validTo } = new X509Certificate(certificate)
    return [Date.parse(validFrom), Date.parse(validTo)]
  }
  const short = await organisation.issue({ commonName: 'a', validityMs: DAY_MS }, NOW)
  expect(datesOf(short.certificate)).toEqual([NOW - 3_600_000, NOW + DAY_MS])
  const long = await organisation.issue({ commonName: 'a', validityMs: 36_500 * DAY_MS }, NOW)
  expect(datesOf(long.certificate)[1]).toBe(datesOf(organisation.rootCertificate)[1])
})

test.each([
  ['an empty name', { commonName: '' }],
  ['a name of 65 bytes', { commonName: 'x'.repeat(65) }],
  ['a name with a line break', { commonName: 'a\nb' }],
  ['an attribute without a name', { commonName: 'a', attributes: { '': 'x' } }],
  ['an attribute that is no text', { commonName: 'a', attributes: { x: 1 as never } }],
  [
    'attributes too long for a certificate on the chain',
    { commonName: 'a', attributes: { x: 'y'.repeat(8192) } },
  ],
])('%s is refused', async (_what, request) => {
  await expect(organisation.issue(request, NOW)).rejects.toMatchObject({
    name: 'IdentityError',
    fault: 'request',
  })
})

test('an organisation needs a name that clients can write', async () => {
  for (const mspId of ['', 'a b', '-x', 'x'.repeat(65), 'a/b'])
    await expect(Organisation.create(mspId, NOW)).rejects.toThrow(IdentityError)
})

test('both ends of TLS show certificates that the other trusts, by each name of the machine', async () => {
  const now = Date.now()
  const tlsOrganisation = await Organisation.create('Org1MSP', now)
  const { certificate, privateKey } = await tlsOrganisation.issueTls(
    ['peer0.org1.example.com', '10.1.2.3'],
    now,
  )
  const ends = { cert: certificate, key: pemOfKey(privateKey), ca: tlsOrganisation.tlsRootCertificate }
  const server = createTlsServer({ ...ends, requestCert: true, rejectUnauthorized: true }, (socket) => {
    socket.end(socket.authorized ? 'authorized' : 'not authorized')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  for (const servername of ['localhost', 'peer0.org1.example.com']) {
    const socket = connectTls({ ...ends, host: '127.0.0.1', port, servername })
    const [data] = (await once(socket, 'data')) as [Buffer]
    expect(data.toString()).toBe('authorized')
    socket.destroy()
  }
  server.close()
  expect(new X509Certificate(certificate).subjectAltName).toBe(
    'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:peer0.org1.example.com, IP Address:10.1.2.3',
  )
})

test('a host that is neither a name nor an address is refused', async () => {
  for (const host of ['', 'a b', '*.x', 'http://x', '[::1]'])
    await expect(organisation.issueTls([host], NOW)).rejects.toThrow('neither a host name nor an IP address')
})

test('whoever keeps the private key gets a certificate for the public one', async () => {
  const { privateKey } = await organisation.issue({ commonName: 'x', keyType: 'Ed25519' }, NOW)
  const publicKey = createPublicKey(privateKey)
  const certificate = new X509Certificate(await organisation.certify(publicKey, { commonName: 'y' }, NOW))
  expect(certificate.publicKey.equals(publicKey)).toBe(true)
})
