import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { Organisation } from '../../../src/contract/identity/organisation.js'
import { ContractNode } from './contract-node.js'
import { ContractProcess } from './contract-process.js'
import { type Runner, RUNNERS } from './runner.js'
import { type TlsFiles, writeTlsFiles } from './tls-files.js'

const cleanups: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function openNode(...args: Parameters<typeof ContractNode.open>): Promise<ContractNode> {
  const node = await ContractNode.open(...args)
  cleanups.push(() => node.close())
  node.deploy('probe')
  return node
}

function dial(
  runner: Runner,
  node: ContractNode,
  env: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): ContractProcess {
  const contract = ContractProcess.dialling(runner, 'probe:1.0', node.address, env, flags)
  cleanups.push(() => contract.kill())
  return contract
}

const isThere = (node: ContractNode): Promise<unknown> => node.live.waitFor('probe:1.0', 20_000)

async function isGone(node: ContractNode): Promise<void> {
  if (node.live.list().length > 0) await new Promise((resolve) => node.live.once('gone', resolve))
}

async function tlsFolder(): Promise<{ organisation: Organisation; server: TlsFiles; client: TlsFiles }> {
  const folder = await mkdtemp(join(tmpdir(), 'contract-tls-'))
  cleanups.push(() => rm(folder, { recursive: true }))
  const organisation = await Organisation.create('Org1MSP', Date.now())
  const server = await writeTlsFiles(organisation, folder, 'server')
  return { organisation, server, client: await writeTlsFiles(organisation, folder, 'client') }
}

const tlsEnv = (files: TlsFiles): Readonly<Record<string, string>> => ({
  CORE_PEER_TLS_ENABLED: 'true',
  CORE_PEER_TLS_ROOTCERT_FILE: files.authorityPath,
  CORE_TLS_CLIENT_KEY_PATH: files.keyBase64Path,
  CORE_TLS_CLIENT_CERT_PATH: files.certificateBase64Path,
})

describe.each(RUNNERS)('a contract on $name that dials the node', (runner) => {
  test('1: it registers and is ready, and nothing is sent before the first call', async () => {
    const node = await openNode()
    const contract = dial(runner, node, { CORE_CHAINCODE_LOGGING_LEVEL: 'DEBUG' })
    await isThere(node)
    await node.submit('probe', 'put', 'k', 'v')
    expect(await node.evaluate('probe', 'get', 'k')).toBe('v')
    if (!runner.tracesMessages) return
    const received = contract.output.matchAll(
      /Received chat message from peer: \S*, state: (\w+), type: (\w+)/g,
    )
    expect([...received].slice(0, 3).map(([, state, type]) => [state, type])).toEqual([
      ['created', '2'],
      ['established', '4'],
      ['ready', '5'],
    ])
  })

  test('2: a name that is taken is refused so that its developer sees it, and is free after the first is gone', async () => {
    const node = await openNode()
    const first = dial(runner, node)
    await isThere(node)
    const refused = new Promise((resolve) => node.live.once('refused', (_, reason) => resolve(reason)))
    const second = dial(runner, node)
    expect(await refused).toBe('duplicate chaincodeID: probe:1.0')
    await second.ended()
    expect(second.output).toContain('duplicate chaincodeID: probe:1.0')
    expect(await node.evaluate('probe', 'get', 'k')).toBe('')

    const gone = isGone(node)
    await first.kill()
    await gone
    dial(runner, node)
    await isThere(node)
    expect(await node.evaluate('probe', 'get', 'k')).toBe('')
  })

  test('several processes may share an id where that is allowed', async () => {
    const node = await openNode({ sharedIds: true })
    dial(runner, node)
    await isThere(node)
    const second = new Promise((resolve) => node.live.once('connected', resolve))
    const leaving = dial(runner, node)
    await second
    const answers = Array.from({ length: 20 }, () => node.evaluate('probe', 'get', 'k'))
    expect(new Set(await Promise.all(answers))).toEqual(new Set(['']))
    const gone = new Promise((resolve) => node.live.once('gone', resolve))
    await leaving.kill()
    await gone
    expect(await node.evaluate('probe', 'get', 'k')).toBe('')
  })

  test('20: a process that crashes fails its calls, and those of another go on', async () => {
    const node = await openNode()
    node.deploy('other', { id: 'other:1.0' })
    dial(runner, node)
    const other = ContractProcess.dialling(runner, 'other:1.0', node.address)
    cleanups.push(() => other.kill())
    await isThere(node)
    await node.live.waitFor('other:1.0', 20_000)
    const lost = { fault: 'stream-lost', message: 'chaincode stream terminated' }
    const untouched = node.evaluate('other', 'late', '500')
    const hanging = expect(node.evaluate('probe', 'hang')).rejects.toMatchObject(lost)
    await expect(node.evaluate('probe', 'crash')).rejects.toMatchObject(lost)
    await hanging
    expect(await untouched).toBe('')
    await expect(node.evaluate('probe', 'get', 'k')).rejects.toMatchObject({ fault: 'not-connected' })
  })

  test('a process that is killed in the middle of a call leaves nothing behind, and the next one serves', async () => {
    const node = await openNode()
    const contract = dial(runner, node)
    await isThere(node)
    const hanging = expect(node.evaluate('probe', 'hang')).rejects.toMatchObject({ fault: 'stream-lost' })
    await contract.kill()
    await hanging
    dial(runner, node)
    await isThere(node)
    expect(await node.evaluate('probe', 'get', 'k')).toBe('')
  })

  test('over TLS, on the port that others use without', async () => {
    const { server, client } = await tlsFolder()
    const node = await openNode({}, { tls: server })
    node.deploy('plain', { id: 'plain:1.0' })
    dial(runner, node, tlsEnv(client))
    const plain = ContractProcess.dialling(runner, 'plain:1.0', node.address)
    cleanups.push(() => plain.kill())
    await Promise.all([isThere(node), node.live.waitFor('plain:1.0', 20_000)])
    await node.submit('probe', 'put', 'k', 'v')
    expect(await node.evaluate('probe', 'get', 'k')).toBe('v')
    expect(await node.evaluate('plain', 'get', 'k')).toBe('')
  })

  test('over mutual TLS, with a certificate of the right authority only', async () => {
    const { organisation, server, client } = await tlsFolder()
    const stranger = await tlsFolder()
    const tls = { ...server, clientAuthorities: organisation.tlsRootCertificate }
    const node = await openNode({}, { tls, plaintext: false })
    const foreign = { ...tlsEnv(stranger.client), CORE_PEER_TLS_ROOTCERT_FILE: server.authorityPath }
    const refused = dial(runner, node, foreign)
    await refused.ended()
    expect(node.live.list()).toEqual([])
    dial(runner, node, tlsEnv(client))
    await isThere(node)
    expect(await node.evaluate('probe', 'get', 'k')).toBe('')
  })

  test('when the node closes, the process ends', async () => {
    const node = await openNode()
    const contract = dial(runner, node)
    await isThere(node)
    await node.close()
    expect(await contract.ended()).toBe(runner.exitCode)
  })
})
