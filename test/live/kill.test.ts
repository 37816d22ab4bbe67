import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { open } from 'lmdb'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { chainOf } from '../../src/ledger/chain.js'
import { removeFolder } from '../support/chain.js'
import { temporaryFolder } from '../support/cleanup.js'
import { memoryFolder } from '../support/memory-folder.js'
import { checkout, Program } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'
import { afterCrash, type Found } from './after-crash.js'
import { type Branches, buildBranches, LIVE_SETTINGS, nodeFolder, spend } from './branches.js'
import { expectVerified, LiveNode, type Status } from './live-node.js'

jest.setTimeout(300_000)

/** Kills of each kind: fifty and more in all. */
const KILLS = 13

let workshop = ''
let branches: Branches

beforeAll(async () => {
  workshop = await memoryFolder()
  branches = await buildBranches(workshop, 60, 500)
})

afterAll(() => removeFolder(workshop))

/** Where a kill lands is luck: more of them follow until enough have landed in the middle of the work. */
function goesOn(kills: number, inTheMiddle: number, enough: number): boolean {
  return kills < KILLS || (inTheMiddle < enough && kills < 6 * KILLS)
}

function upTo(most: number): number {
  return Math.floor(Math.random() * (most + 1))
}

/** What a node says, until it is no more. */
async function statusOf(node: LiveNode): Promise<Status | undefined> {
  return node.status().catch(() => undefined)
}

test('kill -9 while it mines and takes transactions: what it acknowledged is in the chain or waits', async () => {
  const folder = join(await temporaryFolder(), 'node')
  await cp(branches.common, folder, { recursive: true })
  const { id: chainId } = chainOf(LIVE_SETTINGS)
  const payments = branches.coins.map((coin, i) => spend(coin, Date.now(), chainId, 1 + (i % 5)))
  const acknowledged: Transaction[] = []
  let height = branches.commonHeight
  let mined = 0
  for (let kill = 0; kill < KILLS; kill++) {
    const node = await LiveNode.start(folder, ['--mine', 'interval', '--mine-interval', '0.03'])
    const goal = acknowledged.length + 2 + upTo(5)
    await waitFor('a block to be mined', async () => (await node.status()).height > height)
    const submitting = submitUntilGone(node, payments, acknowledged)
    await waitFor('transactions to be acknowledged', () => acknowledged.length >= goal)
    await delay(upTo(30))
    const told = await node.status()
    await node.killHard()
    await submitting
    const found = await afterCrash(folder)
    expect(found.height).toBeGreaterThanOrEqual(told.height)
    expect(acknowledged.filter(({ id }) => !found.has(id)).map(({ id }) => id)).toEqual([])
    mined += found.height - height
    height = found.height
  }
  expect(mined).toBeGreaterThanOrEqual(KILLS)
  await expectVerified(folder)
})

/** Hands in what was not acknowledged yet, two at a time, until the node is gone. */
async function submitUntilGone(
  node: LiveNode,
  payments: readonly Transaction[],
  acknowledged: Transaction[],
): Promise<void> {
  const known = new Set(acknowledged)
  const left = payments.filter((each) => !known.has(each))
  const submit = async (): Promise<void> => {
    for (let each = left.shift(); each; each = left.shift()) {
      await node.send('POST', '/transactions/', encodeTransaction(each))
      acknowledged.push(each)
      await delay(10)
    }
  }
  await Promise.all([submit(), submit()].map((lane) => lane.catch(() => undefined)))
}

