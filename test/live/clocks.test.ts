import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import type { RunningNode } from '../../src/app/node.js'
import { timerSleep } from '../../src/app/timer-sleep.js'
import { chainOf } from '../../src/ledger/chain.js'
import { keyOf } from '../../src/nodes/record.js'
import type { OwnedCoin } from '../../src/wallet/build-transaction.js'
import { account, removeFolder } from '../support/chain.js'
import { temporaryFolder } from '../support/cleanup.js'
import { memoryFolder } from '../support/memory-folder.js'
import { startClient, startDns, type TestNode } from '../support/test-node.js'
import { waitFor } from '../support/wait-for.js'
import { buildCommon, LIVE_SETTINGS, nodeFolder, spend } from './branches.js'

jest.setTimeout(180_000)

const PATIENCE_MS = 60_000

let workshop = ''
let coins: readonly OwnedCoin[] = []

beforeAll(async () => {
  workshop = await memoryFolder()
  coins = await buildCommon(join(workshop, 'common'))
})

afterAll(() => removeFolder(workshop))

/** A network whose nodes' clocks are off by so many ms, and a way to let time pass for all. */
async function network(
  ...offsets: readonly number[]
): Promise<{ nodes: TestNode[]; pass: (ms: number) => void }> {
  let passedMs = 0
  const folder = await nodeFolder(join(await temporaryFolder(), 'seed'))
  const seed = await startDns(['--dir', folder, '--upd_int', '0.2'], { sleep: timerSleep })
  const nodes: TestNode[] = []
  for (const [i, offset] of offsets.entries()) {
    const copy = join(await temporaryFolder(), 'node')
    await cp(join(workshop, 'common'), copy, { recursive: true })
    nodes.push(
      await startClient(
        seed,
        ['--dir', copy, '--upd_int', '0.2', '--reward-address', account(i + 1).address],
        { now: () => Date.now() + offset + passedMs, sleep: timerSleep },
      ),
    )
  }
  await waitFor('all to know all', () =>
    nodes.every(({ finder }) => finder.known.list().length === nodes.length - 1),
  )
  return { nodes, pass: (ms) => (passedMs += ms) }
}

const tipOf = ({ chain }: RunningNode): string | undefined => chain?.blockchain.tip()?.hash
const heightOf = ({ chain }: RunningNode): number => chain?.blockchain.height() ?? -1

async function mine(node: TestNode, mode: 'off' | 'interval', interval = 0.4): Promise<void> {
  await node.operations.dispatch('mining.put', mode === 'off' ? { mode } : { mode, interval }, {})
}

async function untilAgreed(nodes: readonly RunningNode[]): Promise<void> {
  await waitFor('all nodes to have one tip', () => new Set(nodes.map(tipOf)).size === 1, PATIENCE_MS)
}

/** The end of the race: all rest, and the one with the most work mines a last block, which settles a tie. */
async function settle(racing: readonly TestNode[], all: readonly TestNode[]): Promise<void> {
  for (const node of all) await mine(node, 'off')
  const works = racing.map(({ chain }) => chain?.blockchain.work() ?? 0n)
  const most = works.reduce((a, b) => (a > b ? a : b))
  await racing[works.indexOf(most)]?.operations.dispatch('mining.now', { count: 1 }, {})
}

/** Accounts that the blocks above the common ones pay. */
function minersOf({ chain }: RunningNode): ReadonlySet<string> {
  const paid = [1, 2, 3].map((n) => account(n).address)
  return new Set(
    paid.filter((address) => (chain?.blockchain.index.addressTotals(address).transactions ?? 0) > 0),
  )
}

function expectAllKnown(nodes: readonly RunningNode[]): void {
  for (const node of nodes) {
    const others = nodes.filter((other) => other !== node).map(({ record }) => keyOf(record))
    expect(node.finder.known.list().map(keyOf).sort()).toEqual(others.sort())
  }
}

test('nodes whose clocks are 50 s early and 50 s late mine on one chain: HDR-19 puts blocks off and condemns nobody', async () => {
  const { nodes, pass } = await network(50_000, 0, -50_000)
  const start = heightOf(nodes[0] as TestNode)
  for (const [i, node] of nodes.entries()) await mine(node, 'interval', 0.4 + i / 10)
  await waitFor('blocks of all', () => nodes.every((node) => heightOf(node) >= start + 6), PATIENCE_MS)
  await settle(nodes, nodes)
  // What was too early for the late one is so no more.
  pass(110_000)
  await untilAgreed(nodes)
  expectAllKnown(nodes)
})

test('a node whose clock is ten minutes early mines for itself alone; it follows the others, and its transactions reach them', async () => {
  const { nodes } = await network(600_000, 0, 0)
  const [early, ...others] = nodes as [TestNode, TestNode, TestNode]
  const start = heightOf(early)
  await mine(early, 'interval', 1)
  await waitFor('a block of the early node', () => heightOf(early) > start, PATIENCE_MS)
  expect(others.map(heightOf)).toEqual([start, start])
  for (const [i, node] of others.entries()) await mine(node, 'interval', 0.3 + i / 10)
  const payment = spend(coins[0] as OwnedCoin, Date.now(), chainOf(LIVE_SETTINGS).id, 5)
  await early.chain?.pending.submit(payment)
  await waitFor(
    'the others to confirm what the early node took',
    () => others.every(({ chain }) => chain?.blockchain.index.hasTransaction(payment.id)),
    PATIENCE_MS,
  )
  await waitFor(
    'blocks of the others',
    () => others.every((node) => heightOf(node) >= start + 10),
    PATIENCE_MS,
  )
  await settle(others, nodes)
  await untilAgreed(nodes)
  expect(minersOf(early).has(account(1).address)).toBe(false)
  expectAllKnown(nodes)
})
