import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, credentials, status } from '@grpc/grpc-js'
import { expect, test } from '@jest/globals'
import { openDoor } from '../../../src/app/contracts/door.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { pemOfKey } from '../../../src/contract/identity/pem-of-key.js'
import { LiveContracts } from '../../../src/contract/peer/live-contracts.js'
import { afterThisTest, temporaryFolder } from '../../support/cleanup.js'

const NOW = Date.now()
const organisation = await Organisation.create('Org1MSP', NOW)

async function tlsFolder(withClientAuthority: boolean): Promise<string> {
  const folder = await temporaryFolder()
  const { certificate, privateKey } = await organisation.issueTls([], NOW)
  await writeFile(join(folder, 'server.crt'), certificate)
  await writeFile(join(folder, 'server.key'), pemOfKey(privateKey))
  if (withClientAuthority) await writeFile(join(folder, 'client-ca.crt'), organisation.tlsRootCertificate)
  return folder
}

async function doorOf(tls: string): Promise<number> {
  const contracts = { channel: 'mychannel', timeoutMs: 1000, autoDeploy: false, organisations: undefined }
  const door = await openDoor({
    ip: '127.0.0.1',
    // Too high for the usual distance: any free port is taken.
    port: 65_535,
    settings: { ...contracts, port: undefined, tls },
    profile: 'dev',
    now: () => NOW,
    registrar: new LiveContracts({ sharedIds: false, now: () => NOW }),
    organisations: [organisation],
    peerSettings: {},
    addServices: () => undefined,
  })
  if (!door) throw new Error('there is a door')
  afterThisTest(() => door.close())
  return door.address.port
}

/** What becomes of a call in plaintext. */
async function plainStatus(port: number): Promise<status> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure())
  afterThisTest(() => client.close())
  const pass = (bytes: Buffer): Buffer => bytes
  return new Promise((resolve) => {
    client.makeUnaryRequest('/no.Service/Method', pass, pass, Buffer.alloc(0), (error) =>
      resolve(error?.code ?? status.OK),
    )
  })
}

test('in profile dev clients may come without TLS', async () => {
  expect(await plainStatus(await doorOf(await tlsFolder(false)))).toBe(status.UNIMPLEMENTED)
})

test('where clients have to show certificates none comes without TLS, in profile dev either', async () => {
  expect(await plainStatus(await doorOf(await tlsFolder(true)))).toBe(status.UNAVAILABLE)
})
