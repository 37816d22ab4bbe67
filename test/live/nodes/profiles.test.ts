import { Agent } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import axios from 'axios'
import { keyOf, type NodeRecord } from '../../../src/nodes/record.js'
import { CHAIN_HEADER } from '../../../src/api/chain-header.js'
import { afterThisTest } from '../../support/cleanup.js'
import { answerJson, greetsAs, startHostilePeer } from '../../support/hostile-peer.js'
import { keysOf, knownTo, roundOf, roundsUntil } from '../../support/rounds.js'
import { startClient, startDns, type TestNode } from '../../support/test-node.js'
import { waitFor } from '../../support/wait-for.js'

/** Loopback stands for a network of its own: every 127.x.y.z is another machine. */
const as = (profile: 'lan' | 'public', ip: string) => ['--ip', ip, '--profile', profile, '--allow-subnet', '127.0.0.0/8', '--request-timeout', '0.5']

/** Sends a request from the address `from`; answers with status and body. */
async function send(from: string, method: string, url: string, data?: object): Promise<{ status: number; data: unknown }> {
  const httpAgent = new Agent({ localAddress: from })
  afterThisTest(() => httpAgent.destroy())
  const { status, data: body } = await axios.request<unknown>({ method, url, data, httpAgent, validateStatus: () => true })
  return { status, data: body }
}

const candidates = (node: TestNode) => node.finder.known.candidates().map(keyOf).sort()
const unanswered = (count: number, ip = '127.0.0.9'): NodeRecord[] => Array.from({ length: count }, (_, i) => ({ ip_address: ip, port: 1 + i }))

