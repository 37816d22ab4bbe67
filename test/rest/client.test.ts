import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from '@jest/globals'
import { dispatcher } from '../../src/api/dispatch.js'
import { ApiError } from '../../src/api/errors.js'
import type { AnyMethod } from '../../src/api/method.js'
import { seedApi } from '../../src/api/node-api.js'
import { compile } from '../../src/api/validator.js'
import { createLog } from '../../src/app/log.js'
import { type RunningNode, startNode } from '../../src/app/node.js'
import { CLIENT } from '../../src/app/settings/programs.js'
import { nodeSettings } from '../../src/app/settings/node-settings.js'
import { NoAnswerError, restClient } from '../../src/rest/client.js'

const TOKEN = 'a-secret-of-tests'
const cleanups: (() => unknown)[] = []

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

/** A node nobody looks for; rounds of discovery are too far apart to meddle. */
async function aNode(...flags: string[]): Promise<RunningNode> {
  const dir = await mkdtemp(join(tmpdir(), 'rest-client-'))
  const args = [
    '-p',
    '0',
    '-d',
    dir,
    '--upd_int',
    '3600',
    '--max-failures',
    '100',
    '--dns_port',
    '1',
    ...flags,
  ]
  const settings = await nodeSettings(CLIENT, args, {})
  const node = await startNode(settings, {
    log: createLog('silent', false),
    now: () => 0,
    random: Math.random,
  })
  cleanups.push(
    () => rm(dir, { recursive: true }),
    () => node.stop(),
  )
  return node
}

function clientOf(node: RunningNode, adminToken?: string) {
  const client = restClient(seedApi, node.url, {
    timeoutMs: 5000,
    ...(adminToken === undefined ? {} : { adminToken }),
  })
  cleanups.push(() => client.close())
  return client
}

async function aServer(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

const call = (url: string, timeoutMs = 5000) => restClient(seedApi, url, { timeoutMs }).call('node.get', {})

test('every method of the table with an HTTP binding answers its example as the schema says', async () => {
  const node = await aNode()
  const client = clientOf(node)
  await client.call('nodes.add', seedApi['nodes.add'].example.params)
  const methods = Object.entries(seedApi) as [keyof typeof seedApi, AnyMethod][]
  const overHttp = methods.filter(([, method]) => method.http !== undefined)
  expect.assertions(overHttp.length)
  for (const [name, { result, example }] of overHttp) {
    const answer: unknown = await client.call(name, example.params as never)
    expect({ name, fault: compile(result)(answer) }).toEqual({ name, fault: undefined })
  }
})

test('what a read answers over HTTP is what the direct call answers', async () => {
  const node = await aNode()
  const client = clientOf(node)
  const direct = dispatcher(seedApi, node.context)
  await client.call('nodes.add', { ip_address: '127.0.0.1', port: 50000 })
  for (const name of ['node.get', 'nodes.list', 'blockchain.get', 'node.health'] as const) {
    expect(await client.call(name, {})).toEqual(await direct(name, {}, {}))
  }
  expect(await client.call('nodes.get', { nid: 0 })).toEqual(await direct('nodes.get', { nid: 0 }, {}))
})

test('a caller introduces itself in the body of GET, where the operation takes one', async () => {
  const client = clientOf(await aNode())
  const me = { ip_address: '127.0.0.1', port: 50007 }
  expect(await client.call('nodes.list', me)).toEqual([me])
})

test('the word random fits into the path as well as a number', async () => {
  const client = clientOf(await aNode())
  await client.call('nodes.add', { ip_address: '127.0.0.1', port: 50000 })
  expect(await client.call('nodes.get', { nid: 'random' })).toEqual({ ip_address: '127.0.0.1', port: 50000 })
})

test('an error of the node arrives with its code, message and details', async () => {
  const client = clientOf(await aNode())
  const error: unknown = await client.call('nodes.get', { nid: 99 }).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    code: 'NODE_NOT_FOUND',
    message: '0 nodes are known',
    details: { nid: 99, known_nodes: 0 },
  })
})

test('the admin token opens operations that change the node, and only the right one does', async () => {
  const node = await aNode('--admin-token', TOKEN)
  const { params } = seedApi['nodes.remove'].example
  await expect(clientOf(node).call('nodes.remove', params)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  const wrong = clientOf(node, `${TOKEN}?`)
  await expect(wrong.call('nodes.remove', params)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  expect(await clientOf(node, TOKEN).call('nodes.remove', params)).toEqual([])
})

test('a slash at the end of the base URL does no harm', async () => {
  const node = await aNode()
  expect(await call(`${node.url}/`)).toEqual(node.record)
})

test('a port where nobody listens is named', async () => {
  const { url, server } = await aServer(() => undefined)
  await new Promise((resolve) => server.close(resolve))
  const error: unknown = await call(url).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(NoAnswerError)
  expect(error).toMatchObject({ message: `nobody answers at ${url}` })
})

test('a server that never answers, or drips its answer, is given up after the timeout', async () => {
  const silent = await aServer(() => undefined)
  await expect(call(silent.url, 100)).rejects.toThrow(`${silent.url} gave no whole answer within 100 ms`)
  const dripping = await aServer((_, response) => {
    const drip = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(drip))
  })
  await expect(call(dripping.url, 200)).rejects.toThrow('gave no whole answer within 200 ms')
})

test.each([
  ['a page', 200, '<html>'],
  ['an error of its own kind', 404, '{"error":{"code":"toString","message":"no"}}'],
  ['null with an error status', 500, 'null'],
])('a server that is no node and answers %s is not taken for one', async (_, status, body) => {
  const { url } = await aServer((_request, response) => response.writeHead(status).end(body))
  await expect(call(url)).rejects.toThrow(NoAnswerError)
})
