import { X509Certificate } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { AccountCertificates } from '../../../src/contract/identity/account-certificates.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { developmentWallet } from '../../../src/wallet/development-accounts.js'

const NOW = Date.UTC(2026, 0, 15)
const YEAR_MS = 365 * 86_400_000
const organisation = await Organisation.create('Org1MSP', NOW)
const account = (await developmentWallet()).accounts[0]?.keys
if (!account) throw new Error('no development account')

test("an account's certificate has its address as name and its own key", async () => {
  const caller = await new AccountCertificates(organisation, () => NOW).callerFor(account)
  const certificate = new X509Certificate(caller.certificate)
  expect(caller.mspId).toBe('Org1MSP')
  expect(certificate.subject).toBe(`OU=client\nCN=${account.address}`)
  expect(certificate.publicKey.export({ format: 'jwk' })['x']).toBe(
    Buffer.from(account.publicKey, 'hex').toString('base64url'),
  )
})

test('an account keeps its certificate until the certificate is about to end', async () => {
  let now = NOW
  const certificates = new AccountCertificates(organisation, () => now)
  const first = await certificates.callerFor(account)
  now += 9.9 * YEAR_MS
  expect(await certificates.callerFor(account)).toBe(first)
  now = NOW + 10 * YEAR_MS - 3_600_000
  const second = await certificates.callerFor(account)
  expect(second.certificate).not.toBe(first.certificate)
  expect(await certificates.callerFor(account)).toBe(second)
})
