import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, test } from '@jest/globals'
import { nodeApi } from '../../../../src/api/node-api.js'
import { createContract } from '../../../../src/app/commands/contract/new.js'
import { LANGUAGES } from '../../../../src/app/commands/contract/new-remote.js'
import { filled, wayTo } from '../../../../src/app/commands/contract/remote-config.js'
import { faultOfDoor } from '../../../../src/app/commands/contract/try-door.js'
import type { ContractDoor } from '../../../../src/api/schemas/contract.js'
import { Organisation } from '../../../../src/contract/identity/organisation.js'
import { pemOfKey } from '../../../../src/contract/identity/pem-of-key.js'
import { afterThisTest, temporaryFolder } from '../../../support/cleanup.js'
import { ran, servedNode } from './run-remote.js'

const create = (...words: string[]) => ran([createContract], ['new', ...words])
const { key, contract, chain_id } = nodeApi['remote.register'].example.result
const organisation = await Organisation.create('Org1MSP', Date.now())
const pem = organisation.tlsRootCertificate

/** A port for contracts at which somebody listens. */
async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterThisTest(() => void server.close())
  return (server.address() as AddressInfo).port
}

async function tlsPort(hosts: readonly string[] = []): Promise<number> {
  const { certificate, privateKey } = await organisation.issueTls(hosts, Date.now())
  const server = createTlsServer({ cert: certificate, key: pemOfKey(privateKey), ALPNProtocols: ['h2'] })
  return listening(server)
}

type Door = NonNullable<ContractDoor>

/** A node whose port for contracts is as told. */
function nodeWith(door: Pick<Door, 'port'> & Partial<Door>, tls_root_certificate = pem) {
  const list = nodeApi['remote.list'].example.result
  return servedNode({
    'remote.list': () => ({ ...list, door: { ...list.door, ...door }, tls_root_certificate }),
  })
}

test.each(LANGUAGES)(
  'a contract in %s is registered, and its config.yaml works at once',
  async (language) => {
    const port = await listening(createServer())
    const { url, node } = await nodeWith({ port })
    const folder = join(await temporaryFolder(), 'greeting')
    const { stdout, stderr, code } = await create(
      'greeting',
      '--template',
      language,
      '--out',
      folder,
      '--node',
      url,
    )
    expect([code, stderr]).toEqual([0, ''])
    expect(node.did).toEqual([['register', { txn_type: 'greeting' }]])
    const config = join(folder, 'config.yaml')
    const text = await readFile(config, 'utf8')
    expect(text).toContain(`server_address: '127.0.0.1:${port}'\n`)
    expect(text).toContain(`chain_id: '${chain_id}'\n`)
    expect(text).toContain(`smart_contract_id: '${contract.contract_id}'\n`)
    expect(text).toContain(`api_key: '${key.api_key}'\n`)
    expect(text).toContain('use_tls: false\n')
    expect((await stat(config)).mode & 0o777).toBe(0o600)
    expect(stdout).not.toContain(key.api_key)
    const names = await readdir(folder)
    expect(names).toEqual(expect.arrayContaining(['README.md', '.gitignore', 'proto']))
    expect(names).not.toEqual(expect.arrayContaining(['node_modules']))
  },
)

describe('a node whose port wants TLS', () => {
  const make = (url: string, language: string, folder: string) =>
    create('greeting', '--template', language, '--out', folder, '--node', url)

  test.each(LANGUAGES)('is trusted by its certificate beside config.yaml, in %s', async (language) => {
    const { url } = await nodeWith({ port: await tlsPort(), plaintext: false })
    const folder = join(await temporaryFolder(), 'greeting')
    const { stderr, code } = await make(url, language, folder)
    expect([code, stderr]).toEqual([0, ''])
    const text = await readFile(join(folder, 'config.yaml'), 'utf8')
    expect(text).toContain('\nuse_tls: true\n')
    expect(text).toContain(`\ntls_cert_path: 'node.crt'\n`)
    expect(text).not.toMatch(/^# *tls_cert_path:/m)
    expect(await readFile(join(folder, 'node.crt'), 'utf8')).toBe(pem)
  })

  test('but is not reached with it is told, and so is what to do', async () => {
    const other = (await Organisation.create('Org2MSP', Date.now())).tlsRootCertificate
    const { url } = await nodeWith({ port: await tlsPort(), plaintext: false }, other)
    const { stderr, code } = await make(url, 'go', join(await temporaryFolder(), 'greeting'))
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^from here config\.yaml does not reach 127\.0\.0\.1:\d+: .*; .* as ca\.crt\n$/),
    ])
  })

  test('and certificates of its callers is refused before anything is written', async () => {
    const { url, node } = await nodeWith({ port: 1, plaintext: false, client_certificates: true })
    const folder = join(await temporaryFolder(), 'greeting')
    const { stderr, code } = await make(url, 'go', folder)
    expect([code, existsSync(folder), node.did]).toEqual([1, false, []])
    expect(stderr).toMatch(/client-ca\.crt/)
  })
})

