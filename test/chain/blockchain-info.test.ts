import { describe, expect, test } from '@jest/globals'
import type { BlockchainInfo } from '../../src/api/schemas/info.js'
import {
  type BlockchainInfoOptions,
  BlockchainInfoKeeper,
  type DerivedInfo,
} from '../../src/chain/blockchain-info.js'
import { DEFAULTS } from '../../src/app/settings/defaults.js'
import { fixedSettings } from '../../src/app/settings/derived.js'

const INITIAL = DEFAULTS.blockchain
const mine: BlockchainInfo = { ...INITIAL, name: 'mine' }
const theirs: BlockchainInfo = { ...INITIAL, name: 'theirs' }
const ON_CHAIN: DerivedInfo = { height: 3, total_transactions: 4, total_addresses: 2 }

function keeper(options: Partial<BlockchainInfoOptions> = {}) {
  const saved: [string, boolean][] = []
  let newChains = 0
  const info = new BlockchainInfoKeeper({
    initial: INITIAL,
    pinned: false,
    fixed: fixedSettings(),
    derived: () => undefined,
    save: (value, pinned) => {
      saved.push([value.name, pinned])
      return Promise.resolve()
    },
    onNewChain: () => newChains++,
    ...options,
  })
  return { info, saved, newChains: () => newChains }
}

describe('before block 0', () => {
  test('any info replaces the whole, and is saved before it is acknowledged', async () => {
    const { info, saved } = keeper()
    expect(await info.put(mine)).toEqual(mine)
    expect([info.get(), saved, info.isAdoptable()]).toEqual([mine, [['mine', true]], false])
  })

  test('an info that cannot be saved changes nothing, and the next one can', async () => {
    let isFull = true
    const { info } = keeper({
      save: () => (isFull ? Promise.reject(new Error('disk full')) : Promise.resolve()),
    })
    await expect(info.put(mine)).rejects.toThrow('disk full')
    expect(info.get()).toEqual(INITIAL)
    isFull = false
    expect(await info.put(mine)).toEqual(mine)
  })

  test('the info of the seed server is taken over, unpinned, and only when it differs', async () => {
    const { info, saved } = keeper()
    expect([await info.adopt(theirs), await info.adopt(theirs)]).toEqual([true, false])
    expect([saved, info.isAdoptable()]).toEqual([[['theirs', false]], true])
  })

  test.each([
    ['before', (info: BlockchainInfoKeeper) => [info.put(mine), info.adopt(theirs)]],
    ['after', (info: BlockchainInfoKeeper) => [info.adopt(theirs), info.put(mine)]],
  ])('what the operator puts %s an adoption that is under way wins', async (_, both) => {
    const { info } = keeper()
    await Promise.all(both(info))
    expect([info.get(), info.isAdoptable()]).toEqual([mine, false])
  })
})

describe('once there are blocks', () => {
  test('nothing is adopted', async () => {
    const { info, saved } = keeper({ derived: () => ON_CHAIN })
    expect([info.isAdoptable(), await info.adopt(theirs), saved]).toEqual([false, false, []])
  })

  test('only an info that repeats what the chain says is taken', async () => {
    const { info } = keeper({ derived: () => ON_CHAIN })
    const said = { ...INITIAL, ...ON_CHAIN }
    expect(info.get()).toEqual(said)
    expect(await info.put(said)).toEqual(said)
    await expect(info.put({ ...said, name: 'mine', height: 9 })).rejects.toMatchObject({
      code: 'INFO_CONFLICT',
      details: { keys: ['name', 'height'] },
    })
  })
})

describe('the chain id', () => {
  test.each([
    ['name', { name: 'other' }],
    ['block_time', { block_time: 1 }],
    ['block_reward', { block_reward: 0.00000001 }],
  ])('changes with %s, and is told', async (_, change) => {
    const { info, newChains } = keeper()
    const before = info.chainId()
    await info.put({ ...INITIAL, ...change })
    expect(info.chainId()).not.toBe(before)
    expect([/^[0-9a-f]{64}$/.test(info.chainId()), newChains()]).toEqual([true, 1])
  })

  test('does not change with what the blocks say', async () => {
    const { info, newChains } = keeper()
    const before = info.chainId()
    await info.put({ ...INITIAL, ...ON_CHAIN })
    expect([info.chainId(), newChains()]).toEqual([before, 0])
  })
})
