import { expect, test } from '@jest/globals'
import {
  type BlockItem,
  downloadBlocks,
  type DownloadOptions,
} from '../../../src/p2p/download/download-blocks.js'
import {
  NotFoundError,
  PeerDisconnectedError,
  ProtocolError,
  RejectedError,
  RequestTimeoutError,
} from '../../../src/p2p/errors.js'
import { type Block, FakePeer, FakePeers, nameOf, never } from './kit/fake-peers.js'
import { ManualClock } from './kit/manual-clock.js'

const itemsOf = (count: number): BlockItem[] =>
  Array.from({ length: count }, (_, height) => ({ hash: new Uint8Array(32).fill(height), height }))
const names = (count: number): string[] => itemsOf(count).map(({ hash }) => nameOf(hash))

function start(count: number, peers: FakePeers, options: Partial<DownloadOptions<Block>> = {}) {
  const clock = new ManualClock()
  const done: string[] = []
  const running = downloadBlocks<Block>({
    items: itemsOf(count),
    peers,
    clock,
    sizeOf: () => 1000,
    onBlock: (block) => {
      done.push(block)
    },
    ...options,
  })
  running.catch(() => undefined)
  return { clock, done, running }
}

test.each([false, true])(
  'P2P-23 every block is done once, whatever some peers do (ordered: %s)',
  async (ordered) => {
    const dies = new FakePeer('dies', (_name, { onBytes }) => {
      onBytes(500)
      return never()
    })
    const stalls = new FakePeer('stalls', never)
    const lacks = new FakePeer('lacks', (name) => Promise.reject(new NotFoundError(name)))
    const lies = new FakePeer('lies', (name) => Promise.reject(new ProtocolError('bad_block', name)))
    const good = new FakePeer('good')
    const peers = new FakePeers(dies, stalls, lacks, lies, good)
    const { clock, done, running } = start(100, peers, { ordered })
    await clock.advance(2000)
    peers.leave(dies)
    await clock.advance(120_000)
    await running
    if (!ordered) done.sort((a, b) => names(100).indexOf(a) - names(100).indexOf(b))
    expect(done).toEqual(names(100))
    for (const peer of [dies, stalls, lacks, lies]) {
      expect(peer.asked.length).toBeGreaterThan(0)
      expect(peer.most).toBeLessThanOrEqual(16)
    }
    for (const peer of [lacks, lies]) expect(new Set(peer.asked).size).toBe(peer.asked.length)
    expect([clock.timers, peers.watchers, stalls.underWay]).toEqual([0, 0, 0])
  },
)

test('P2P-23 a peer that dies costs no wait, one that stalls costs one stall', async () => {
  const stalls = new FakePeer('stalls', never)
  const { clock, done, running } = start(40, new FakePeers(stalls, new FakePeer('good')))
  await clock.advance(9000)
  expect(done).toHaveLength(40 - stalls.asked.length)
  await clock.advance(2000)
  await running
  expect(done).toHaveLength(40)
})

test('a peer whose bytes are being handled here has not stalled', async () => {
  let answer: (block: Block) => void = () => undefined
  const peer = new FakePeer('held', () => new Promise<Block>((resolve) => (answer = resolve)))
  const { clock, done, running } = start(1, new FakePeers(peer))
  peer.isHeld = true
  await clock.advance(60_000)
  expect(peer.asked).toHaveLength(1)
  answer('block 0')
  await running
  expect(done).toEqual(['block 0'])
})

test('a peer is not blamed for time in which this process was too busy to read', async () => {
  let give: (bytes: number) => void = () => undefined
  const peer = new FakePeer('well', (_name, { onBytes }) => {
    give = onBytes
    return never()
  })
  const { clock, running } = start(1, new FakePeers(peer), { limits: { attempts: 1 } })
  await clock.advance(500)
  clock.jump(60_000)
  // Read now, but sent in time.
  give(1000)
  await clock.advance(500)
  expect(peer.underWay).toBe(1)
  clock.jump(60_000)
  await clock.advance(500)
  expect(peer.underWay).toBe(1)
  // Nothing was sent while there was time to read it.
  await clock.advance(12_000)
  await expect(running).rejects.toBeInstanceOf(RequestTimeoutError)
})

