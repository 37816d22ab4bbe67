import { describe, expect, test } from '@jest/globals'
import { UsageError } from '../../../src/p2p/errors.js'
import { toDisplay } from '../../../src/p2p/hash.js'
import { TestChain } from '../kit/test-chain.js'
import { display, ids, openStore, payload, raw, regtest, remine } from './kit.js'

const chain116 = TestChain.mine(regtest, 116)
const chain118 = chain116.fork(110, 8, { salt: 1 })
const chain115 = chain116.fork(110, 5, { salt: 2 })

/** What everybody should say of the way from 116 to 118. */
const reorg116To118 = {
  commonHeight: 110,
  disconnected: ids(chain116, 111).reverse(),
  connected: ids(chain118, 111),
}

async function storeAt116() {
  const store = await openStore()
  await store.connect(raw(chain116, 1))
  return store
}

test('P2P-20 headers connect from raw bytes and from payloads, and known ones are counted as such', async () => {
  const store = await openStore()
  const first = await store.connect(raw(chain116, 1, 50))
  expect(first).toMatchObject({
    added: 50,
    duplicates: 0,
    tipBefore: { height: 0 },
    tipAfter: { height: 50 },
  })
  expect(first).not.toHaveProperty('reorg')
  expect(first).not.toHaveProperty('refused')
  const second = await store.connectPayload(payload(raw(chain116, 40)))
  expect(second).toMatchObject({
    added: 66,
    duplicates: 11,
    tipBefore: { height: 50 },
    tipAfter: { height: 116 },
  })
  expect(store.tip.id).toBe(toDisplay(chain116.hash(116)))
  expect(await store.connectPayload(payload(raw(chain116, 100)))).toMatchObject({ added: 0, duplicates: 17 })
  expect(await store.connectPayload(Uint8Array.of(0))).toMatchObject({ added: 0, duplicates: 0 })
})

describe('P2P-21 a branch with more work takes over', () => {
  test('in one message: 6 leave, 8 come, from the block at 110 that both have', async () => {
    const store = await storeAt116()
    const { reorg, added, tipBefore, tipAfter } = await store.connect(raw(chain118, 111))
    expect({ added, before: tipBefore.height, after: tipAfter.height }).toEqual({
      added: 8,
      before: 116,
      after: 118,
    })
    expect(reorg).toMatchObject({ commonHeight: 110, oldTip: { height: 116 }, newTip: { height: 118 } })
    expect(toDisplay(reorg?.commonHash ?? new Uint8Array(0))).toBe(toDisplay(chain116.hash(110)))
    expect(reorg?.oldTip.id).toBe(toDisplay(chain116.hash(116)))
    expect(reorg?.newTip.id).toBe(toDisplay(chain118.hash(118)))
    expect(display(reorg?.disconnected ?? [])).toEqual(reorg116To118.disconnected)
    expect(display(reorg?.connected ?? [])).toEqual(reorg116To118.connected)
  })

  test('one by one: nothing moves until the branch has more work, and then all of it counts', async () => {
    const store = await storeAt116()
    for (let height = 111; height <= 116; height++) {
      const result = await store.connect(chain118.header(height))
      expect(result).toMatchObject({ added: 1, tipAfter: { height: 116 } })
      expect(result).not.toHaveProperty('reorg')
      expect(store.tip.id).toBe(toDisplay(chain116.hash(116)))
    }
    const { reorg } = await store.connect(chain118.header(117))
    expect(reorg).toMatchObject({ commonHeight: 110, oldTip: { height: 116 }, newTip: { height: 117 } })
    expect(display(reorg?.disconnected ?? [])).toEqual(reorg116To118.disconnected)
    expect(display(reorg?.connected ?? [])).toEqual(ids(chain118, 111, 117))
    expect(await store.connect(chain118.header(118))).not.toHaveProperty('reorg')
    expect(store.tip.id).toBe(toDisplay(chain118.hash(118)))
  })

  test('between headers of a branch with less work, which is kept and moves nothing', async () => {
    const store = await storeAt116()
    for (let height = 111; height <= 115; height++) {
      for (const chain of [chain115, chain118]) {
        const result = await store.connect(chain.header(height))
        expect(result).toMatchObject({ added: 1, tipAfter: { height: 116 } })
        expect(result).not.toHaveProperty('reorg')
      }
    }
    expect((await store.connect(raw(chain118, 116))).reorg?.commonHeight).toBe(110)
    expect(store.sideHeaders).toBe(6 + 5)
    expect(store.find(chain115.hash(115))?.height).toBe(115)
    expect(store.isOnMainChain(chain115.hash(115))).toBe(false)
  })

  test('and back again, when the first branch grows on', async () => {
    const store = await storeAt116()
    await store.connect(raw(chain118, 111))
    const chain120 = chain116.fork(116, 4, { salt: 3 })
    const { reorg } = await store.connect(raw(chain120, 112))
    expect(reorg).toMatchObject({ commonHeight: 110, oldTip: { height: 118 }, newTip: { height: 120 } })
    expect(display(reorg?.disconnected ?? [])).toEqual(ids(chain118, 111).reverse())
    expect(display(reorg?.connected ?? [])).toEqual(ids(chain120, 111))
    expect(ids(chain120, 0).map((id, height) => store.header(height)?.id === id)).not.toContain(false)
  })
})

