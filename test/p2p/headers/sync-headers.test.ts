import { describe, expect, test } from '@jest/globals'
import { toDisplay } from '../../../src/p2p/hash.js'
import { syncHeaders } from '../../../src/p2p/headers/sync-headers.js'
import { waitFor } from '../../support/wait-for.js'
import { TestChain } from '../kit/test-chain.js'
import { answerOf, FakePeer, FakeSource, gone, silence } from './fake-source.js'
import { openStore, raw, regtest } from './kit.js'

const chain = TestChain.mine(regtest, 4500)
const short = TestChain.mine(regtest, 30)
const other = TestChain.mine(regtest, 40, { salt: 9 })
const options = { requestTimeoutMs: 20, retryMs: 1 }

test('P2P-20 headers are fetched message by message until a message is not full', async () => {
  const store = await openStore()
  const peer = new FakePeer(1, chain)
  const heights: number[] = []
  const onProgress = ({ tipAfter }: { tipAfter: { height: number } }) => heights.push(tipAfter.height)
  const { tip, added } = await syncHeaders(new FakeSource([peer]), store, { onProgress })
  expect({ height: tip.height, added, heights }).toEqual({
    height: 4500,
    added: 4500,
    heights: [2000, 4000, 4500],
  })
  expect(peer.requests.length).toBe(3)
})

test('P2P-20 the next message is asked for before the last one is checked', async () => {
  const store = await openStore()
  const peer = new FakePeer(1, chain)
  const heightsWhenAsked: number[] = []
  const watch = (request: Parameters<typeof peer.answer>[0]) => {
    heightsWhenAsked.push(store.height)
    return peer.answer(request)
  }
  peer.instead.push(watch, watch, watch)
  await syncHeaders(new FakeSource([peer]), store)
  expect(heightsWhenAsked).toEqual([0, 0, 2000])
  expect(toDisplay(peer.requests[1]?.locator[0] ?? new Uint8Array(0))).toBe(toDisplay(chain.hash(2000)))
})

test('P2P-20 a sync starts at the parent of the tip, so that a peer with the same tip still answers', async () => {
  const store = await openStore()
  await store.connect(raw(short, 1))
  const peer = new FakePeer(1, short)
  expect(await syncHeaders(new FakeSource([peer]), store)).toMatchObject({ added: 0, tip: { height: 30 } })
  expect(toDisplay(peer.requests[0]?.locator[0] ?? new Uint8Array(0))).toBe(toDisplay(short.hash(29)))
})