test('kill -9 while it fetches the chain of another: it goes on where it was', async () => {
  const source = await LiveNode.start(await copyOf(branches.long))
  let folder = ''
  let height = -1
  let inTheMiddle = 0
  for (let kill = 0; goesOn(kill, inTheMiddle, KILLS / 3); kill++) {
    if (folder === '' || height === branches.longHeight) {
      folder = await nodeFolder(join(await temporaryFolder(), 'node'), [source])
      height = -1
    }
    const goal = height + 1 + upTo(100)
    const node = await LiveNode.spawn(folder)
    const told = await waitFor('blocks to come', async () => {
      const status = await statusOf(node)
      return status && status.height >= Math.min(goal, branches.longHeight) ? status : undefined
    })
    await node.killHard()
    const found = await afterCrash(folder)
    expect(found.height).toBeGreaterThanOrEqual(told.height)
    if (found.height < branches.longHeight) inTheMiddle++
    height = found.height
  }
  expect(inTheMiddle).toBeGreaterThanOrEqual(KILLS / 3)
  await expectVerified(folder)
})

test('kill -9 while it changes to a better branch: what the former one held is in the chain or waits', async () => {
  const source = await LiveNode.start(await copyOf(branches.long))
  let inTheMiddle = 0
  for (let kill = 0; goesOn(kill, inTheMiddle, KILLS / 6);) {
    const folder = await copyOf(branches.short)
    await nodeFolder(folder, [source])
    const node = await LiveNode.spawn(folder)
    const lowest = branches.shortHeight - 1 - upTo(branches.shortHeight - branches.commonHeight - 2)
    await waitFor('the chain to change', async () => {
      const status = await statusOf(node)
      return status && (status.height <= lowest || status.height > branches.shortHeight + 1)
    })
    await node.killHard()
    const { before } = await expectNothingLost(folder)
    if (before.height < branches.shortHeight) inTheMiddle++
    kill++
    // The next start goes on with it, and dies too, perhaps before it is up.
    const again = await LiveNode.spawn(folder)
    await delay(200 + upTo(600))
    await again.killHard()
    await expectNothingLost(folder)
    kill++
  }
  expect(inTheMiddle).toBeGreaterThanOrEqual(KILLS / 6)
})

async function expectNothingLost(folder: string): Promise<Found> {
  const found = await afterCrash(folder)
  expect(found.height).toBeGreaterThanOrEqual(branches.shortHeight)
  expect(branches.notes.filter(({ id }) => !found.has(id)).map(({ id }) => id)).toEqual([])
  const missing = branches.paid.filter(({ id }) => !found.has(id))
  const isSpent = (id: string): boolean => found.isConfirmed(branches.rivals.get(id) ?? '')
  expect(missing.filter(({ id }) => !isSpent(id)).map(({ id }) => id)).toEqual([])
  return found
}

test('kill -9 of a reindex: the next start makes the index whole', async () => {
  const folder = await copyOf(branches.long)
  let inTheMiddle = 0
  for (let kill = 0; goesOn(kill, inTheMiddle, KILLS / 2); kill++) {
    const args = ['dist/terrarium.js', 'chain', 'reindex', '--dir', folder]
    const reindex = new Program(await checkout(), args)
    await untilRebuilt(folder, upTo(branches.longHeight - 100))
    await reindex.kill('SIGKILL')
    const found = await afterCrash(folder)
    expect(found.height).toBe(branches.longHeight)
    if (found.before.isBeingRebuilt) inTheMiddle++
  }
  expect(inTheMiddle).toBeGreaterThanOrEqual(KILLS / 2)
  const node = await LiveNode.start(folder)
  expect((await node.status()).height).toBe(branches.longHeight)
  await node.program.kill('SIGTERM')
  await expectVerified(folder)
})

/** Resolves once a rebuild by another process has reached so many transactions. */
async function untilRebuilt(folder: string, transactions: number): Promise<void> {
  const root = open<Meta, string>({
    path: join(folder, 'index'),
    noSubdir: false,
    readOnly: true,
    cache: false,
  })
  await waitFor('the index to be rebuilt so far', () => {
    const meta = root.get('meta')
    return meta?.isBeingRebuilt && meta.transactions >= transactions
  })
  await root.close()
}

interface Meta {
  readonly isBeingRebuilt: boolean
  readonly transactions: number
}

async function copyOf(folder: string): Promise<string> {
  const copy = join(await temporaryFolder(), 'node')
  await cp(folder, copy, { recursive: true })
  return copy
}
