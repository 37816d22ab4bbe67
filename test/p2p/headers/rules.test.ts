import { describe, expect, test } from '@jest/globals'
import { easyChain } from '../../../bench/support/header-chain.js'
import type { HeaderRules, Network } from '../../../src/p2p/networks/network.js'
import { bsv } from '../../../src/p2p/networks/bsv.js'
import { btc } from '../../../src/p2p/networks/btc.js'
import { TestChain } from '../kit/test-chain.js'
import { openStore, raw, regtest, remine } from './kit.js'

const EASIEST = 0x207fffff

/** Regtest with rules of its own: a laptop mines all of it. */
const networkOf = (rules: Partial<HeaderRules>): Network => ({
  ...regtest,
  name: 'easy',
  rules: { powLimitBits: EASIEST, versionHeights: [0, 0, 0], ...rules },
})

const field = (header: Uint8Array, at: number): number =>
  new DataView(header.buffer, header.byteOffset).getUint32(at, true)

describe('P2P-20 a chain by the rules of a network is taken, and refused where its bits are others', () => {
  const quick = () => 150
  const variants: readonly [string, Partial<HeaderRules>, number, (height: number) => number][] = [
    ['of 2016 blocks', {}, 2016, quick],
    ['of BIP94', { bip94: true, minDifficultyBlocks: true }, 2016, quick],
    ['of 20 minutes', { minDifficultyBlocks: true }, 2030, (height) => (height === 2025 ? 1201 : 150)],
    [
      'of the emergency',
      { emergency: { first: 2017, last: 3000 } },
      2035,
      (height) => (height > 2020 ? 9000 : 150),
    ],
    ['of 144 blocks', { daaParentHeight: 200 }, 420, quick],
  ]

  test.each(variants)(
    '%s',
    async (_, rules, height, secondsBefore) => {
      const network = networkOf(rules)
      const chain = easyChain(network, height + 20, secondsBefore)
      const harder = new Set(Array.from({ length: height }, (_, i) => field(chain.raw, 80 * i + 72)))
      expect(harder.size + (height === 2016 ? 1 : 0)).toBeGreaterThan(1)
      const store = await openStore({ network })
      expect(await store.connect(chain.raw)).toMatchObject({ added: height + 20 })
      const bad = chain.raw.slice(0, 80 * height)
      bad[80 * (height - 1) + 72] = (bad[80 * (height - 1) + 72] ?? 0) ^ 1
      const other = await openStore({ network })
      const { refused, added } = await other.connect(bad)
      expect({ added, refused }).toMatchObject({ added: height - 1, refused: { code: 'wrong_bits', height } })
      // The same rules hold on a branch that begins anywhere, and after a reload.
      expect(await other.connect(chain.raw)).toMatchObject({ added: 21, tipAfter: { height: height + 20 } })
    },
    20_000,
  )

  test('on a branch that forks before the change of difficulty', async () => {
    const network = networkOf({})
    const [main, side] = [
      easyChain(network, 2020, () => 150),
      easyChain(network, 2026, (at) => (at > 2000 ? 140 : 150)),
    ]
    const store = await openStore({ network })
    await store.connect(main.raw)
    const result = await store.connect(side.raw)
    expect(result).toMatchObject({ duplicates: 2000, added: 26, reorg: { commonHeight: 2000 } })
    expect(result.tipAfter).toMatchObject({ height: 2026 })
  }, 20_000)
})

describe('P2P-20 a header is refused', () => {
  const chain = TestChain.mine(regtest, 30)
  const refusedWith = async (change: (view: DataView) => void, options = {}) => {
    const store = await openStore(options)
    await store.connect(raw(chain, 1, 29))
    const header = remine(chain.header(30), change)
    const { refused, added } = await store.connect(header)
    return added === 1 ? 'taken' : refused?.code
  }
  const median = field(chain.header(24), 68)

  test('when its time is not after the median of the eleven before it', async () => {
    const time = (seconds: number) => refusedWith((view) => view.setUint32(68, seconds, true))
    expect(await time(median)).toBe('time_too_old')
    expect(await time(median + 1)).toBe('taken')
  })

  test('when its time is more than two hours ahead of the clock, but not for ever', async () => {
    const now = field(chain.header(30), 68)
    const at = (clock: number) =>
      refusedWith((view) => view.setUint32(68, now + 7200, true), { clock: () => clock * 1000 })
    expect(await at(now - 1)).toBe('time_too_new')
    expect(await at(now)).toBe('taken')
  })

  test('when its hash is above its target', async () => {
    const store = await openStore()
    await store.connect(raw(chain, 1, 29))
    const header = chain.header(30).slice()
    let refused
    for (let nonce = 0; refused === undefined; nonce++) {
      new DataView(header.buffer).setUint32(76, nonce, true)
      refused = (await store.connect(header)).refused
    }
    expect(refused).toMatchObject({ code: 'bad_proof_of_work', index: 0, height: 30 })
  })

  test('when its version is below what its height requires', async () => {
    const versionHeights = [20, 30, 40] as const
    const network = { ...regtest, rules: { ...regtest.rules, versionHeights } }
    const version = (value: number) => refusedWith((view) => view.setInt32(0, value, true), { network })
    expect(await version(3)).toBe('taken')
    expect(await version(2)).toBe('bad_version')
    expect(await version(-1)).toBe('bad_version')
    expect(await refusedWith((view) => view.setInt32(0, -1, true))).toBe('taken')
  })

  test('when a period begins more than ten minutes before its parent, by BIP94', async () => {
    const at2016 = (seconds: number) => (height: number) => (height === 2016 ? -seconds : 150)
    for (const [seconds, bip94, code] of [
      [600, true, undefined],
      [601, true, 'time_warp'],
      [601, false, undefined],
    ] as const) {
      const network = networkOf({ bip94 })
      const store = await openStore({ network })
      const { refused } = await store.connect(easyChain(network, 2016, at2016(seconds)).raw)
      expect(refused?.code).toBe(code)
    }
  }, 20_000)
})

test('P2P-20 the chain of BCH is refused where BSV has a checkpoint', async () => {
  const checkpoint = bsv.mainnet.checkpoints.find(({ height }) => height === 556_767)
  expect(checkpoint).toBeDefined()
  const chain = TestChain.mine(regtest, 20)
  const checkpoints = [{ height: 15, hash: checkpoint?.hash ?? new Uint8Array(32) }]
  const store = await openStore({ network: { ...regtest, checkpoints } })
  const { refused } = await store.connect(raw(chain, 1))
  expect(refused).toMatchObject({ code: 'checkpoint_mismatch', height: 15 })
})

test('P2P-20 the first blocks of Bitcoin follow the rules of both main networks', async () => {
  const first = Buffer.from(
    '010000006fe28c0ab6f1b372c1a6a246ae63f74f931e8365e15a089c68d6190000000000982051fd1e4ba744bbbe680e1fee14677ba1a3c3540bf7b1cdb606e857233e0e61bc6649ffff001d01e36299',
    'hex',
  )
  for (const network of [bsv.mainnet, btc.mainnet]) {
    const store = await openStore({ network })
    expect(await store.connect(first)).toMatchObject({ added: 1 })
    expect(store.tip.id).toBe('00000000839a8e6886ab5951d76f411475428afc90947ee320161bbf18eb6048')
  }
})