test('a peer that is too busy is asked again after a rest', async () => {
  let isBusy = true
  const peer = new FakePeer('busy', (name) => {
    if (isBusy) throw new RejectedError('too busy', 0x44, '')
    return name
  })
  const { clock, done, running } = start(1, new FakePeers(peer))
  await clock.advance(1000)
  isBusy = false
  await clock.advance(28_000)
  expect(peer.asked).toHaveLength(1)
  await clock.advance(2000)
  await running
  expect(done).toEqual(['block 0'])
})

test('a block that no peer has, or that fails on all of them, fails the download', async () => {
  const lacking = new FakePeers(new FakePeer('a', () => Promise.reject(new NotFoundError(''))))
  await expect(start(3, lacking).running).rejects.toBeInstanceOf(NotFoundError)
  const lying = new FakePeers(new FakePeer('a', () => Promise.reject(new ProtocolError('bad_checksum', ''))))
  await expect(start(3, lying).running).rejects.toBeInstanceOf(RequestTimeoutError)
  const silent = start(1, new FakePeers(new FakePeer('a', never)))
  await silent.clock.advance(10 * 60_000)
  await expect(silent.running).rejects.toBeInstanceOf(RequestTimeoutError)
})

test('without peers the download waits for some, but not for ever', async () => {
  const peers = new FakePeers()
  const { clock, running } = start(3, peers)
  await clock.advance(50_000)
  peers.join(new FakePeer('late'))
  await running
  const forsaken = start(3, new FakePeers())
  await forsaken.clock.advance(61_000)
  await expect(forsaken.running).rejects.toBeInstanceOf(PeerDisconnectedError)
})

test('blocks that are done are not asked for again', async () => {
  const store = new Set(['block 1', 'block 3'])
  const doneStore = {
    has: (hash: Uint8Array) => store.has(nameOf(hash)),
    add: (hash: Uint8Array) => {
      store.add(nameOf(hash))
    },
  }
  const peer = new FakePeer('good')
  await start(5, new FakePeers(peer), { doneStore }).running
  expect(peer.asked).toEqual(['block 0', 'block 2', 'block 4'])
  expect([...store].sort()).toEqual(names(5))
})

test('a signal or a consumer that fails breaks everything off', async () => {
  const stalls = new FakePeer('stalls', never)
  const controller = new AbortController()
  const { running, clock } = start(3, new FakePeers(stalls), { signal: controller.signal })
  await clock.advance(1000)
  expect(stalls.underWay).toBe(3)
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(running).rejects.toBe(reason)
  await clock.advance(1000)
  expect([stalls.underWay, clock.timers]).toEqual([0, 0])
  const full = new Error('the disk is full')
  const failing = start(3, new FakePeers(new FakePeer('good')), { onBlock: () => Promise.reject(full) })
  await expect(failing.running).rejects.toBe(full)
  await expect(start(3, new FakePeers(), { signal: controller.signal }).running).rejects.toBe(reason)
})

test('blocks that wait for their turn are bounded: no more are asked for until the first has come', async () => {
  let answer: (block: Block) => void = () => undefined
  const first = new FakePeer('first', (name) =>
    name === 'block 0' ? new Promise<Block>((r) => (answer = r)) : name,
  )
  const { clock, done, running } = start(100, new FakePeers(first), { ordered: true, limits: { window: 10 } })
  await clock.advance(3000)
  expect(first.asked).toEqual(names(10))
  answer('block 0')
  await running
  expect(done).toEqual(names(100))
})

test('the limit on bytes bounds what is asked for, by the sizes that are known', async () => {
  const peer = new FakePeer('a', never)
  const items = itemsOf(20).map((item) => ({ ...item, size: 1_000_000 }))
  const controller = new AbortController()
  const { clock, running } = start(0, new FakePeers(peer), {
    items,
    limits: { maxBytes: 3_500_000 },
    signal: controller.signal,
  })
  await clock.advance(1000)
  expect(peer.asked).toEqual(names(3))
  controller.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
})
