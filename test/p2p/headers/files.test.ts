import { describe, expect, test } from '@jest/globals'
import { existsSync, readFileSync, truncateSync, writeFileSync, appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { toDisplay } from '../../../src/p2p/hash.js'
import { HeadersStore } from '../../../src/p2p/headers/headers-store.js'
import type { HeadersStoreOptions } from '../../../src/p2p/headers/store-options.js'
import { btc } from '../../../src/p2p/networks/btc.js'
import { temporaryFolder } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { TestChain } from '../kit/test-chain.js'
import { ids, openStore, raw, regtest } from './kit.js'

const chain = TestChain.mine(regtest, 60)
const branch = chain.fork(50, 6, { salt: 1 })
const winner = chain.fork(55, 8, { salt: 2 })

type Options = Partial<HeadersStoreOptions>

/** A file with the chain and a branch; answers its path. */
async function filled(): Promise<string> {
  const directory = await temporaryFolder()
  const store = await openStore({ directory })
  await store.connect(raw(chain, 1))
  await store.connect(raw(branch, 51))
  await store.close()
  return join(directory, 'headers.regtest')
}

const chainOf = (store: HeadersStore) =>
  Array.from({ length: store.height + 1 }, (_, height) => store.header(height)?.id)

function flip(path: string, at: number, mask = 1): void {
  const bytes = readFileSync(path)
  bytes[at] = (bytes[at] ?? 0) ^ mask
  writeFileSync(path, bytes)
}

describe('P2P-22 the files of a store', () => {
  test('have the main chain as headers side by side, and give back what was in memory', async () => {
    const path = await filled()
    expect(readFileSync(path)).toEqual(Buffer.from(raw(chain, 0)))
    const store = await openStore({ path })
    expect(chainOf(store)).toEqual(ids(chain, 0))
    expect(store).toMatchObject({ sideHeaders: 6, droppedBytes: 0 })
    expect(store.find(branch.hash(56))?.height).toBe(56)
    expect((await store.connect(raw(branch.fork(56, 5, { salt: 3 }), 57))).reorg?.commonHeight).toBe(50)
  })

  test('bring what was taken to the disk without being asked', async () => {
    const directory = await temporaryFolder()
    const store = await openStore({ directory })
    const state = () => readFileSync(join(directory, 'headers.regtest.state')).toString('hex')
    const before = state()
    await store.connect(raw(chain, 1))
    await waitFor('a commit', () => state() !== before)
  })

  test('are refused to a second opener, until the first one closes', async () => {
    const directory = await temporaryFolder()
    const store = await openStore({ directory })
    await expect(openStore({ directory })).rejects.toMatchObject({
      code: 'store_in_use',
      message: expect.stringContaining('readonly: true') as unknown,
    })
    await store.close()
    await store.close()
    await (await openStore({ directory })).close()
  })

  test('can be read while another store writes them; a reader takes nothing and writes nothing', async () => {
    const directory = await temporaryFolder()
    const store = await openStore({ directory })
    await store.connect(raw(chain, 1))
    const reader = await openStore({ directory, readonly: true })
    expect(chainOf(reader)).toEqual(ids(chain, 0))
    await store.connect(raw(winner, 56))
    await expect(reader.connect(chain.header(1))).rejects.toMatchObject({ code: 'usage' })
    expect(reader.height).toBe(60)
    expect(chainOf(await openStore({ directory, readonly: true }))).toEqual(ids(winner, 0))
    const missing = openStore({ directory: await temporaryFolder(), readonly: true })
    await expect(missing).rejects.toMatchObject({ code: 'store_missing' })
  })

  test('belong to one network', async () => {
    const path = await filled()
    await expect(openStore({ path, network: btc.mainnet })).rejects.toMatchObject({
      code: 'wrong_network',
      message: expect.stringContaining(path) as unknown,
    })
    expect((await openStore({ path })).height).toBe(60)
  })

  test('need a path or a directory, not both and not neither', async () => {
    await expect(HeadersStore.open({ network: regtest })).rejects.toMatchObject({ code: 'usage' })
    const both = HeadersStore.open({ network: regtest, path: 'a', directory: 'b' })
    await expect(both).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('P2P-22 a tail that is torn', () => {
  test.each([1, 37, 79])('by %i bytes costs the header it tears, and no more', async (bytes) => {
    const path = await filled()
    truncateSync(path, 80 * 61 - bytes)
    const store = await openStore({ path })
    expect(chainOf(store)).toEqual(ids(chain, 0, 59))
    expect(store.droppedBytes).toBe(80 - bytes)
    expect((await store.connect(raw(chain, 60))).added).toBe(1)
    await store.close()
    expect(readFileSync(path)).toEqual(Buffer.from(raw(chain, 0)))
  })

  test('by half the file costs half the headers', async () => {
    const path = await filled()
    truncateSync(path, 80 * 30)
    expect(chainOf(await openStore({ path }))).toEqual(ids(chain, 0, 29))
  })

  test('by what was appended: good headers are taken, others are cut off', async () => {
    const path = await filled()
    const more = chain.fork(60, 2, { salt: 4 })
    appendFileSync(path, Buffer.concat([raw(more, 61), new Uint8Array(200)]))
    const store = await openStore({ path })
    expect(store).toMatchObject({ height: 62, droppedBytes: 200 })
    await store.close()
    expect(readFileSync(path)).toEqual(Buffer.from(raw(more, 0)))
  })

  test('in the file of branches costs one header of a branch', async () => {
    const path = await filled()
    truncateSync(`${path}.sides`, 80 * 6 - 1)
    const store = await openStore({ path })
    expect(store).toMatchObject({ height: 60, sideHeaders: 5 })
    await store.connect(branch.header(56))
    await store.close()
    expect(await openStore({ path })).toMatchObject({ height: 60, sideHeaders: 6 })
  })
})

describe('P2P-22 a bit that has flipped', () => {
  test('in any header is found, and said with the cure', async () => {
    const path = await filled()
    for (const height of [1, 2, 30, 59, 60]) {
      for (const field of [0, 4, 36, 68, 72, 79]) {
        const at = 80 * height + field
        flip(path, at, 0x10)
        const opened = openStore({ path })
        await expect(opened).rejects.toMatchObject({
          code: 'store_damaged',
          message: expect.stringContaining('repair: true') as unknown,
        })
        flip(path, at, 0x10)
      }
    }
    expect((await openStore({ path })).height).toBe(60)
  })

  test('is repaired when that is wanted: what lies below stays', async () => {
    const path = await filled()
    flip(path, 80 * 40 + 36)
    const store = await openStore({ path, repair: true })
    expect(store.height).toBeGreaterThanOrEqual(38)
    expect(chainOf(store)).toEqual(ids(chain, 0, store.height))
    await store.connect(raw(chain, 30))
    await store.close()
    expect(chainOf(await openStore({ path }))).toEqual(ids(chain, 0))
  })

  test('in a commit record makes the one before it count; without any the file is checked as a whole', async () => {
    for (const offsets of [[20], [4116], [20, 4116]]) {
      const path = await filled()
      for (const at of offsets) flip(`${path}.state`, at)
      expect(await openStore({ path })).toMatchObject({ height: 60, sideHeaders: 6 })
    }
  })

  test('in the journal of a reorg or in the branches hurts nothing else', async () => {
    const path = await filled()
    writeFileSync(`${path}.reorg`, new Uint8Array(500).fill(3))
    flip(`${path}.sides`, 100)
    const store = await openStore({ path })
    expect(store.height).toBe(60)
    expect(store.sideHeaders).toBeLessThan(6)
    expect(existsSync(`${path}.reorg`)).toBe(false)
  })
})

describe('P2P-22 the file of ConduitP2P', () => {
  /** Headers in the order they came, branches in between. */
  const arrival = Buffer.concat([raw(chain, 0, 55), raw(branch, 51), raw(chain, 56), raw(winner, 56)])

  test('is imported, branches and all', async () => {
    const directory = await temporaryFolder()
    const path = join(directory, 'headers.regtest')
    writeFileSync(path, arrival)
    const store = await openStore({ directory })
    expect(chainOf(store)).toEqual(ids(winner, 0))
    expect(store.sideHeaders).toBe(6 + 5)
    expect(store.find(chain.hash(60))?.height).toBe(60)
    await store.close()
    expect(readFileSync(path)).toEqual(Buffer.from(raw(winner, 0)))
    expect(await openStore({ directory })).toMatchObject({ height: 63, sideHeaders: 11, droppedBytes: 0 })
  })

  test('is imported up to where it is torn, and without what breaks the rules', async () => {
    const directory = await temporaryFolder()
    const bad = Buffer.from(arrival.subarray(0, -33))
    bad[80 * 52 + 73] = 0
    writeFileSync(join(directory, 'headers.regtest'), bad)
    const store = await openStore({ directory })
    expect(store.tip.id).toBe(toDisplay(branch.hash(56)))
    await store.connect(raw(winner, 52))
    expect(store.height).toBe(63)
  })
})

describe('P2P-20 what the user knows better', () => {
  const open = (path: string, options: Options) => openStore({ path, ...options })

  test('a block called invalid is refused, and cut off where it is stored', async () => {
    const path = await filled()
    const invalidBlocks = [chain.hash(53)]
    const store = await open(path, { invalidBlocks })
    expect(store.tip.id).toBe(toDisplay(branch.hash(56)))
    const { refused, duplicates } = await store.connect(raw(chain, 51))
    expect({ duplicates, refused }).toMatchObject({
      duplicates: 2,
      refused: { code: 'invalid_block', height: 53 },
    })
    await store.close()
    expect((await open(path, { invalidBlocks })).tip.id).toBe(toDisplay(branch.hash(56)))
  })

  test('a checkpoint moves the store to the branch that has it', async () => {
    const path = await filled()
    const checkpoints = [{ height: 52, hash: branch.hash(52) }]
    const store = await open(path, { checkpoints })
    expect(store.tip.id).toBe(toDisplay(branch.hash(56)))
    const { refused } = await store.connect(raw(chain, 51))
    expect(refused).toMatchObject({ code: 'fork_below_checkpoint', height: 52 })
    expect(refused?.toProtocolError()?.score).toBe(100)
  })

  test('a chain that comes to a checkpoint with another block is refused there', async () => {
    const store = await openStore({ checkpoints: [{ height: 52, hash: branch.hash(52) }] })
    expect(await store.connect(raw(chain, 1))).toMatchObject({
      added: 51,
      refused: { code: 'checkpoint_mismatch', height: 52 },
    })
    expect(await store.connect(raw(branch, 51))).toMatchObject({ added: 6, tipAfter: { height: 56 } })
  })
})

describe('P2P-20 what costs nothing to send is bounded', () => {
  test('a chain without the minimum work may have so many headers only', async () => {
    const network = { ...regtest, minimumChainWork: 1000n }
    const store = await openStore({ network, maxLowWorkHeaders: 20 })
    const { refused, added } = await store.connect(raw(chain, 1))
    expect({ added, refused }).toMatchObject({ added: 19, refused: { code: 'low_work_limit', index: 19 } })
    expect(refused?.toProtocolError()).toBeUndefined()
  })

  test('branches with the least work go when there are too many headers off the main chain', async () => {
    const store = await openStore({ maxSideHeaders: 20 })
    await store.connect(raw(chain, 1))
    await store.connect(raw(branch, 51))
    const low = Array.from({ length: 10 }, (_, i) => chain.fork(20, 3, { salt: 10 + i }))
    for (const each of low) {
      expect((await store.connect(raw(each, 21))).refused).toBeUndefined()
      expect(store.sideHeaders).toBeLessThanOrEqual(20)
    }
    expect(store.contains(branch.hash(56))).toBe(true)
    const [last] = low.slice(-1)
    expect(store.contains(last?.hash(23) ?? new Uint8Array(32))).toBe(true)
    expect(store.contains(low[0]?.hash(23) ?? new Uint8Array(32))).toBe(false)
  })

  test('a single branch that is longer than there is room for is refused at its end', async () => {
    const store = await openStore({ maxSideHeaders: 20 })
    await store.connect(raw(chain, 1))
    const long = chain.fork(20, 39, { salt: 5 })
    expect(await store.connect(raw(long, 21))).toMatchObject({
      added: 20,
      refused: { code: 'side_branch_limit' },
    })
  })
})
