import { once } from 'node:events'
import { afterEach } from '@jest/globals'
import type { OpenChain } from '../../src/app/open-chain.js'
import type { BlockHeader } from '../../src/ledger/block.js'
import type { ConsensusSettings } from '../../src/ledger/settings.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { Miner, type MinerOptions } from '../../src/mining/miner.js'
import { buildRecord } from '../../src/wallet/build-transaction.js'
import { account, openTestChain, removeFolder, temporaryFolder } from '../support/chain.js'
import { FakeTime } from './fake-time.js'

export const GATHER_MS = 200
export const INTERVAL_MS = 5000

let undo: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const step of undo.reverse()) await step()
  undo = []
})

/** Runs after the test, the last first. */
export function afterwards(step: () => Promise<void>): void {
  undo.push(step)
}

export interface TestMiner extends OpenChain {
  readonly time: FakeTime
  readonly miner: Miner
  readonly errors: unknown[]
}

/** A miner on a chain of its own, not started yet. All of it is closed after the test. */
export async function testMiner(
  options: Partial<MinerOptions> = {},
  settings: Partial<ConsensusSettings> = {},
): Promise<TestMiner> {
  const time = new FakeTime()
  const folder = await temporaryFolder()
  afterwards(() => removeFolder(folder))
  const chain = await openTestChain(folder, time, { settings })
  afterwards(() => chain.close())
  const errors: unknown[] = []
  const miner = new Miner({
    mode: 'off',
    rewardAddress: account(0).address,
    intervalMs: INTERVAL_MS,
    gatherMs: GATHER_MS,
    threads: 2,
    blockchain: chain.blockchain,
    pending: chain.pending,
    now: time.now,
    sleep: time.sleep,
    onError: (error) => errors.push(error),
    ...options,
  })
  afterwards(() => miner.close())
  return { ...chain, time, miner, errors }
}

let records = 0

/** A transaction that needs no coins; no two alike. */
export function record({ blockchain, time }: Pick<TestMiner, 'blockchain' | 'time'>): Transaction {
  const context = { chainId: blockchain.chain.id, timestamp: time.nowMs }
  return buildRecord(context, { txnType: 'test', tag: '', payload: { n: records++ } }, account(1).keys)
}

/** The next tip. */
export async function nextTip({ blockchain }: Pick<TestMiner, 'blockchain'>): Promise<BlockHeader> {
  const [header] = (await once(blockchain.events, 'tip')) as [BlockHeader]
  return header
}

/** Waits for the block at a height. */
export async function untilHeight(test: Pick<TestMiner, 'blockchain'>, height: number): Promise<void> {
  while (test.blockchain.height() < height) await nextTip(test)
}

/** Lets everything run that waits for nothing but its turn. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate)
}
