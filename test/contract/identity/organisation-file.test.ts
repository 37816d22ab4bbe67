import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { parseCertificate, isIssuedBy } from '../../../src/contract/identity/certificate.js'
import { IdentityError } from '../../../src/contract/identity/identity-error.js'
import { loadOrganisation, saveOrganisation } from '../../../src/contract/identity/organisation-file.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { writeFilesAtomic } from '../../../src/store/atomic-write.js'

const NOW = Date.UTC(2026, 0, 15)
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'organisation-'))
  path = join(folder, 'organisation.json')
})
afterEach(() => rm(folder, { recursive: true }))

test('an organisation read from its file issues certificates its own root vouches for', async () => {
  const made = await Organisation.create('Org1MSP', NOW)
  await saveOrganisation(folder, made, writeFilesAtomic)
  const loaded = await loadOrganisation(folder)
  expect(loaded?.mspId).toBe('Org1MSP')
  expect(loaded?.tlsRootCertificate).toBe(made.tlsRootCertificate)
  const { certificate } = (await loaded?.issue({ commonName: 'alice' }, NOW)) ?? { certificate: '' }
  expect(isIssuedBy(parseCertificate(certificate), parseCertificate(made.rootCertificate))).toBe(true)
})

test('only its owner may read the file', async () => {
  await saveOrganisation(folder, await Organisation.create('Org1MSP', NOW), writeFilesAtomic)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a folder without the file has no organisation', async () => {
  expect(await loadOrganisation(folder)).toBeUndefined()
})

test('a file that is not in order is refused without quoting it', async () => {
  await saveOrganisation(folder, await Organisation.create('Org1MSP', NOW), writeFilesAtomic)
  const text = await readFile(path, 'utf8')
  const other = JSON.stringify({
    ...(JSON.parse(text) as object),
    authority: (JSON.parse(text) as { tls_authority: object }).tls_authority,
    tls_authority: {
      ...(JSON.parse(text) as { tls_authority: object }).tls_authority,
      private_key: (JSON.parse(text) as { authority: { private_key: string } }).authority.private_key,
    },
  })
  const broken = [
    '',
    '[]',
    '{}',
    text.slice(0, -10),
    text.replace('"version": 1', '"version": 2'),
    text.replaceAll('BEGIN PRIVATE', 'BEGIN SECRET'),
    text.replaceAll('BEGIN CERT', 'BEGIN LETT'),
    text.replace('"authority": {', '"authority": 5, "other": {'),
    other,
  ]
  for (const each of broken) {
    await writeFile(path, each)
    const error = (await loadOrganisation(folder).catch((caught: unknown) => caught)) as IdentityError
    expect(error).toBeInstanceOf(IdentityError)
    expect(error.fault).toBe('file')
    expect(String(error) + String(error.cause)).not.toContain('MIG')
  }
})