describe.each(['lan', 'public'] as const)('in profile %s', (profile) => {
  test('a network finds itself, every node by verification', async () => {
    const dns = await startDns(as(profile, '127.0.0.1'))
    const nodes = [await startClient(dns, as(profile, '127.0.0.2')), await startClient(dns, as(profile, '127.0.0.3')), await startClient(dns, as(profile, '127.0.0.4'))]
    const all = [dns, ...nodes]
    await roundsUntil(() => knownTo(dns).length === 3 && nodes.every((node) => knownTo(node).length === 2), all, 6)
    for (const node of nodes) expect(knownTo(node)).toEqual(keysOf(...nodes.filter((other) => other !== node)))
  })

  test('a node that is named or names itself is listed only after it has answered', async () => {
    const node = await startClient(undefined, as(profile, '127.0.0.1'))
    const named = await startClient(undefined, as(profile, '127.0.0.2'))
    const greeting = await startClient(undefined, as(profile, '127.0.0.3'))
    expect(await send('127.0.0.5', 'POST', `${node.url}/nodes/`, named.record)).toEqual({ status: 200, data: [] })
    expect(await send('127.0.0.3', 'POST', `${node.url}/`, greeting.record)).toEqual({ status: 200, data: node.record })
    expect([knownTo(node), candidates(node)]).toEqual([[], keysOf(named, greeting)])
    await node.finder.round()
    expect([knownTo(node), candidates(node)]).toEqual([keysOf(named, greeting), []])
  })

  test('a node that does not answer is never listed', async () => {
    const node = await startClient(undefined, as(profile, '127.0.0.1'))
    for (const record of unanswered(3)) await send('127.0.0.5', 'POST', `${node.url}/`, record)
    await node.finder.round()
    expect([knownTo(node), candidates(node)]).toEqual([[], []])
  })

  test('one address cannot take the places of the others', async () => {
    const node = await startClient(undefined, as(profile, '127.0.0.1'))
    const cap = { lan: 64, public: 16 }[profile]
    const honest = await startClient(undefined, as(profile, '127.0.0.6'))
    for (const record of unanswered(cap + 5)) node.finder.port().introduce(record, { ipAddress: '127.0.0.5' })
    expect(candidates(node)).toHaveLength(cap)
    await send('127.0.0.6', 'POST', `${node.url}/`, honest.record)
    expect(candidates(node)).toHaveLength(cap + 1)
    await node.finder.round()
    expect(knownTo(node)).toEqual(keysOf(honest))
  })

  test('a listed node is dropped at its third failed check in a row', async () => {
    const node = await startClient(undefined, as(profile, '127.0.0.1'))
    const other = await startClient(undefined, as(profile, '127.0.0.2'))
    await send('127.0.0.5', 'POST', `${node.url}/nodes/`, other.record)
    await node.finder.round()
    await other.stop()
    const known: number[] = []
    for (let round = 0; round < 3; round++) {
      await node.finder.round()
      known.push(knownTo(node).length)
    }
    expect(known).toEqual([1, 1, 0])
  })

  test('a node that does not say which chain it is on is not listed', async () => {
    const node = await startClient(undefined, as(profile, '127.0.0.1'))
    const peer = await startHostilePeer(() => undefined, '127.0.0.7')
    peer.behave(answerJson(peer.record))
    node.finder.known.hear(peer.record, 'test')
    await node.finder.round()
    expect([knownTo(node), peer.requests.length]).toEqual([[], 1])
  })

  test('a node that misbehaves is banned: it is neither listed nor dialled until the ban ends', async () => {
    let nowMs = 0
    const node = await startClient(undefined, as(profile, '127.0.0.1'), { now: () => nowMs })
    const peer = await startHostilePeer(answerJson('junk'), '127.0.0.7')
    const introduce = () => send('127.0.0.7', 'POST', `${node.url}/`, peer.record)
    await introduce()
    await node.finder.round()
    const ours = { [CHAIN_HEADER]: node.context.health().chain_id }
    peer.behave(greetsAs(peer.record, answerJson([], ours), ours))
    const banMs = { lan: 600_000, public: 86_400_000 }[profile]
    for (nowMs of [0, banMs - 1]) {
      await introduce()
      await node.finder.round()
      expect([knownTo(node), peer.requests.length]).toEqual([[], 1])
    }
    nowMs = banMs
    await introduce()
    await node.finder.round()
    expect(knownTo(node)).toContain(keyOf(peer.record))
  })

  test('an address that asks too often gets 429 with the error in JSON; others go on being served', async () => {
    const node = await startClient(undefined, as(profile, '127.0.0.1'))
    const limit = { lan: 200, public: 50 }[profile]
    const httpAgent = new Agent({ localAddress: '127.0.0.5', keepAlive: true, maxSockets: 20 })
    afterThisTest(() => httpAgent.destroy())
    const ask = () => axios.get<unknown>(`${node.url}/`, { httpAgent, validateStatus: () => true })
    const refused = await waitFor('a 429', async () => {
      const answers = await Promise.all(Array.from({ length: limit + 1 }, ask))
      return answers.find(({ status }) => status === 429)
    })
    expect(refused.data).toMatchObject({ error: { code: 'TOO_MANY_REQUESTS' } })
    expect(refused.headers['retry-after']).toBe('1')
    expect((await send('127.0.0.6', 'GET', `${node.url}/`)).status).toBe(200)
  })
})

test.each([
  ['lan', '127.0.0.2'],
  ['public', '127.0.0.2'],
  ['public', '192.168.1.5'],
  ['dev', '8.8.8.8'],
  ['dev', '169.254.169.254'],
] as const)('profile %s refuses %s, says why, and stores nothing', async (profile, ip_address) => {
  const node = await startClient(undefined, ['--profile', profile])
  for (const [verb, path] of [
    ['POST', '/'],
    ['POST', '/nodes/'],
    ['GET', '/nodes/'],
  ] as const) {
    const answer = await send('127.0.0.1', verb, `${node.url}${path}`, { ip_address, port: 80 })
    expect(answer).toMatchObject({ status: 400, data: { error: { code: 'ADDRESS_REFUSED' } } })
    expect(JSON.stringify(answer.data)).toContain(ip_address)
  }
  expect([knownTo(node), candidates(node)]).toEqual([[], []])
})

test('a newcomer is checked soon, not only in the next round', async () => {
  const sleeps: number[] = []
  const dns = await startDns(as('lan', '127.0.0.1'), {
    sleep: async (ms, signal) => {
      sleeps.push(ms)
      if (ms < 1000) return
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    },
  })
  const client = await startClient(dns, as('lan', '127.0.0.2'))
  await client.finder.round()
  await waitFor('the newcomer to be listed', () => knownTo(dns).length === 1)
  expect(sleeps).toEqual([1000, 250])
  await roundOf([dns])
  expect(knownTo(dns)).toEqual(keysOf(client))
})
