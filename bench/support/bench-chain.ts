import { createLog } from '../../src/app/log.js'
import { openChain, type OpenChain } from '../../src/app/open-chain.js'
import { DEFAULTS } from '../../src/app/settings/defaults.js'
import { fixedSettings } from '../../src/app/settings/derived.js'
import type { VerifyAll } from '../../src/chain/blockchain.js'
import { unitsOf } from '../../src/ledger/amount-of-coins.js'
import type { Block } from '../../src/ledger/block.js'
import type { Chain } from '../../src/ledger/chain.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import type { Account } from '../../src/wallet/account.js'
import { developmentWallet } from '../../src/wallet/development-accounts.js'
import { BlockMaker } from './block-maker.js'
import { type OwnCoin, transfer } from './transfer.js'

/** A chain with the easiest work, so that a bench spends its time on blocks. */
export const SYNC_CHAIN: ConsensusSettings = {
  name: 'bench',
  blockTime: 1,
  blockReward: 150_000_000,
  coinbaseMaturity: 0,
  powLimitBits: 0x207fffff,
  retarget: 'none',
  halfLifeBlocks: 24,
  genesisTime: 1_767_225_600_000,
  maxFutureMs: 60_000,
  maxTransactionAgeMs: 86_400_000,
  maxBlockBytes: 4_000_000,
  maxTransactionBytes: 1_000_000,
  maxTransactionParts: 1000,
}

/** The chain of a node that was told nothing. */
export function defaultChain(): ConsensusSettings {
  const { name, block_time: blockTime, block_reward: reward } = DEFAULTS.blockchain
  return { name, blockTime, blockReward: unitsOf(reward), ...fixedSettings() }
}

/** For blocks that the bench made itself. */
export const trustAll: VerifyAll = () => Promise.resolve()

/** The chain in a node's data folder, without a node around it. */
export function openBenchChain(
  folder: string,
  settings: ConsensusSettings,
  verify: VerifyAll,
  rebuild = false,
): Promise<OpenChain> {
  return openChain({
    folder,
    files: { blocksFolder: 'blocks', blockTemplate: 'block' },
    settings,
    verify,
    now: Date.now,
    log: createLog('fatal', false),
    rebuild,
    onProgress: () => undefined,
  })
}

const AMOUNT = 1000

/** Blocks from block 0 up: one that pays, one that spreads, then each with so many one-input transfers. */
export async function* transferBlocks(
  chain: Chain,
  blocks: number,
  transactions: number,
): AsyncGenerator<Block> {
  const { accounts } = await developmentWallet()
  const payer = accounts[0] as Account
  const maker = new BlockMaker(chain, payer.address)
  const first = maker.next()
  yield first
  let coins: readonly OwnCoin[] = Array.from({ length: transactions }, (_, i) => ({
    owner: accounts[i % accounts.length] as Account,
    transactionId: '',
    outputIndex: i,
  }))
  const spread = transfer(
    chain.id,
    { owner: payer, transactionId: first.transactions[0]?.id ?? '', outputIndex: 0 },
    [
      ...coins.map(({ owner: { address } }) => ({ address, amount: AMOUNT })),
      { address: payer.address, amount: chain.settings.blockReward - AMOUNT * transactions },
    ],
    0,
  )
  coins = coins.map((coin) => ({ ...coin, transactionId: spread.id }))
  yield maker.next([spread])
  for (let height = 2; height < blocks; height++) {
    const moved: Transaction[] = []
    coins = coins.map((coin, i) => {
      const receiver = accounts[(i + height) % accounts.length] as Account
      const move = transfer(chain.id, coin, [{ address: receiver.address, amount: AMOUNT }], height)
      moved.push(move)
      return { owner: receiver, transactionId: move.id, outputIndex: 0 }
    })
    yield maker.next(moved)
  }
}

const GROUP = 64

/** Puts blocks that follow its tip on a chain, many at a time. */
export async function appendAll({ blockchain }: OpenChain, blocks: AsyncIterable<Block>): Promise<void> {
  let group: Block[] = []
  for await (const block of blocks) {
    if (group.push(block) < GROUP) continue
    await blockchain.submitMany(group)
    group = []
  }
  await blockchain.submitMany(group)
}
