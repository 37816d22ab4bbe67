import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { readConnectionFile } from '../../../src/contract/peer/connection-file.js'
import { freePort } from '../../support/program.js'
import { ContractNode } from './contract-node.js'
import { ContractProcess } from './contract-process.js'
import { type Runner, RUNNERS } from './runner.js'
import { type TlsFiles, writeTlsFiles } from './tls-files.js'

const ID = 'probe_1.0:0123abcd'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

interface Served {
  readonly node: ContractNode
  readonly address: string
  start(flags?: readonly string[], id?: string): ContractProcess
}

/** A node that knows where the contract will serve. */
async function served(runner: Runner, connection: object = {}): Promise<Served> {
  const address = `localhost:${await freePort()}`
  const node = await ContractNode.open({ timeoutMs: 10_000 })
  cleanups.push(() => node.close())
  node.deploy('probe', { id: ID })
  node.dialler.add(ID, readConnectionFile(JSON.stringify({ address, ...connection })))
  return {
    node,
    address,
    start(flags = [], id = ID) {
      const contract = ContractProcess.serving(runner, id, address, flags)
      cleanups.push(() => contract.kill())
      return contract
    },
  }
}

/** Calls until the contract serves: it tells nobody when it does. */
async function answered({ node }: Served): Promise<string> {
  for (;;) {
    try {
      return await node.evaluate('probe', 'get', 'k')
    } catch (error) {
      const { fault, message } = error as { fault?: string; message: string }
      if (fault !== 'not-connected' || !message.includes('ECONNREFUSED')) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function tlsFolder(): Promise<{ organisation: Organisation; server: TlsFiles; client: TlsFiles }> {
  const folder = await mkdtemp(join(tmpdir(), 'contract-tls-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  const organisation = await Organisation.create('Org1MSP', Date.now())
  const server = await writeTlsFiles(organisation, folder, 'server')
  return { organisation, server, client: await writeTlsFiles(organisation, folder, 'client') }
}

describe.each(RUNNERS)('a contract on $name that serves', (runner) => {
  test('1: it is dialled when it is first called, and the stream is kept', async () => {
    const there = await served(runner)
    there.start()
    expect(there.node.live.list()).toEqual([])
    expect(await answered(there)).toBe('')
    await there.node.submit('probe', 'put', 'k', 'v')
    expect(await there.node.evaluate('probe', 'get', 'k')).toBe('v')
    expect(there.node.live.list()).toMatchObject([{ id: ID, address: there.address }])
  })

  test('while nobody serves the caller is told, and the call after the start works', async () => {
    const there = await served(runner)
    await expect(there.node.evaluate('probe', 'get', 'k')).rejects.toMatchObject({
      fault: 'not-connected',
      message: expect.stringContaining('ECONNREFUSED'),
    })
    there.start()
    expect(await answered(there)).toBe('')
  })

  test('it is dialled again after it was killed, without anybody calling', async () => {
    const there = await served(runner)
    const first = there.start()
    await answered(there)
    const gone = new Promise((resolve) => there.node.live.once('gone', resolve))
    await first.kill()
    await gone
    there.start()
    await there.node.live.waitFor(ID, 30_000)
    expect(await there.node.evaluate('probe', 'get', 'k')).toBe('')
  })

  test('two nodes may use one contract', async () => {
    const there = await served(runner)
    there.start()
    await answered(there)
    const second = await ContractNode.open()
    cleanups.push(() => second.close())
    second.deploy('probe', { id: ID })
    second.dialler.add(ID, readConnectionFile(JSON.stringify({ address: there.address })))
    await second.submit('probe', 'put', 'k', 'of the second')
    expect(await second.evaluate('probe', 'get', 'k')).toBe('of the second')
    expect(await there.node.evaluate('probe', 'get', 'k')).toBe('')
  })

  test('one that says it is another is not used', async () => {
    const there = await served(runner)
    there.start([], 'someone:else')
    await expect(answered(there)).rejects.toMatchObject({
      fault: 'not-connected',
      message: expect.stringContaining(`the contract registered as someone:else instead of ${ID}`),
    })
    expect(there.node.live.list()).toEqual([])
  })

  test('over TLS', async () => {
    const { organisation, server } = await tlsFolder()
    const there = await served(runner, { tls_required: true, root_cert: organisation.tlsRootCertificate })
    there.start([
      '--chaincode-tls-key-file',
      server.keyPath,
      '--chaincode-tls-cert-file',
      server.certificatePath,
    ])
    expect(await answered(there)).toBe('')
  })

  test('over mutual TLS, and not without the certificate of the node', async () => {
    const { organisation, server, client } = await tlsFolder()
    const tls = { tls_required: true, root_cert: organisation.tlsRootCertificate }
    const auth = { client_auth_required: true, client_key: client.key, client_cert: client.certificate }
    const there = await served(runner, { ...tls, ...auth, domain: 'localhost', dial_timeout: '5s' })
    there.start([
      ...['--chaincode-tls-key-file', server.keyPath],
      ...['--chaincode-tls-cert-file', server.certificatePath],
      ...['--chaincode-tls-client-cacert-file', server.authorityPath],
    ])
    expect(await answered(there)).toBe('')

    const stranger = await ContractNode.open()
    cleanups.push(() => stranger.close())
    stranger.deploy('probe', { id: ID })
    stranger.dialler.add(ID, readConnectionFile(JSON.stringify({ address: there.address, ...tls })))
    await expect(stranger.evaluate('probe', 'get', 'k')).rejects.toMatchObject({ fault: 'not-connected' })
  })

  test('one that is not to be dialled any more is left alone', async () => {
    const there = await served(runner)
    there.start()
    await answered(there)
    there.node.dialler.remove(ID)
    expect(there.node.live.list()).toEqual([])
    await expect(there.node.evaluate('probe', 'get', 'k')).rejects.toMatchObject({ fault: 'not-connected' })
  })
})
