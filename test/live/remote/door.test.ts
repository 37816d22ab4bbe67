/** The port at which programs come in: with TLS as `contract new` sets it up, full, and shut. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { status } from '@grpc/grpc-js'
import { PACKAGE_ROOT } from '../../../src/app/package-info.js'
import { DEFAULTS } from '../../../src/app/settings/defaults.js'
import { afterThisTest, temporaryFolder } from '../../support/cleanup.js'
import { freePort } from '../../support/program.js'
import { waitFor } from '../../support/wait-for.js'
import { LiveNode } from '../live-node.js'
import { type Backlog, RemoteNode } from './kit/remote-node.js'
import { Worker } from './kit/worker.js'
import { ContractProcess } from './support/contract-process.js'
import { allOf, languages, reportAbsent } from './support/each-language.js'
import { type Language, plainFolder } from './support/languages.js'
import { writeSelfSigned } from './support/self-signed.js'

const run = promisify(execFile)
const REWARD = `0x${'1'.repeat(40)}`
const MINE = ['--mine', 'auto', '--gather-time', '0.05']

/** What people have, with this node. */
async function terrarium(node: Pick<LiveNode, 'url'>, ...words: string[]): Promise<string> {
  const args = [join(PACKAGE_ROOT, 'dist', 'terrarium.js'), ...words, '--node', node.url]
  const { stdout, stderr } = await run(process.execPath, args)
  return stdout + stderr
}

/** Outputs of a type on the chain, as its users ask for them. */
async function outputs(node: LiveNode, type: string): Promise<readonly unknown[]> {
  const path = `/records/?txn_type=${type}&kind=output`
  return ((await node.get(path)) as { readonly records: readonly unknown[] }).records
}

describe('a node that is no developer’s, with a certificate of its own', () => {
  reportAbsent()

  test('is reached over TLS by what "contract new" makes, as it is, in every language', async () => {
    const tls = await temporaryFolder()
    const pem = await writeSelfSigned(tls)
    const flags = ['--profile', 'lan', '--reward-address', REWARD, '--contract-tls', tls, ...MINE]
    const { live: node } = await RemoteNode.start(join(await temporaryFolder(), 'node'), flags)
    await allOf(languages().map((language) => expectOutput(node, language, pem)))
  }, 120_000)
})

/** Makes a contract as its author does, runs it untouched, and looks for what it makes of a record. */
async function expectOutput(node: LiveNode, language: Language, pem: string): Promise<void> {
  const type = `tls-${language.name}`
  const folder = join(await temporaryFolder(), type)
  const said = await terrarium(node, 'contract', 'new', type, '--template', language.name, '--out', folder)
  expect(said).not.toMatch(/does not reach/)
  expect(await readFile(join(folder, 'node.crt'), 'utf8')).toBe(pem)
  const client = ContractProcess.run(folder, await startedIn(language))
  await node.send('POST', '/records/', { txn_type: type, payload: { name: 'Ann', numbers: [1, 2, 3] } })
  await waitFor(`an output of ${type}`, async () => {
    if (!client.isRunning) throw new Error(`it ended: ${client.output}`)
    return (await outputs(node, type)).length === 1
  })
}

/** The command of the template with all programs where they have been built. */
async function startedIn(language: Language): Promise<Language['start']> {
  const ready = await plainFolder(language)
  const [program, ...args] = [...language.start, '--config', 'config.yaml'].map((word) =>
    /^(\.|venv|dist|main)/.test(word) ? join(ready, word) : word,
  )
  return [program ?? '', ...args]
}

test('a full port tells clients so, and its log once; who is gone makes room', async () => {
  const node = await RemoteNode.start(join(await temporaryFolder(), 'node'))
  const contract = await node.register('crowded')
  const sockets: Socket[] = []
  afterThisTest(() => sockets.forEach((each) => void each.destroy()))
  for (let i = 0; i < DEFAULTS.contract.max_connections; i++) {
    const socket = connect(node.contractPort, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    // It stays: a connection that says nothing is cut.
    socket.write('P')
    sockets.push(socket)
  }
  const own = { port: node.contractPort, chainId: await node.chainId(), ...contract }
  const work = () => Promise.resolve({ dataJson: '{}', outputToChain: false })
  const worker = new Worker({ ...own, instanceId: 'late', maxInFlight: 1, work })
  await waitFor('it to be refused twice', () => worker.ends.length >= 2)
  expect(worker.ends[0]).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringMatching(/^the node has 1024 connections/) as unknown,
  })
  sockets.forEach((each) => void each.destroy())
  await waitFor('it to be let in', () => worker.welcomes === 1)
  const lines = node.live.program.text().split('\n')
  expect(lines.filter((line) => line.includes('a connection of a contract was refused'))).toHaveLength(1)
})

test('without a port what was acknowledged comes to the chain, the rest waits, and both are said', async () => {
  const folder = join(await temporaryFolder(), 'node')
  const ports = [await freePort(), await freePort()] as const
  const open = ['--contract-port', String(ports[1])]
  const first = await LiveNode.start(folder, ['--mine', 'off', ...open], ports[0])
  const path = '/remote/contracts/'
  const { contract, key, chain_id } = (await first.send('POST', path, { txn_type: 'shut' })) as {
    readonly contract: { readonly contract_id: string }
    readonly key: { readonly api_key: string }
    readonly chain_id: string
  }
  const backlog = async (node: LiveNode): Promise<Backlog> =>
    (await node.get(`${path}shut/backlog/`)) as Backlog
  const submit = (node: LiveNode) => node.send('POST', '/records/', { txn_type: 'shut', payload: 1 })
  for (let i = 0; i < 3; i++) await submit(first)
  await first.send('POST', '/mining/', { count: 1 })
  const worker = new Worker({
    ...{ port: ports[1], chainId: chain_id, contractId: contract.contract_id, apiKey: key.api_key },
    ...{ instanceId: 'worker', maxInFlight: 3 },
    work: () => Promise.resolve({ dataJson: '{"done":true}', outputToChain: true }),
  })
  await waitFor('three results to be acknowledged', () => worker.committed === 3)
  expect(await backlog(first)).toMatchObject({ outputs_waiting: 3 })
  await first.killHard()
  // Only what remote contracts keep of their own is left of them.
  for (const name of ['pending', 'transactions.json'])
    await rm(join(folder, name), { recursive: true, force: true })

  const shut = await LiveNode.start(folder, MINE, ports[0])
  await waitFor('three outputs on the chain', async () => (await outputs(shut, 'shut')).length === 3)
  await submit(shut)
  await waitFor('a record to wait', async () => (await backlog(shut)).pending === 1)
  expect(shut.program.text()).toMatch(/"outputs_waiting":3.*--contract-port PORT lets them in/)
  expect(await terrarium(shut, 'remote', 'status')).toMatch(
    /no port for contracts[\s\S]*shut: no client can connect; start the node with --contract-port/,
  )
  await shut.killHard()

  const again = await LiveNode.start(folder, [...MINE, ...open], ports[0])
  await waitFor('four outputs on the chain', async () => (await outputs(again, 'shut')).length === 4)
  expect(await backlog(again)).toMatchObject({ pending: 0, committed: 4, outputs_waiting: 0 })
})
