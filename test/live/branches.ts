import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { OpenChain } from '../../src/app/open-chain.js'
import { fixedSettings } from '../../src/app/settings/derived.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { buildTransfer, type OwnedCoin } from '../../src/wallet/build-transaction.js'
import { signTransaction } from '../../src/wallet/sign-transaction.js'
import { account, mine, openTestChain, TestClock } from '../support/chain.js'
import { coinsOf } from '../support/transfer.js'

/** The chain of the live tests: as a node founds it, but with a block a second. */
export const LIVE_SETTINGS: ConsensusSettings = {
  ...fixedSettings(),
  name: 'live',
  blockTime: 1,
  blockReward: 150_000_000,
}

const COMMON_BLOCKS = 40
const SPLITS = 12
const PARTS = 20

/** Two branches of one chain, as data folders of nodes, and what is in them. */
export interface Branches {
  /** The blocks that both have. */
  readonly common: string
  readonly commonHeight: number
  readonly short: string
  readonly shortHeight: number
  readonly long: string
  readonly longHeight: number
  /** In the short branch; the long one holds some of them too. */
  readonly paid: readonly Transaction[]
  /** Records and outputs of contracts in the short branch; the long one holds others. */
  readonly notes: readonly Transaction[]
  /** The long branch spends the coins of some of `paid` otherwise: ids, and those of what it has instead. */
  readonly rivals: ReadonlyMap<string, string>
  /** Coins of account 0 that no block spends. */
  readonly coins: readonly OwnedCoin[]
}

/** Makes a folder that a node takes for its own. */
export async function nodeFolder(folder: string, knows: readonly { port: number }[] = []): Promise<string> {
  await mkdir(folder, { recursive: true })
  const { name, blockTime, blockReward } = LIVE_SETTINGS
  const info = { name, height: -1, total_transactions: 0, total_addresses: 0, block_time: blockTime }
  await writeFile(
    join(folder, 'blockchain.json'),
    JSON.stringify({ ...info, block_reward: blockReward / 10 ** 8 }),
  )
  const nodes = knows.map(({ port }) => ({ ip_address: '127.0.0.1', port }))
  await writeFile(join(folder, 'nodes.json'), JSON.stringify(nodes))
  return folder
}

/** Spends one coin of account 0: `parts` equal outputs for account `to`. */
export function spend(coin: OwnedCoin, timestamp: number, chainId: string, to = 1, parts = 1): Transaction {
  const fee = 1000 * parts
  const amount = Math.floor((coin.amount - fee) / parts)
  const { address, keys } = account(0)
  return buildTransfer(
    { chainId, timestamp },
    Array.from({ length: parts }, () => ({ address: account(to).address, amount })),
    {
      coins: [coin],
      keys: [keys],
      changeAddress: address,
      fee: () => coin.amount - parts * amount,
      dustLimit: 0,
      maxInputs: 1,
    },
  )
}

/** A record of account 3, or what a contract of its made of one. */
function note(n: number, kind: 'record' | 'output', timestamp: number, chainId: string): Transaction {
  const { address: invoker, keys } = account(3)
  const said = { txnType: 'note', tag: '', payload: { n }, invoker }
  const payload =
    kind === 'record'
      ? ({ kind, ...said } as const)
      : ({ kind, ...said, contract: 'c', invokedBy: `note ${n}` } as const)
  const free = { inputs: [], outputs: [], fee: 0 } as const
  return signTransaction({ version: 1, chainId, timestamp, ...free, payload }, [keys])
}

/** Builds both branches below `folder`. The short one leaves the other `shortLength` blocks above its start. */
export async function buildBranches(
  folder: string,
  shortLength: number,
  longLength: number,
): Promise<Branches> {
  const clock = new TestClock()
  const common = join(folder, 'common')
  const coins = await buildCommon(common, clock)
  const [short, long] = [join(folder, 'short'), join(folder, 'long')]
  for (const copy of [short, long]) await cp(common, copy, { recursive: true })
  const { paid, notes } = await buildShort(short, shortLength, coins, clock.nowMs)
  const rivals = await buildLong(long, longLength, paid, coins, clock.nowMs + 500)
  return {
    common,
    commonHeight: COMMON_BLOCKS - 1,
    short,
    shortHeight: COMMON_BLOCKS - 1 + shortLength,
    long,
    longHeight: COMMON_BLOCKS - 1 + longLength,
    paid,
    notes,
    rivals,
    coins: coins.slice(2 * shortLength),
  }
}

async function open(folder: string, nowMs: number): Promise<{ chain: OpenChain; clock: TestClock }> {
  const clock = new TestClock()
  clock.nowMs = nowMs
  return { chain: await openTestChain(folder, clock, { settings: LIVE_SETTINGS }), clock }
}

/** A node's folder with the blocks that all live tests begin with; the coins of account 0 that it may spend. */
export async function buildCommon(folder: string, clock = new TestClock()): Promise<OwnedCoin[]> {
  await nodeFolder(folder)
  const chain = await openTestChain(folder, clock, { settings: LIVE_SETTINGS })
  for (let height = 0; height < COMMON_BLOCKS - 2; height++) await mine(chain, clock, account(0).address)
  const splits = coinsOf(chain)
    .slice(0, SPLITS)
    .map((coin) => spend(coin, clock.nowMs, chain.blockchain.chain.id, 0, PARTS))
  await chain.pending.submitMany(splits)
  for (let i = 0; i < 2; i++) await mine(chain, clock, account(9).address)
  const coins = coinsOf(chain).filter(({ transactionId }) => splits.some(({ id }) => id === transactionId))
  await chain.close()
  return coins
}

async function buildShort(
  folder: string,
  length: number,
  coins: readonly OwnedCoin[],
  nowMs: number,
): Promise<Pick<Branches, 'paid' | 'notes'>> {
  const { chain, clock } = await open(folder, nowMs)
  const chainId = chain.blockchain.chain.id
  const paid: Transaction[] = []
  const notes: Transaction[] = []
  for (let i = 0; i < length; i++) {
    const two = coins.slice(2 * i, 2 * i + 2).map((coin) => spend(coin, clock.nowMs, chainId))
    const made = (['record', 'output'] as const).map((kind) => note(i, kind, clock.nowMs, chainId))
    await chain.pending.submitMany([...two, ...made])
    paid.push(...two)
    notes.push(...made)
    await mine(chain, clock, account(8).address)
  }
  await chain.close()
  return { paid, notes }
}

/** Some of what the short branch holds is here, too, and the coins of some go elsewhere: those are told. */
async function buildLong(
  folder: string,
  length: number,
  paid: readonly Transaction[],
  coins: readonly OwnedCoin[],
  nowMs: number,
): Promise<Map<string, string>> {
  const { chain, clock } = await open(folder, nowMs)
  const chainId = chain.blockchain.chain.id
  const rivals = new Map<string, string>()
  for (let i = 0; i < length; i++) {
    const each = paid[i]
    const coin = coins[i]
    if (each && coin && i % 5 === 1) {
      const rival = spend(coin, clock.nowMs, chainId, 2)
      rivals.set(each.id, rival.id)
      await chain.pending.submit(rival)
    } else if (each && i % 3 === 0) await chain.pending.submit(each)
    await chain.pending.submit(note(-1 - i, 'record', clock.nowMs, chainId))
    await mine(chain, clock, account(7).address)
  }
  await chain.close()
  return rivals
}
