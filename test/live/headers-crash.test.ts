import { describe, expect, test } from '@jest/globals'
import { toDisplay } from '../../src/p2p/hash.js'
import { HeadersStore } from '../../src/p2p/headers/headers-store.js'
import { TestChain } from '../p2p/kit/test-chain.js'
import { raw, regtest } from '../p2p/headers/kit.js'
import { MemoryDisk } from '../p2p/headers/memory-disk.js'

const first = TestChain.mine(regtest, 12)
const second = first.fork(9, 6, { salt: 1 })
const third = second.fork(13, 4, { salt: 2 })
const small = third.fork(15, 1, { salt: 3 })
const back = second.fork(15, 5, { salt: 4 })

/** A life in steps: growing, a branch, a reorg, a reorg header by header, another branch, and back again. */
const steps: readonly Uint8Array[] = [
  raw(first, 1, 5),
  raw(first, 6),
  raw(second, 10, 11),
  raw(second, 12),
  ...[14, 15, 16, 17].map((height) => third.header(height)),
  raw(small, 16),
  raw(back, 14),
]

const open = (disk: MemoryDisk, fsync: 'batch' | 'always' = 'batch') =>
  HeadersStore.open({ network: regtest, path: '/headers', disk, fsync })

/** Lives until the end, or until the disk fails; answers how many steps were acknowledged. */
async function live(disk: MemoryDisk, fsync: 'batch' | 'always', from = 0): Promise<number> {
  let acknowledged = from
  try {
    const store = await open(disk, fsync)
    for (const step of steps.slice(from)) {
      await store.connect(step)
      acknowledged++
    }
    await store.close()
    return acknowledged + 1
  } catch {
    return acknowledged
  }
}

/** Everything that can be seen of a store. */
function seen(store: HeadersStore) {
  const chain = Array.from({ length: store.height + 1 }, (_, height) => store.header(height)?.id)
  const known = steps.flatMap((step) =>
    Array.from({ length: step.length / 80 }, (_, i) => {
      const found = store.find(hashOf(step, i))
      return found === undefined ? undefined : [found.height, store.chainWork(found.hash)]
    }),
  )
  return { chain, known, work: store.chainWork(), sides: store.sideHeaders }
}

const all = new Map<string, Uint8Array>()
for (const chain of [first, second, third, small, back])
  for (let height = 0; height <= chain.height; height++)
    all.set(Buffer.from(chain.header(height)).toString('hex'), chain.hash(height))

const hashOf = (step: Uint8Array, index: number): Uint8Array =>
  all.get(Buffer.from(step.subarray(80 * index, 80 * index + 80)).toString('hex')) ?? new Uint8Array(32)

/** What a store must hold after so many steps, from one that never died. */
async function expectedAfter(count: number): Promise<HeadersStore> {
  const store = await open(new MemoryDisk())
  for (const step of steps.slice(0, count)) await store.connect(step)
  return store
}

async function operationsOfALife(fsync: 'batch' | 'always'): Promise<number> {
  const disk = new MemoryDisk()
  expect(await live(disk, fsync)).toBe(steps.length + 1)
  return disk.operations
}

/** A small random generator, so that every run sees the same cuts. */
function coin(seed: number): () => boolean {
  let state = seed + 1
  return () => {
    state = (state * 48_271) % 0x7fff_ffff
    return state % 2 === 0
  }
}

describe.each(['batch', 'always'] as const)('P2P-22 a store with fsync %s', (fsync) => {
  test('has all that was acknowledged, after a kill at any operation', async () => {
    const operations = await operationsOfALife(fsync)
    expect(operations).toBeGreaterThan(40)
    for (let failAt = 1; failAt <= operations; failAt++) {
      const disk = new MemoryDisk()
      disk.failAt = failAt
      const acknowledged = await live(disk, fsync)
      await checkRecovery(disk.afterKill(), acknowledged)
    }
  })

  test('opens without a complaint after a power cut at any operation, and lives on', async () => {
    const operations = await operationsOfALife(fsync)
    for (let failAt = 1; failAt <= operations; failAt++) {
      const disk = new MemoryDisk()
      disk.failAt = failAt
      const acknowledged = await live(disk, fsync)
      await checkRecovery(disk.afterPowerCut(coin(failAt)), fsync === 'always' ? acknowledged : 0)
    }
  })
})

test('P2P-22 a kill while the store recovers costs nothing either', async () => {
  const operations = await operationsOfALife('batch')
  for (let failAt = 10; failAt <= operations; failAt += 3) {
    for (let again = 1; again <= 12; again += 2) {
      const disk = new MemoryDisk()
      disk.failAt = failAt
      const acknowledged = await live(disk, 'batch')
      const second = disk.afterKill()
      second.failAt = again
      await open(second).catch(() => undefined)
      await checkRecovery(second.afterKill(), acknowledged)
    }
  }
})

/** Opens what is left, compares, lives to the end, and compares what is reloaded with what was in memory. */
async function checkRecovery(disk: MemoryDisk, acknowledged: number): Promise<void> {
  const store = await open(disk)
  const expected = await expectedAfter(Math.min(acknowledged, steps.length))
  for (const step of steps.slice(0, acknowledged))
    for (let i = 0; i < step.length / 80; i++) expect(store.contains(hashOf(step, i))).toBe(true)
  expect(store.chainWork() ?? 0n).toBeGreaterThanOrEqual(expected.chainWork() ?? 0n)
  for (const step of steps) await store.connect(step)
  expect(toDisplay(store.tip.hash)).toBe(toDisplay(back.hash(20)))
  const before = seen(store)
  await store.close()
  expect(disk.names).not.toContain('/headers.reorg')
  expect(disk.bytes('/headers').length).toBe(80 * 21)
  const reader = await HeadersStore.open({ network: regtest, path: '/headers', disk, readonly: true })
  expect(seen(reader)).toEqual(before)
  const reloaded = await open(disk)
  expect(seen(reloaded)).toEqual(before)
  await reloaded.close()
  await expected.close()
}

test('P2P-22 a disk that fails once ends the store with a clear error, and what is there can be opened again', async () => {
  const operations = await operationsOfALife('always')
  for (let failAt = 8; failAt <= operations; failAt += 3) {
    const disk = new MemoryDisk()
    disk.failAt = failAt
    disk.isMortal = false
    const acknowledged = await live(disk, 'always')
    if (acknowledged > steps.length) continue
    await checkRecovery(disk.afterKill(), acknowledged)
  }
  const disk = new MemoryDisk()
  const store = await open(disk, 'always')
  disk.failAt = disk.operations + 1
  disk.isMortal = false
  await expect(store.connect(steps[0] ?? new Uint8Array(0))).rejects.toMatchObject({
    name: 'StoreError',
    code: 'store_failed',
  })
  await expect(store.connect(steps[1] ?? new Uint8Array(0))).rejects.toMatchObject({ code: 'store_failed' })
  await store.close()
})
