import { gzipSync } from 'node:zlib'
import type { Socket } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import axios from 'axios'
import type { RunningNode } from '../../../src/app/node.js'
import { CHAIN_HEADER } from '../../../src/api/chain-header.js'
import { keyOf, type NodeRecord } from '../../../src/nodes/record.js'
import { afterThisTest } from '../../support/cleanup.js'
import { answerJson, type Behaviour, greetsAs, type HostilePeer, rawAnswer, startHostilePeer } from '../../support/hostile-peer.js'
import { keysOf, knownTo } from '../../support/rounds.js'
import { startClient, startDns } from '../../support/test-node.js'
import { waitFor } from '../../support/wait-for.js'

const TIMEOUT_S = 0.25
/** Eight calls run at a time, and no peer costs more than three timeouts; the rest is for a slow machine. */
const ROUND_LIMIT_MS = 6 * TIMEOUT_S * 1000 + 2500
const MEGABYTE = 1 << 20

const bomb = gzipSync(Buffer.alloc(64 * MEGABYTE, 0x20))

const manyNodes = (count: number): NodeRecord[] => Array.from({ length: count }, (_, i) => ({ ip_address: '127.0.0.1', port: 1 + (i % 65_535) }))

/** Writes `chunk` for ever, as fast as the other end reads. */
function pour(socket: Socket, head: string, chunk: string): void {
  socket.write(head)
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  }
  socket.on('drain', more)
  more()
}

function drip(socket: Socket, head: string, byte: string): void {
  socket.write(head)
  const timer = setInterval(() => socket.write(byte), 20)
  const stop = (): void => clearInterval(timer)
  socket.on('close', stop)
  afterThisTest(stop)
}

const chunked = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n'

/** What a peer can do to a call, whatever is asked of it. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  'never answers': () => undefined,
  'drips its head': (socket) => drip(socket, 'HTTP/1.1 200 OK\r\nx: ', 'a'),
  'drips its body': (socket) => drip(socket, chunked, '1\r\n \r\n'),
  'drips a body of announced length': (socket) => drip(socket, 'HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n', ' '),
  'answers junk': (socket) => socket.write(rawAnswer('\0\xff{]')),
  'answers HTML': (socket) => socket.write(rawAnswer('<html></html>', { headers: { 'content-type': 'text/html' } })),
  'answers nothing': (socket) => socket.write(rawAnswer('')),
  'answers null': answerJson(null),
  'answers a number': answerJson(1e308),
  'answers a text': answerJson('127.0.0.1:80'),
  'answers nested too deep': (socket) => socket.write(rawAnswer('['.repeat(500_000))),
  'answers with a key twice': (socket) => socket.write(rawAnswer('{"ip_address":"127.0.0.1","port":1,"port":2}')),
  'answers 10 MB': (socket) => socket.write(rawAnswer(`[${' '.repeat(10 * MEGABYTE)}]`)),
  'answers without end': (socket) => pour(socket, chunked, `10000\r\n${' '.repeat(0x10000)}\r\n`),
  'announces 10 GB': (socket) => pour(socket, 'HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n', ' '.repeat(0x10000)),
  'answers a gzip bomb': (socket) => socket.write(rawAnswer(bomb, { headers: { 'content-encoding': 'gzip' } })),
  'redirects': answerJson({}, { location: '/' }, 302),
  'answers 100 times "continue"': (socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)),
  'answers 204': (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'),
  'answers 404': answerJson({ error: {} }, {}, 404),
  'answers 500 with JSON': answerJson({ ip_address: '127.0.0.1', port: 1 }, {}, 500),
  'speaks no HTTP': (socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
  'sends broken HTTP': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'),
  'sends a broken chunk': (socket) => socket.write(`${chunked}zz\r\n`),
  'sends headers without end': (socket) => pour(socket, 'HTTP/1.1 200 OK\r\n', `x-filler: ${'a'.repeat(1000)}\r\n`),
  'closes at once': (socket) => socket.end(),
  'resets': (socket) => socket.resetAndDestroy(),
  'closes in mid-answer': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"ip_addr'),
  'resets in mid-answer': (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{', () => socket.resetAndDestroy()),
}

/** One behaviour of each kind, for tests that cost a node each. */
const HARMFUL_TO_ASK = [
  'never answers',
  'drips its body',
  'answers junk',
  'answers without end',
  'redirects',
  'answers 500 with JSON',
  'speaks no HTTP',
  'resets in mid-answer',
]

/** Ways to spoil a list that its greeting does not betray. */
const LISTS: Readonly<Record<string, Behaviour>> = {
  'lists 100,000 nodes': answerJson(manyNodes(100_000)),
  'lists 1,001 nodes': answerJson(manyNodes(1001)),
  'lists an object': answerJson({ '0': { ip_address: '127.0.0.1', port: 1 } }),
}

