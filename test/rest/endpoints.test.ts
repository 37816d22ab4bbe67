import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import axios from 'axios'
import supertest from 'supertest'
import type { BlockchainInfo } from '../../src/api/schemas/info.js'
import type { NodeRecord } from '../../src/nodes/record.js'
import { startClient, startDns, type TestNode } from '../support/test-node.js'
import { answerOf } from '../support/answer.js'

const run = promisify(execFile)
const curl = async (...args: string[]): Promise<unknown> =>
  JSON.parse((await run('curl', ['--silent', '--max-time', '5', ...args])).stdout)

const other: NodeRecord = { ip_address: '127.0.0.1', port: 40001 }
const third: NodeRecord = { ip_address: '::1', port: 40002 }
const info: BlockchainInfo = {
  name: 'mine',
  height: -1,
  total_transactions: 0,
  total_addresses: 0,
  block_time: 5,
  block_reward: 0.5,
}

const JSON_TYPE = 'application/json; charset=utf-8'

describe.each([
  ['seed server', () => startDns()],
  ['client', () => startClient(undefined)],
])('a %s', (_, start: () => Promise<TestNode>) => {
  test('answers the whole API of the original, with and without the trailing slash', async () => {
    const node = await start()
    const api = supertest(node.url)
    const expectJson = async (request: supertest.Test, value: unknown) => {
      const { status, headers, body } = await answerOf(request)
      expect([status, headers['content-type'], body]).toEqual([200, JSON_TYPE, value])
    }
    await expectJson(api.get('/'), node.record)
    await expectJson(api.get(''), node.record)
    await expectJson(api.post('/'), node.record)
    await expectJson(api.post('/').send({}), node.record)
    await expectJson(api.get('/nodes/'), [])
    await expectJson(api.post('/').send(other), node.record)
    await expectJson(api.get('/nodes'), [other])
    await expectJson(api.post('/nodes').send(third), [other, third])
    await expectJson(api.post('/nodes/').send(third), [other, third])
    for (const slash of ['', '/']) {
      await expectJson(api.get(`/nodes/0${slash}`), other)
      await expectJson(api.get(`/nodes/1${slash}`), third)
      const random = await api.get(`/nodes/random${slash}`)
      expect([other, third]).toContainEqual(random.body)
      await expectJson(api.get(`/blockchain${slash}`), {
        ...info,
        name: 'test_blockchain',
        block_time: 300,
        block_reward: 1.5,
      })
    }
    await expectJson(api.delete('/nodes').send(other), [third])
    await expectJson(api.delete('/nodes/').send(other), [third])
    await expectJson(api.delete('/nodes/').send(third), [])
    await expectJson(api.put('/blockchain').send({ ...info, name: 'without' }), { ...info, name: 'without' })
    await expectJson(api.put('/blockchain/').send(info), info)
    await expectJson(api.get('/blockchain/'), info)
  })

  test('lets a caller introduce itself by GET /nodes/ with a body: curl with its own content type and axios', async () => {
    const node = await start()
    expect(await curl('-X', 'GET', '-d', JSON.stringify(other), `${node.url}/nodes/`)).toEqual([other])
    expect(
      await curl(
        '-X',
        'GET',
        '-H',
        'content-type: application/json',
        '-d',
        JSON.stringify(other),
        `${node.url}/nodes`,
      ),
    ).toEqual([other])
    expect((await axios.get<unknown>(`${node.url}/nodes/`, { data: third })).data).toEqual([other, third])
    expect((await axios.get<unknown>(`${node.url}/nodes/`, { data: {} })).data).toEqual([other, third])
    expect(await curl('-X', 'GET', '-d', '', `${node.url}/nodes/`)).toEqual([other, third])
    expect(await curl('-X', 'GET', '-d', '{"ip_address":"127.0.0.1"}', `${node.url}/nodes/`)).toMatchObject({
      error: { code: 'INVALID_PARAMS' },
    })
  })

  test('tells the chain with every answer, errors too', async () => {
    const node = await start()
    const { chain_id: chainId } = node.context.health()
    for (const path of ['/', '/nodes/', '/nowhere']) {
      expect((await supertest(node.url).get(path)).headers['terrarium-chain']).toBe(chainId)
    }
  })

  test('answers /health, /metrics, /openapi.json and /docs', async () => {
    const node = await start()
    const api = supertest(node.url)
    expect((await api.get('/health')).body).toEqual(node.context.health())
    const metrics = await api.get('/metrics')
    expect(metrics.headers['content-type']).toMatch(/^text\/plain/)
    expect(metrics.text).toMatch(/^terrarium_known_nodes 0$/m)
    expect(metrics.text).toMatch(
      /terrarium_http_request_seconds_count\{verb="GET",path="\/health",status="200"\} 1/,
    )
    expect((await api.get('/openapi.json')).headers['content-type']).toBe(JSON_TYPE)
    expect((await api.get('/docs')).headers['content-type']).toBe('text/html; charset=utf-8')
  })
})

test.each([
  '-1',
  '2',
  '1.5',
  '9007199254740993',
  '99999999999999999999',
  '1e0',
  '0x0',
  'last',
  'RANDOM',
  '%20',
  '__proto__',
  'length',
  '%00',
  '..%2f0',
])('GET /nodes/%s/ names no node, and says so in JSON', async (nid) => {
  const node = await startClient(undefined)
  node.finder.known.hear(other, 'test')
  const { status, body } = await answerOf(supertest(node.url).get(`/nodes/${nid}/`))
  expect([400, 404]).toContain(status)
  expect((body as { error: { code: string } }).error.code).toBe(
    status === 404 ? 'NODE_NOT_FOUND' : 'INVALID_PARAMS',
  )
})

test('GET /nodes/random/ of a node that knows none is 404', async () => {
  const node = await startClient(undefined)
  expect((await supertest(node.url).get('/nodes/random/')).status).toBe(404)
})

test('GET /nodes/random/ gives every known node its turn, by the randomness the node was given', async () => {
  const numbers = [0, 0.49, 0.5, 0.999_999]
  // A seed server: it needs randomness for nothing else.
  const node = await startDns([], { random: () => numbers.shift() ?? 0 })
  for (const record of [other, third]) node.finder.known.hear(record, 'test')
  const ports: number[] = []
  while (numbers.length > 0)
    ports.push(((await supertest(node.url).get('/nodes/random')).body as NodeRecord).port)
  expect(ports).toEqual([40001, 40001, 40002, 40002])
})
