import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pino from 'pino'
import { openChain, type OpenChain } from '../../src/app/open-chain.js'
import { DEFAULTS } from '../../src/app/settings/defaults.js'
import { fixedSettings } from '../../src/app/settings/derived.js'
import { verifyHere } from '../../src/app/verify-here.js'
import { unitsOf } from '../../src/ledger/amount-of-coins.js'
import { buildTransfer } from '../../src/wallet/build-transaction.js'
import { account, mine, temporaryFolder, TestClock } from '../support/chain.js'

export const BLOCKS = 12

/** The height of the one block with a transfer: a coin from account 0 to account 1. */
export const TRANSFER_HEIGHT = 8

const BLOCK_TIME_MS = DEFAULTS.blockchain.block_time * 1000

/** The folder of a node that mined a dozen blocks and is stopped; whoever asks for it removes it. */
export async function minedFolder(): Promise<string> {
  const folder = await temporaryFolder()
  const clock = new TestClock()
  const chain = await openDefaultChain(folder, clock)
  for (let height = 0; height < BLOCKS; height++) {
    if (height === TRANSFER_HEIGHT) await pay(chain, clock)
    clock.nowMs += BLOCK_TIME_MS - 1000
    await mine(chain, clock)
  }
  await chain.close()
  await writeFile(join(folder, 'blockchain.json'), JSON.stringify(DEFAULTS.blockchain))
  return folder
}

/** Opens a chain of the settings that nodes have by default. */
export function openDefaultChain(folder: string, clock: TestClock): Promise<OpenChain> {
  const { name, block_time: blockTime, block_reward: reward } = DEFAULTS.blockchain
  return openChain({
    folder,
    files: { blocksFolder: 'blocks', blockTemplate: 'block' },
    settings: { name, blockTime, blockReward: unitsOf(reward), ...fixedSettings() },
    verify: verifyHere(),
    now: clock.now,
    log: pino({ level: 'silent' }),
  })
}

async function pay({ blockchain, pending }: OpenChain, clock: TestClock): Promise<void> {
  const { address, keys } = account(0)
  const coins = [...blockchain.index.coinsOf(address, undefined, 100)]
    .filter(({ entry }) => entry.height === 0)
    .map(({ outpoint, entry }) => ({ ...outpoint, amount: entry.amount, address }))
  const recipient = { address: account(1).address, amount: 100_000_000 }
  const context = { chainId: blockchain.chain.id, timestamp: clock.nowMs }
  const funding = { coins, keys: [keys], changeAddress: address, fee: () => 1000, dustLimit: 0, maxInputs: 9 }
  await pending.submit(buildTransfer(context, [recipient], funding))
}