describe('P2P-20 the next peer takes over', () => {
  test('from one that is silent in the middle, which is reported', async () => {
    const store = await openStore()
    const [silent, good] = [new FakePeer(1, chain), new FakePeer(2, chain)]
    silent.instead.push((request) => silent.answer(request), silence)
    const source = new FakeSource([silent, good])
    expect((await syncHeaders(source, store, options)).added).toBe(4500)
    expect(source.reports).toMatchObject([{ peer: 1, error: { code: 'request_timeout' } }])
    expect(toDisplay(good.requests[0]?.locator[0] ?? new Uint8Array(0))).toBe(toDisplay(chain.hash(1999)))
  })

  test('from one that does not even hear that its time is over', async () => {
    const store = await openStore()
    const [deaf, good] = [new FakePeer(1, short), new FakePeer(2, short)]
    deaf.instead.push(() => new Promise(() => undefined))
    expect((await syncHeaders(new FakeSource([deaf, good]), store, options)).added).toBe(30)
  })

  test('from one that goes, which is nothing to report', async () => {
    const store = await openStore()
    const [leaving, good] = [new FakePeer(1, chain), new FakePeer(2, chain)]
    leaving.instead.push((request) => leaving.answer(request), gone)
    const source = new FakeSource([leaving, good])
    expect((await syncHeaders(source, store, options)).added).toBe(4500)
    expect(source.reports).toEqual([])
  })

  test('from one that sends junk, whose good headers are kept', async () => {
    const store = await openStore()
    const [liar, good] = [new FakePeer(1, chain), new FakePeer(2, chain)]
    const bytes = raw(chain, 1, 2000)
    bytes[80 * 700 + 74] = 0
    liar.instead.push(() => Promise.resolve(answerOf(bytes)))
    const source = new FakeSource([liar, good])
    expect((await syncHeaders(source, store, options)).added).toBe(4500)
    expect(source.reports).toMatchObject([{ peer: 1, error: { code: 'bad_header', score: 100 } }])
    expect(toDisplay(good.requests[0]?.locator[0] ?? new Uint8Array(0))).toBe(toDisplay(chain.hash(699)))
  })

  test.each([
    ['headers without a known parent', () => answerOf(raw(chain, 3000, 3002)), 'unconnected_headers'],
    [
      'headers that do not follow each other',
      () => answerOf(Buffer.concat([raw(chain, 1, 2), raw(chain, 5, 6)])),
      'disconnected_headers',
    ],
    [
      'a payload that is cut off',
      () => ({ raw: answerOf(raw(chain, 1, 9)).raw.slice(0, -1), count: 9 }),
      'truncated_message',
    ],
  ])('from one that sends %s', async (_, answer, code) => {
    const store = await openStore()
    const [liar, good] = [new FakePeer(1, short), new FakePeer(2, short)]
    liar.instead.push(() => Promise.resolve(answer()))
    const source = new FakeSource([liar, good])
    await syncHeaders(source, store, options)
    expect(store.height).toBe(30)
    expect(source.reports).toMatchObject([{ peer: 1, error: { code } }])
  })

  test('from one that gives fewer headers than it said it has', async () => {
    const store = await openStore()
    const [poor, good] = [new FakePeer(1, short), new FakePeer(2, chain)]
    poor.startHeight = 9999
    poor.instead.push(() => Promise.resolve(answerOf(new Uint8Array(0))))
    expect((await syncHeaders(new FakeSource([poor, good]), store, options)).added).toBe(4500)
  })

  test('from one that repeats itself without end', async () => {
    const store = await openStore()
    const [parrot, good] = [new FakePeer(1, chain), new FakePeer(2, chain)]
    const answer = answerOf(raw(chain, 1, 2000))
    const same = () => Promise.resolve(answer)
    parrot.instead.push(...Array.from({ length: 1000 }, () => same))
    parrot.startHeight = 5000
    expect((await syncHeaders(new FakeSource([parrot, good]), store, options)).added).toBe(4500)
    expect(parrot.requests.length).toBeLessThan(100)
  })
})

test('P2P-20 a sync is done when all peers in turn have no more, whatever they claim', async () => {
  const store = await openStore()
  const peers = [new FakePeer(1, short), new FakePeer(2, short)]
  for (const peer of peers) peer.startHeight = 31
  expect((await syncHeaders(new FakeSource(peers), store, options)).tip.height).toBe(30)
})

test('P2P-20 a chain without the minimum work of the network is not enough', async () => {
  const network = { ...regtest, minimumChainWork: 1000n }
  const store = await openStore({ network })
  const [poor, good] = [new FakePeer(1, short), new FakePeer(2, chain)]
  await syncHeaders(new FakeSource([poor, good]), store, options)
  expect(store.height).toBe(4500)
})

test('P2P-20 a sync that has lost all peers waits for the next one', async () => {
  const store = await openStore()
  const leaving = new FakePeer(1, chain)
  const source = new FakeSource([leaving])
  leaving.instead.push(() => {
    source.peers = []
    return gone()
  })
  const synced = syncHeaders(source, store, options)
  await waitFor('a wait for peers', () => source.waiting > 0)
  source.connect(new FakePeer(2, chain))
  expect((await synced).tip.height).toBe(4500)
})

test('P2P-20 peers on different branches: the one with more work wins', async () => {
  const store = await openStore()
  const peers = [new FakePeer(1, short), new FakePeer(2, other)]
  const source = new FakeSource(peers)
  await syncHeaders(source, store, options)
  await syncHeaders(source, store, options)
  expect(store.tip.id).toBe(toDisplay(other.hash(40)))
  expect(store.sideHeaders).toBe(30)
})

test('P2P-20 a sync that is aborted says so, whether it waits for an answer or for a peer', async () => {
  const store = await openStore()
  const peer = new FakePeer(1, chain)
  peer.instead.push(silence)
  for (const source of [new FakeSource([peer]), new FakeSource([])]) {
    const abort = new AbortController()
    const synced = syncHeaders(source, store, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(synced).rejects.toThrow('enough')
    expect(source.reports).toEqual([])
  }
})