describe('P2P-20 a header that is refused', () => {
  test('leaves those before it connected, and says which it was', async () => {
    const store = await openStore()
    const bytes = raw(chain116, 1, 100)
    bytes[80 * 60 + 72] = (bytes[80 * 60 + 72] ?? 0) ^ 1
    const { added, refused, tipAfter } = await store.connectPayload(payload(bytes))
    expect({ added, tip: tipAfter.height }).toEqual({ added: 60, tip: 60 })
    expect(refused).toMatchObject({ code: 'wrong_bits', index: 60, height: 61 })
    expect(refused?.toProtocolError()).toMatchObject({ code: 'bad_header', score: 100 })
  })

  test('has an unknown parent: the caller may ask with a locator', async () => {
    const store = await openStore()
    const { added, refused } = await store.connect(chain116.header(116))
    expect(added).toBe(0)
    expect(refused).toMatchObject({ code: 'unknown_parent', index: 0, height: undefined })
  })

  test('does not follow the header before it', async () => {
    const store = await openStore()
    const bytes = Buffer.concat([raw(chain116, 1, 10), raw(chain116, 12, 20)])
    expect(await store.connect(bytes)).toMatchObject({
      added: 10,
      refused: { code: 'not_linked', index: 10 },
    })
    const far = Buffer.concat([raw(chain116, 1, 10), chain118.header(118)])
    expect(await store.connect(far)).toMatchObject({
      duplicates: 10,
      refused: { code: 'not_linked', index: 10 },
    })
  })

  test('is bad on a branch: the branch before it has taken over all the same', async () => {
    const store = await storeAt116()
    const bad = remine(chain118.header(118), (view) => view.setUint32(68, 1, true))
    const result = await store.connect(Buffer.concat([raw(chain118, 111, 117), bad]))
    expect(result).toMatchObject({ added: 7, refused: { code: 'time_too_old', index: 7, height: 118 } })
    expect(result.reorg?.newTip.height).toBe(117)
  })

  test('comes in more than a batch', async () => {
    const long = TestChain.mine(regtest, 4200)
    const store = await openStore()
    const bytes = raw(long, 1)
    bytes[80 * 4100 + 4] = (bytes[80 * 4100 + 4] ?? 0) ^ 1
    expect(await store.connect(bytes)).toMatchObject({
      added: 4100,
      refused: { code: 'not_linked', index: 4100 },
    })
    const gap = Buffer.concat([raw(long, 1, 2048), raw(long, 2050)])
    const other = await openStore()
    expect(await other.connect(gap)).toMatchObject({
      added: 2048,
      refused: { code: 'not_linked', index: 2048 },
    })
  })
})

test('P2P-20 a payload must be whole headers without transactions, at most 2000', async () => {
  const store = await openStore()
  const good = payload(raw(chain116, 1, 3))
  const code = async (bytes: Uint8Array) =>
    store.connectPayload(bytes).then(
      () => 'taken',
      (error: unknown) => (error as { code: string }).code,
    )
  expect(await code(good.slice(0, -1))).toBe('truncated_message')
  expect(await code(Uint8Array.of(...good, 0))).toBe('trailing_bytes')
  expect(await code(Uint8Array.of(0xfd, 0xd1, 0x07))).toBe('too_many_headers')
  const withTransactions = good.slice()
  withTransactions[81] = 1
  expect(await code(withTransactions)).toBe('bad_value')
  expect(store.height).toBe(0)
  await expect(store.connect(new Uint8Array(81))).rejects.toThrow(UsageError)
})

test('P2P-21 the store answers for main chain and branches alike', async () => {
  const store = await storeAt116()
  await store.connect(raw(chain115, 111))
  const [mainTip, sideTip] = [chain116.hash(116), chain115.hash(115)]
  expect(store.ancestor(sideTip, 112)?.id).toBe(toDisplay(chain115.hash(112)))
  expect(store.ancestor(sideTip, 110)?.id).toBe(toDisplay(chain116.hash(110)))
  expect(store.ancestor(sideTip, 115)?.id).toBe(toDisplay(sideTip))
  expect(store.ancestor(sideTip, 116)).toBeUndefined()
  expect(store.ancestor(mainTip, 3)?.id).toBe(toDisplay(chain116.hash(3)))
  expect(store.ancestor(chain118.hash(118), 3)).toBeUndefined()
  expect(store.isAncestor(chain115.hash(113), sideTip)).toBe(true)
  expect(store.isAncestor(sideTip, sideTip)).toBe(true)
  expect(store.isAncestor(chain116.hash(113), sideTip)).toBe(false)
  expect(store.isAncestor(sideTip, mainTip)).toBe(false)
  expect(store.commonAncestor(sideTip, mainTip)?.height).toBe(110)
  expect(store.commonAncestor(sideTip, chain115.hash(112))?.height).toBe(112)
  expect(store.commonAncestor(sideTip, chain116.hash(7))?.height).toBe(7)
  expect(store.commonAncestor(sideTip, chain118.hash(118))).toBeUndefined()
  const work = (height: number) => 2n * BigInt(height + 1)
  expect(store.chainWork()).toBe(work(116))
  expect(store.chainWork(sideTip)).toBe(work(115))
  expect(store.chainWork(chain116.hash(20))).toBe(work(20))
  expect(store.header(117)).toBeUndefined()
  expect(store.header(-1)).toBeUndefined()
  expect(store.header(116)).toMatchObject({ height: 116, version: 0x2000_0000, bits: 0x207fffff })
})

test('P2P-20 a locator is dense at the tip, then doubles its steps, and ends with the genesis block', async () => {
  const store = await storeAt116()
  const heights = (hashes: readonly Uint8Array[]) => hashes.map((hash) => store.find(hash)?.height)
  expect(heights(store.locator())).toEqual([
    ...[116, 115, 114, 113, 112, 111, 110, 109, 108, 107, 106],
    ...[104, 100, 92, 76, 44, 0],
  ])
  expect(heights(store.locator(2))).toEqual([2, 1, 0])
  expect(heights(store.locator(0))).toEqual([0])
  expect(heights((await openStore()).locator())).toEqual([0])
})