test('beyond this machine a port that would take plaintext is called over TLS', () => {
  const door = { ...nodeApi['remote.list'].example.result, tls_root_certificate: pem }
  expect(wayTo('http://10.0.0.1:55000', door)).toEqual({
    host: '10.0.0.1',
    port: 56000,
    rootCertificate: pem,
  })
  expect(wayTo('http://[::1]:55000', door)).toEqual({ host: '::1', port: 56000, rootCertificate: undefined })
})

test('a certificate for other names is told with its cure, and a port nobody listens at', async () => {
  const port = await tlsPort()
  const way = { host: '127.0.0.1', port, rootCertificate: pem }
  expect(await faultOfDoor(way)).toBeUndefined()
  // The same place under a name that the certificate has not.
  expect(await faultOfDoor({ ...way, host: '127.1' })).toMatch(/altnames.*; start the node with --allow-host/)
  expect(await faultOfDoor({ ...way, port: 1 })).toMatch(/ECONNREFUSED .*; is the port open/)
})

test('a node that does not answer is told before anything is written', async () => {
  const folder = join(await temporaryFolder(), 'greeting')
  const { stderr, code } = await create(
    ...['greeting', '--template', 'python', '--out', folder, '--node', 'http://127.0.0.1:1'],
  )
  expect([code, existsSync(folder)]).toEqual([1, false])
  expect(stderr).toMatch(/127\.0\.0\.1:1.*start one with/)
})

test('a node without a port for contracts is told before anything is written', async () => {
  const list = { ...nodeApi['remote.list'].example.result, door: null }
  const { url, node } = await servedNode({ 'remote.list': () => list })
  const folder = join(await temporaryFolder(), 'greeting')
  const { stderr, code } = await create('greeting', '--template', 'go', '--out', folder, '--node', url)
  expect([code, existsSync(folder), node.did]).toEqual([1, false, []])
  expect(stderr).toMatch(/--contract-port/)
})

test('--no-register asks no node', async () => {
  const folder = join(await temporaryFolder(), 'greeting')
  const { code, stdout } = await create('greeting', '--template', 'bash', '--out', folder, '--no-register')
  expect([code, existsSync(join(folder, 'process.sh'))]).toEqual([0, true])
  expect(stdout).toMatch(/config\.yaml has to be filled in/)
})

test('a folder in which something is stays as it is, and nothing is registered', async () => {
  const { url, node } = await servedNode()
  const folder = join(await temporaryFolder(), 'greeting')
  await mkdir(folder)
  await writeFile(join(folder, 'mine'), 'mine')
  const { stderr, code } = await create('greeting', '--template', 'go', '--out', folder, '--node', url)
  expect([code, await readdir(folder), node.did]).toEqual([1, ['mine'], []])
  expect(stderr).toMatch(/is not empty/)
})

test.each([
  [['greeting', '--template', 'cobol'], /typescript, python, go, bash/],
  [['a_b', '--template', 'go'], /2 to 20 letters, digits and -/],
  [['x', '--template', 'go'], /2 to 20 letters, digits and -/],
  [['greeting', '--no-register'], /--no-register goes with --template/],
])('wrong usage is told: %j', async (words, message) => {
  const { stderr, code } = await create(...words)
  expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
})

test('a field that is commented out is put in force, in its first place', () => {
  const text = '# tls_cert_path is a file.\n# tls_cert_path: "node.pem"\n'
  expect(filled(text, 'tls_cert_path', 'node.crt')).toBe(
    `# tls_cert_path is a file.\ntls_cert_path: 'node.crt'\n`,
  )
})

test('a field is filled in where it stands, whatever the value has, and its comments stay', () => {
  expect(filled("# api_key: x\napi_key: 'y' # z\nother: 1\n", 'api_key', 'a$&b')).toBe(
    "# api_key: x\napi_key: 'a$&b'\nother: 1\n",
  )
  expect(() => filled('other: 1\n', 'api_key', 'x')).toThrow('no api_key')
})
