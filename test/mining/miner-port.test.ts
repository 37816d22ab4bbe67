import { expect, test } from '@jest/globals'
import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Type as T } from '@sinclair/typebox'
import { type Dispatch, dispatcher } from '../../src/api/dispatch.js'
import { methods } from '../../src/api/method.js'
import { mining } from '../../src/api/methods/mining.js'
import type { BlockTemplate } from '../../src/api/schemas/mining.js'
import { compile } from '../../src/api/validator.js'
import type { Json } from '../../src/base/json.js'
import { decodeBlock } from '../../src/ledger/decode-block.js'
import { minerPort } from '../../src/mining/miner-port.js'
import { restApp } from '../../src/rest/rest-app.js'
import { account, removeFolder, temporaryFolder } from '../support/chain.js'
import { afterwards, record, testMiner, type TestMiner } from './mining-test.js'

const ADDRESS = account(4).address

/** Stands in for the operation that takes blocks. */
const blocks = {
  'blocks.add': methods<{ add: (json: Json) => Promise<string> }>()({
    summary: 'Take a block',
    params: T.Object({}, { additionalProperties: true }),
    result: T.String(),
    http: 'POST /blocks/',
    example: { params: {}, result: 'connected' },
    handle: (json, { add }) => add(json as Json),
  }),
}

const table = { ...mining, ...blocks }

function dispatchOf({ miner, blockchain }: TestMiner): Dispatch {
  const add = (json: Json): Promise<string> => blockchain.submit(decodeBlock(json))
  return dispatcher(table, { mining: minerPort(miner, blockchain), add })
}

/** Asks and checks the answer against its schema. */
async function ask(
  dispatch: Dispatch,
  name: keyof typeof mining,
  params: object,
): Promise<Record<string, Json>> {
  const result = await dispatch(name, params, {})
  expect(compile(mining[name].result)(result)).toBeUndefined()
  return result as Record<string, Json>
}

test('the examples fit their schemas', () => {
  for (const { params, result, example } of Object.values(mining)) {
    expect([compile(params)(example.params), compile(result)(example.result)]).toEqual([undefined, undefined])
  }
})

test('the status tells mode, address, pace and how hard the next block is', async () => {
  const test = await testMiner({ mode: 'off', rewardAddress: undefined, intervalMs: undefined })
  expect(await ask(dispatchOf(test), 'mining.get', {})).toEqual({
    mode: 'off',
    reward_address: null,
    interval: 1,
    threads: 2,
    hashes_per_second: 0,
    blocks_mined: 0,
    target: `7fffff${'0'.repeat(58)}`,
    difficulty: 1,
  })
})

test('mode, address and interval are changed while the node runs, and what is absent stays', async () => {
  const test = await testMiner({ rewardAddress: undefined, intervalMs: undefined })
  const dispatch = dispatchOf(test)
  await expect(ask(dispatch, 'mining.put', { mode: 'auto' })).rejects.toMatchObject({
    code: 'INVALID_PARAMS',
  })
  const changed = await ask(dispatch, 'mining.put', {
    mode: 'interval',
    reward_address: ADDRESS,
    interval: 2.5,
  })
  expect(changed).toMatchObject({ mode: 'interval', reward_address: ADDRESS, interval: 2.5 })
  const off = await ask(dispatch, 'mining.put', { mode: 'off' })
  expect(off).toMatchObject({ mode: 'off', reward_address: ADDRESS, interval: 2.5 })
})

test('blocks are mined on demand, one if no count is given, for the address that is given', async () => {
  const test = await testMiner({ rewardAddress: undefined })
  const dispatch = dispatchOf(test)
  await expect(ask(dispatch, 'mining.now', {})).rejects.toMatchObject({ code: 'INVALID_PARAMS' })
  await ask(dispatch, 'mining.now', { reward_address: ADDRESS })
  const { hashes } = await ask(dispatch, 'mining.now', { count: 4, reward_address: ADDRESS })
  expect(test.blockchain.height()).toBe(4)
  expect((hashes as Json[]).at(-1)).toBe(test.blockchain.tip()?.hash)
  for (const count of [0, 1001, 1.5, '3']) {
    await expect(dispatch('mining.now', { count, reward_address: ADDRESS }, {})).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
    })
  }
})

test('mining and its settings are for those who may change the node', () => {
  expect([mining['mining.put'].scope, mining['mining.now'].scope]).toEqual(['admin', 'admin'])
})

test('a template that is solved outside the node gives a block that the chain takes', async () => {
  const test = await testMiner({}, { coinbaseMaturity: 0 })
  const dispatch = dispatchOf(test)
  await ask(dispatch, 'mining.now', {})
  const waiting = record(test)
  await test.pending.submit(waiting)
  const answer: unknown = await ask(dispatch, 'mining.template', { reward_address: ADDRESS })
  const template = answer as BlockTemplate
  const header = Buffer.from(template.header_hex, 'hex')
  expect(header).toHaveLength(96)
  const found = solveBytes(header, template.nonce_offset, template.target)
  const verdict = await dispatch('blocks.add', { ...template.block, ...found }, {})
  expect(verdict).toBe('connected')
  const block = await test.blockchain.blockAt(1)
  expect(block?.transactions[0]?.outputs[0]?.address).toBe(ADDRESS)
  expect(block?.transactions[1]?.id).toBe(waiting.id)
})

/** As a miner does it that knows nothing of the node but the template. */
function solveBytes(header: Buffer, offset: number, target: string): { nonce: string; hash: string } {
  for (let nonce = 0n; ; nonce++) {
    header.writeBigUInt64BE(nonce, offset)
    const hash = createHash('sha256').update(header).digest('hex')
    if (hash <= target) return { nonce: nonce.toString(16).padStart(16, '0'), hash }
  }
}

const hasPython = spawnSync('python3', ['--version']).status === 0
const ifPython = hasPython ? test : test.skip

ifPython('the miner of the manual mines over REST (skipped where there is no python3)', async () => {
  const test = await testMiner({}, { powLimitBits: 0x2000ffff })
  const program = await manualMiner()
  const port = await listen(test)
  const { stdout } = await promisify(execFile)(
    'python3',
    [program, `http://127.0.0.1:${port}`, ADDRESS, '3'],
    {
      env: { ...process.env, no_proxy: '*' },
    },
  )
  expect(test.blockchain.height()).toBe(2)
  expect(stdout.trim().split('\n').at(-1)).toBe(`2 ${test.blockchain.tip()?.hash}`)
})

/** The program in docs/mining.md, as a file. */
async function manualMiner(): Promise<string> {
  const manual = await readFile(new URL('../../docs/mining.md', import.meta.url), 'utf8')
  const text = /```python\n([^]*?)```/.exec(manual)?.[1]
  if (text === undefined) throw new Error('the manual holds a program')
  const folder = await temporaryFolder()
  afterwards(() => removeFolder(folder))
  await writeFile(join(folder, 'miner.py'), text)
  return join(folder, 'miner.py')
}

async function listen(test: TestMiner): Promise<number> {
  const app = restApp({
    table,
    dispatch: dispatchOf(test),
    access: { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] },
    version: '0',
    maxBodyBytes: 1_000_000,
    requestsPerSecond: 0,
    chainId: () => test.blockchain.chain.id,
    homePage: () => '',
    metrics: () => Promise.resolve({ contentType: '', text: '' }),
    onAnswer: () => undefined,
    onInternalError: (error) => test.errors.push(error),
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterwards(async () => {
    server.closeAllConnections()
    await promisify(server.close.bind(server))()
  })
  return (server.address() as AddressInfo).port
}
