import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { writeIdentityFolder } from '../../../src/contract/identity/write-identity-folder.js'
import { writeFilesAtomic } from '../../../src/store/atomic-write.js'

const NOW = Date.UTC(2026, 0, 15)
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'identity-'))
})
afterEach(() => rm(folder, { recursive: true }))

test("Fabric's sample applications find one key, one certificate and the root of TLS", async () => {
  const organisation = await Organisation.create('Org1MSP', NOW)
  const identity = await organisation.issue({ commonName: 'alice' }, NOW)
  const environment = await writeIdentityFolder(
    join(folder, 'alice'),
    identity,
    organisation,
    writeFilesAtomic,
  )
  const onlyFileIn = async (path: string) => {
    const names = await readdir(path)
    expect(names).toHaveLength(1)
    return readFile(join(path, names[0] ?? ''), 'utf8')
  }
  const key = createPrivateKey(await onlyFileIn(environment.KEY_DIRECTORY_PATH))
  const certificate = new X509Certificate(await onlyFileIn(environment.CERT_DIRECTORY_PATH))
  expect(certificate.checkPrivateKey(key)).toBe(true)
  expect(await readFile(environment.TLS_CERT_PATH, 'utf8')).toBe(organisation.tlsRootCertificate)
  expect(environment.MSP_ID).toBe('Org1MSP')
})

test('an identity takes the place of the one before it; the key is for its owner alone', async () => {
  const organisation = await Organisation.create('Org1MSP', NOW)
  const write = async (commonName: string) =>
    writeIdentityFolder(folder, await organisation.issue({ commonName }, NOW), organisation, writeFilesAtomic)
  await write('alice')
  const { KEY_DIRECTORY_PATH, CERT_DIRECTORY_PATH } = await write('bob')
  expect(await readdir(KEY_DIRECTORY_PATH)).toEqual(['key.pem'])
  expect((await stat(join(KEY_DIRECTORY_PATH, 'key.pem'))).mode & 0o777).toBe(0o600)
  expect((await stat(KEY_DIRECTORY_PATH)).mode & 0o777).toBe(0o700)
  const certificate = new X509Certificate(await readFile(join(CERT_DIRECTORY_PATH, 'cert.pem')))
  expect(certificate.subject).toContain('CN=bob')
})