/** A client that knows an honest node and hostile ones, and has room for more. */
async function surrounded(behaviours: readonly Behaviour[]) {
  const honest = await startClient(undefined)
  const peers = await Promise.all(behaviours.map((behaviour) => startHostilePeer(behaviour)))
  const node = await startClient(undefined, ['--request-timeout', String(TIMEOUT_S), '--kn_limit', '60'])
  for (const { record } of [...peers, honest]) node.finder.known.hear(record, 'test')
  expect(knownTo(node)).toEqual(keysOf(...peers, honest))
  return { node, honest, peers }
}

async function timedRound(node: RunningNode): Promise<number> {
  const start = performance.now()
  await node.finder.round()
  return performance.now() - start
}

/** One round rids the node of the peers, in bounded time and memory, and touches nothing else. */
async function expectDropped({ node, honest, peers }: Awaited<ReturnType<typeof surrounded>>, names: readonly string[]) {
  expect(await timedRound(node)).toBeLessThan(ROUND_LIMIT_MS)
  const kept = names.filter((_, i) => knownTo(node).includes(keyOf((peers[i] as HostilePeer).record)))
  const neverAsked = names.filter((_, i) => peers[i]?.requests.length === 0)
  const heardOut = names.filter((_, i) => (peers[i] as HostilePeer).bytesTaken() > 12 * MEGABYTE * (peers[i]?.requests.length ?? 0))
  expect({ kept, neverAsked, heardOut }).toEqual({ kept: [], neverAsked: [], heardOut: [] })
  expect(knownTo(node)).toEqual(keysOf(honest))
  expect((await axios.get(`${node.url}/`)).data).toEqual(node.record)
}

describe('one round of bounded time drops every peer that misbehaves, and no other', () => {
  test('when it is greeted', async () => {
    await expectDropped(await surrounded(Object.values(BEHAVIOURS)), Object.keys(BEHAVIOURS))
  })

  test('when it is asked for its nodes, after it greeted well', async () => {
    const all = { ...BEHAVIOURS, ...LISTS }
    const parts = await surrounded(Object.values(all))
    parts.peers.forEach((peer, i) => peer.behave(greetsAs(peer.record, Object.values(all)[i] as Behaviour)))
    await expectDropped(parts, Object.keys(all))
  })
})

describe('a peer that lies about who it is', () => {
  test.each<[string, (parts: { node: RunningNode; honest: RunningNode; peer: HostilePeer }) => Behaviour]>([
    ['as us', ({ node }) => answerJson(node.record)],
    ['as another node', ({ honest }) => answerJson(honest.record)],
    ['as a node that nobody dials', () => answerJson({ ip_address: '169.254.169.254', port: 80 })],
    ['with a host name', () => answerJson({ ip_address: 'localhost', port: 80 })],
    ['with a port in a text', ({ peer }) => answerJson({ ...peer.record, port: String(peer.record.port) })],
    ['with a key too many', ({ peer }) => answerJson({ ...peer.record, admin: true })],
    ['of another chain', ({ peer }) => answerJson(peer.record, { [CHAIN_HEADER]: 'f'.repeat(64) })],
    ['of a chain with a nonsensical id', ({ peer }) => answerJson(peer.record, { [CHAIN_HEADER]: 'x'.repeat(8000) })],
  ])('answers %s: it is dropped, and nothing else changes', async (_, behaviourOf) => {
    const parts = await surrounded([() => undefined])
    const [peer] = parts.peers as [HostilePeer]
    peer.behave(behaviourOf({ ...parts, peer }))
    await expectDropped(parts, ['the liar'])
  })

  test('answers as the seed server: it is dropped, and the seed server goes on being asked', async () => {
    const dns = await startDns()
    const node = await startClient(dns)
    const peer = await startHostilePeer(answerJson(dns.record))
    node.finder.known.hear(peer.record, 'test')
    expect((await node.finder.round()).seedAnswered).toBe(true)
    expect([knownTo(node), knownTo(dns)]).toEqual([[], keysOf(node)])
  })

  test('answers as a dead node: that one is not listed for long', async () => {
    const dead: NodeRecord = { ip_address: '127.0.0.1', port: 1 }
    const { node, honest, peers } = await surrounded([answerJson(dead)])
    await node.finder.round()
    await node.finder.round()
    expect(knownTo(node)).toEqual(keysOf(honest))
    await node.finder.round()
    // Beside its greeting a listed node is asked for its bus, once.
    expect(peers[0]?.requests.filter((request) => request === 'POST /')).toHaveLength(1)
  })
})

