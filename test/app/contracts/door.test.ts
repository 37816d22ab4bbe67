import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Client, type ClientOptions, credentials, status } from '@grpc/grpc-js'
import { describe, expect, test } from '@jest/globals'
import { type ContractsDoor, type DoorOptions, openDoor } from '../../../src/app/contracts/door.js'
import { RareWarnings } from '../../../src/app/contracts/rare-warnings.js'
import { readTls } from '../../../src/app/contracts/read-tls.js'
import { DEFAULTS } from '../../../src/app/settings/defaults.js'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { pemOfKey } from '../../../src/contract/identity/pem-of-key.js'
import { LiveContracts } from '../../../src/contract/peer/live-contracts.js'
import { MAX_STREAMS } from '../../../src/contract/remote/session/settings.js'
import { afterThisTest, temporaryFolder } from '../../support/cleanup.js'
import { freePort } from '../../support/program.js'

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

async function opened(
  tls: string | undefined,
  more: Partial<Pick<DoorOptions, 'profile' | 'hosts' | 'organisations' | 'contractsFolder'>> = {},
): Promise<ContractsDoor> {
  const contracts = { channel: 'mychannel', timeoutMs: 1000, autoDeploy: false, organisations: undefined }
  const door = await openDoor({
    ip: '127.0.0.1',
    hosts: [],
    // Too high for the usual distance: any free port is taken.
    port: 65_535,
    settings: { ...contracts, port: more.profile === undefined ? undefined : await freePort(), tls },
    profile: 'dev',
    now: () => NOW,
    registrar: new LiveContracts({ sharedIds: false, now: () => NOW }),
    organisations: [organisation],
    contractsFolder: await temporaryFolder(),
    peerSettings: {},
    warnings: new RareWarnings({ warn: () => undefined }, () => NOW),
    addServices: () => undefined,
    ...more,
  })
  if (!door) throw new Error('there is a door')
  afterThisTest(() => door.close())
  return door
}

const doorOf = async (tls: string): Promise<number> => (await opened(tls)).address.port

/** What becomes of a call, in plaintext if nothing else is said. */
async function statusOfCall(
  port: number,
  channel = credentials.createInsecure(),
  options: ClientOptions = {},
): Promise<status> {
  const own = { 'grpc.use_local_subchannel_pool': 1, ...options }
  const client = new Client(`127.0.0.1:${port}`, channel, own)
  afterThisTest(() => client.close())
  const pass = (bytes: Buffer): Buffer => bytes
  return new Promise((resolve) => {
    client.makeUnaryRequest('/no.Service/Method', pass, pass, Buffer.alloc(0), (error) =>
      resolve(error?.code ?? status.OK),
    )
  })
}

test('in profile dev clients may come without TLS', async () => {
  expect(await statusOfCall(await doorOf(await tlsFolder(false)))).toBe(status.UNIMPLEMENTED)
})

test('where clients have to show certificates none comes without TLS, in profile dev either', async () => {
  expect(await statusOfCall(await doorOf(await tlsFolder(true)))).toBe(status.UNAVAILABLE)
})

describe('the certificate of the port', () => {
  const trusting = ({ tlsRootCertificate }: ContractsDoor) =>
    credentials.createSsl(Buffer.from(tlsRootCertificate))

  test('is of the node itself where it is no organisation, and beyond profile dev nobody comes without TLS', async () => {
    const door = await opened(undefined, { profile: 'lan', organisations: [] })
    expect(door.address).toMatchObject({ tls: true, plaintext: false, client_certificates: false })
    expect(await statusOfCall(door.address.port, trusting(door))).toBe(status.UNIMPLEMENTED)
    expect(await statusOfCall(door.address.port)).toBe(status.UNAVAILABLE)
  })

  test('is trusted after a restart by who trusted it before', async () => {
    const folder = { organisations: [], contractsFolder: await temporaryFolder() }
    const before = await opened(undefined, folder)
    const after = await opened(undefined, folder)
    expect(after.tlsRootCertificate).toBe(before.tlsRootCertificate)
    expect(await statusOfCall(after.address.port, trusting(before))).toBe(status.UNIMPLEMENTED)
  })

  test('has all names by which the node is reached', async () => {
    const door = await opened(undefined, { hosts: ['10.1.2.3', 'node.example'] })
    for (const name of ['10.1.2.3', 'node.example', 'localhost'])
      expect(
        await statusOfCall(door.address.port, trusting(door), { 'grpc.ssl_target_name_override': name }),
      ).toBe(status.UNIMPLEMENTED)
    const other = { 'grpc.ssl_target_name_override': 'other.example' }
    expect(await statusOfCall(door.address.port, trusting(door), other)).toBe(status.UNAVAILABLE)
  })

  test('from files is known by itself, or by ca.crt beside it', async () => {
    const folder = await tlsFolder(false)
    const own = await readTls(folder)
    expect(own.rootCertificate).toBe(own.tls.certificate)
    await writeFile(join(folder, 'ca.crt'), organisation.tlsRootCertificate)
    const door = await opened(folder)
    expect(door.tlsRootCertificate).toBe(organisation.tlsRootCertificate)
    expect(await statusOfCall(door.address.port, trusting(door))).toBe(status.UNIMPLEMENTED)
  })

  test('from files that do not belong together, or are no PEM, is refused without a word of them', async () => {
    const folder = await tlsFolder(false)
    const { privateKey } = await organisation.issueTls([], NOW)
    await writeFile(join(folder, 'server.key'), pemOfKey(privateKey))
    await expect(readTls(folder)).rejects.toThrow(/server\.key in .* does not belong to server\.crt/)
    await writeFile(join(folder, 'server.key'), 'secret')
    await expect(readTls(folder)).rejects.toThrow(/server\.key in \S+ is not in PEM$/)
  })
})

test('the port has room for twenty contracts with all their streams, from one address, too', () => {
  const { max_connections, max_connections_per_peer } = DEFAULTS.contract
  // As many again may be opening.
  expect(max_connections).toBeGreaterThan(20 * MAX_STREAMS * 2)
  expect(max_connections_per_peer).toBeGreaterThan(20 * MAX_STREAMS)
  expect(max_connections).toBeGreaterThan(max_connections_per_peer)
})
