import { expect, test } from '@jest/globals'
import { toDisplay } from '../../../src/p2p/hash.js'
import { followTip, type TipChange } from '../../../src/p2p/headers/follow-tip.js'
import type { HeadersStore } from '../../../src/p2p/headers/headers-store.js'
import { afterThisTest } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { TestChain } from '../kit/test-chain.js'
import { FakePeer, FakeSource, gone, silence } from './fake-source.js'
import { packHeaders } from '../../../src/p2p/wire/messages/headers.js'
import { display, ids, openStore, raw, regtest } from './kit.js'

const base = TestChain.mine(regtest, 20)
const longer = base.fork(20, 5, { salt: 1 })
const branch = base.fork(18, 9, { salt: 2 })

interface Following {
  readonly source: FakeSource
  readonly store: HeadersStore
  readonly peers: readonly FakePeer[]
  readonly next: () => Promise<TipChange | undefined>
  readonly abort: AbortController
}

/** Peers with the base chain, a store that has it, and a follower that has caught up. */
async function follow(count = 2): Promise<Following> {
  const store = await openStore()
  await store.connect(raw(base, 1))
  const peers = Array.from({ length: count }, (_, i) => new FakePeer(i + 1, base))
  const source = new FakeSource(peers)
  const abort = new AbortController()
  const tips = followTip(source, store, { signal: abort.signal, requestTimeoutMs: 20, retryMs: 1 })
  afterThisTest(() => {
    abort.abort()
  })
  const next = async () => {
    const { value } = await tips.next()
    return value ?? undefined
  }
  return { source, store, peers, next, abort }
}

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index]
  if (item === undefined) throw new RangeError(`there is no item ${index}`)
  return item
}

test('P2P-21 the first tip comes from catching up, the next ones from headers that are announced', async () => {
  const { source, peers, next } = await follow()
  at(peers, 0).chain = longer
  const caughtUp = next()
  expect((await caughtUp)?.tip.height).toBe(25)
  const more = longer.fork(25, 1, { salt: 3 })
  const told = next()
  source.announce({ kind: 'headers', peer: at(peers, 1), headers: packHeaders(raw(more, 26)) })
  const change = await told
  expect(change?.tip.id).toBe(toDisplay(more.hash(26)))
  expect(change).not.toHaveProperty('reorg')
})

test('P2P-21 blocks that all peers announce are asked for once', async () => {
  const { source, peers, next } = await follow(3)
  const told = next()
  await waitFor('a listener', () => source.listeners === 1 && at(peers, 0).requests.length === 1)
  for (const peer of peers) {
    peer.chain = longer
    source.announce({ kind: 'blocks', peer, hashes: [longer.hash(25)] })
  }
  expect((await told)?.tip.height).toBe(25)
  const afterwards = next()
  const more = longer.fork(25, 1, { salt: 3 })
  source.announce({ kind: 'headers', peer: at(peers, 0), headers: packHeaders(raw(more, 26)) })
  await afterwards
  expect(peers.map(({ requests }) => requests.length)).toEqual([2, 0, 0])
})

test('P2P-21 a single header with an unknown parent, as after a reorg, leads to a sync by locator', async () => {
  const { source, store, peers, next } = await follow()
  const told = next()
  await waitFor('a listener', () => source.listeners === 1)
  at(peers, 1).chain = branch
  source.announce({ kind: 'headers', peer: at(peers, 1), headers: packHeaders(raw(branch, 27)) })
  const change = await told
  expect(change?.tip.id).toBe(toDisplay(branch.hash(27)))
  expect(change?.reorg).toMatchObject({ commonHeight: 18, oldTip: { height: 20 }, newTip: { height: 27 } })
  expect(display(change?.reorg?.disconnected ?? [])).toEqual(ids(base, 19).reverse())
  expect(display(change?.reorg?.connected ?? [])).toEqual(ids(branch, 19))
  expect(source.reports).toEqual([])
  expect(store.tip.height).toBe(27)
})

test('P2P-21 a peer whose headers lead nowhere ten times in a row is reported', async () => {
  const { source, peers, next } = await follow()
  const told = next()
  await waitFor('a listener', () => source.listeners === 1)
  for (let i = 0; i < 10; i++)
    source.announce({ kind: 'headers', peer: at(peers, 1), headers: packHeaders(raw(branch, 27)) })
  at(peers, 0).chain = longer
  source.announce({ kind: 'blocks', peer: at(peers, 0), hashes: [longer.hash(25)] })
  await told
  expect(source.reports).toMatchObject([{ peer: 2, error: { code: 'unconnected_headers', score: 20 } }])
})

test('P2P-21 junk that is announced is reported and changes nothing', async () => {
  const { source, store, peers, next } = await follow()
  const told = next()
  await waitFor('a listener', () => source.listeners === 1)
  const bad = raw(longer, 21)
  bad[72] = 0
  source.announce({ kind: 'headers', peer: at(peers, 1), headers: packHeaders(bad) })
  source.announce({ kind: 'headers', peer: at(peers, 0), headers: packHeaders(raw(longer, 21, 22)) })
  expect((await told)?.tip.height).toBe(22)
  expect(source.reports).toMatchObject([{ peer: 2, error: { code: 'bad_header' } }])
  expect(store.sideHeaders).toBe(0)
})

test('P2P-21 when the peer that announced is silent or gone, another one is asked', async () => {
  const { source, peers, next } = await follow(3)
  const told = next()
  await waitFor('the first answer', () => at(peers, 0).requests.length === 1)
  for (const peer of peers) peer.chain = longer
  at(peers, 1).instead.push(silence)
  source.announce({ kind: 'blocks', peer: at(peers, 1), hashes: [longer.hash(25)] })
  expect((await told)?.tip.height).toBe(25)
  const more = longer.fork(25, 1, { salt: 3 })
  for (const peer of peers) peer.chain = more
  at(peers, 2).instead.push(gone)
  const again = next()
  source.announce({ kind: 'blocks', peer: at(peers, 2), hashes: [more.hash(26)] })
  expect((await again)?.tip.height).toBe(26)
})

test('P2P-21 after the loss of all peers the next one that connects is asked what was missed', async () => {
  const { source, peers, next } = await follow(1)
  const told = next()
  await waitFor('the first answer', () => at(peers, 0).requests.length === 1)
  source.peers = []
  source.connect(new FakePeer(9, longer))
  expect((await told)?.tip.height).toBe(25)
})

test('P2P-21 an aborted follower ends, and leaves no listener', async () => {
  const { source, next, abort } = await follow()
  const told = next()
  await waitFor('a listener', () => source.listeners === 1)
  abort.abort()
  expect(await told).toBeUndefined()
  expect(source.listeners).toBe(0)
})

test('P2P-21 a consumer that stops leaves no listener', async () => {
  const store = await openStore()
  const source = new FakeSource([new FakePeer(1, longer)])
  for await (const { tip } of followTip(source, store)) {
    expect(tip.height).toBe(25)
    break
  }
  expect(source.listeners).toBe(0)
})

test('P2P-22 a store that cannot write ends a follower with its error', async () => {
  const store = await openStore()
  await store.close()
  const source = new FakeSource([new FakePeer(1, longer)])
  const tips = followTip(source, store)
  await expect(tips.next()).rejects.toThrow('the headers store is closed')
  expect(source.listeners).toBe(0)
})