describe('what a peer lists', () => {
  test('is stored only where it is a record, may be dialled, and is none of us', async () => {
    const dns = await startDns()
    const node = await startClient(dns)
    const good: NodeRecord = { ip_address: '127.0.0.1', port: 9 }
    const peer = await startHostilePeer(() => undefined)
    const { port } = node.record
    const list = [
      node.record,
      dns.record,
      { ip_address: '::ffff:127.0.0.1', port },
      { ip_address: '::ffff:7f00:1', port: dns.record.port },
      { ip_address: '169.254.169.254', port: 80 },
      { ip_address: '::ffff:a9fe:a9fe', port: 80 },
      { ip_address: '0.0.0.0', port },
      { ip_address: '8.8.8.8', port: 53 },
      { ip_address: 'localhost', port },
      { ip_address: '2130706433', port: 80 },
      { ip_address: '127.0.0.1', port: 0 },
      { ip_address: '127.0.0.1', port: '80' },
      { ip_address: '127.0.0.1/x?', port: 80 },
      { ip_address: '127.0.0.1', port: 80, extra: 1 },
      null,
      [],
      'x',
      good,
      { ip_address: '::FFFF:127.0.0.1', port: 9 },
    ]
    peer.behave(greetsAs(peer.record, answerJson(list)))
    node.finder.known.hear(peer.record, 'test')
    await node.finder.round()
    expect(knownTo(node)).toEqual(keysOf({ record: good }, peer))
  })

  test('fills no more of the list than this node looks for', async () => {
    const node = await startClient(undefined, ['--kn_limit', '5', '--request-timeout', '0.25'])
    const peer = await startHostilePeer(() => undefined)
    peer.behave(greetsAs(peer.record, answerJson(manyNodes(1000))))
    node.finder.known.hear(peer.record, 'test')
    await node.finder.round()
    expect(knownTo(node)).toHaveLength(5)
  })

  test('is not believed when the peer is of another chain by then', async () => {
    const node = await startClient(undefined)
    const peer = await startHostilePeer(() => undefined)
    peer.behave(greetsAs(peer.record, answerJson(manyNodes(3), { [CHAIN_HEADER]: 'f'.repeat(64) })))
    node.finder.known.hear(peer.record, 'test')
    await node.finder.round()
    expect(knownTo(node)).toEqual(keysOf(peer))
  })
})

describe('a hostile seed server', () => {
  test('does the node no harm, whatever it does', async () => {
    const honest = await startClient(undefined)
    const harm = await Promise.all(
      HARMFUL_TO_ASK.map(async (name) => {
        const seed = await startHostilePeer(BEHAVIOURS[name] as Behaviour)
        const node = await startClient(seed, ['--request-timeout', String(TIMEOUT_S)])
        node.finder.known.hear(honest.record, 'test')
        const isSlow = (await timedRound(node)) > ROUND_LIMIT_MS
        return [name, isSlow, knownTo(node).includes(keyOf(honest.record)), node.context.blockchain.get().name]
      }),
    )
    expect(harm).toEqual(HARMFUL_TO_ASK.map((name) => [name, false, true, 'test_blockchain']))
  })

  test('cannot hand out an invalid info', async () => {
    const node = await startClient(await startHostilePeer(answerJson({ name: '\ud800', height: -1, total_transactions: 0, total_addresses: 0, block_time: 1, block_reward: 1 })))
    const before = node.context.blockchain.get()
    await node.finder.round()
    expect(node.context.blockchain.get()).toEqual(before)
  })
})

test('fifty peers that never answer cost a round as many timeouts as calls go one after another, not fifty', async () => {
  const peers = await Promise.all(Array.from({ length: 50 }, () => startHostilePeer(() => undefined)))
  const node = await startClient(undefined, ['--request-timeout', '0.1', '--kn_limit', '50'])
  for (const { record } of peers) node.finder.known.hear(record, 'test')
  expect(await timedRound(node)).toBeLessThan(2500)
  expect(knownTo(node)).toEqual([])
})

test('a node stops at once while fifty peers let it wait', async () => {
  const peers = await Promise.all(Array.from({ length: 50 }, () => startHostilePeer(() => undefined)))
  const node = await startClient(undefined, ['--request-timeout', '60', '--kn_limit', '50'])
  for (const { record } of peers) node.finder.known.hear(record, 'test')
  const round = node.finder.round()
  await waitFor('a call under way', () => peers.some(({ requests }) => requests.length > 0))
  const start = performance.now()
  await node.stop()
  await round
  expect(performance.now() - start).toBeLessThan(1500)
  expect(node.finder.known.list()).toHaveLength(50)
})
