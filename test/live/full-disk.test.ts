/** A node whose disk is full: it says so, answers what it is asked, and goes on when there is room. */
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { chainOf } from '../../src/ledger/chain.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { temporaryFolder } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { afterCrash } from './after-crash.js'
import { buildCommon, LIVE_SETTINGS, nodeFolder, spend } from './branches.js'
import { expectVerified, LiveNode } from './live-node.js'
import { SmallDisk } from './remote/kit/small-disk.js'

jest.setTimeout(120_000)

const MEGABYTES = 32
const { id: chainId } = chainOf(LIVE_SETTINGS)
const onSmallDisk = SmallDisk.isPossible() ? test : test.skip

interface Ground {
  readonly folder: string
  readonly disk: SmallDisk
  /** A new transaction, each time. */
  readonly pay: () => Transaction
}

/** The folder of a node, alone on its small disk. */
async function prepare(peers: readonly LiveNode[] = []): Promise<Ground & { readonly common: string }> {
  const base = await temporaryFolder()
  const common = join(base, 'common')
  const coins = await buildCommon(common)
  const folder = join(base, 'node')
  const disk = SmallDisk.mount(folder, MEGABYTES)
  await cp(common, folder, { recursive: true })
  await nodeFolder(folder, peers)
  const pay = (): Transaction => {
    const coin = coins.pop()
    if (!coin) throw new Error('all coins are spent')
    return spend(coin, Date.now(), chainId)
  }
  return { folder, disk, pay, common }
}

/** Lines of the log that tell of the disk. */
function diskLines(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.includes('DiskError'))
}

async function submit(node: LiveNode, transaction: Transaction): Promise<Transaction> {
  await node.send('POST', '/transactions/', encodeTransaction(transaction))
  return transaction
}

onSmallDisk(
  'DISK-1, DISK-2, DISK-4: a full disk ends no node: it refuses what it would have to write, says so once, and goes on when there is room',
  async () => {
    const { folder, disk, pay } = await prepare()
    const node = await LiveNode.start(folder, ['--mine', 'interval', '--mine-interval', '0.1'])
    const acknowledged = [await submit(node, pay())]
    const { height } = await waitFor('blocks', async () => {
      const status = await node.status()
      return status.height > 40 ? status : undefined
    })
    disk.fill()
    for (let i = 0; i < 30; i++) {
      await expect(submit(node, pay())).rejects.toThrow(/^507 .*DISK_FAILED/)
    }
    await expect(node.send('POST', '/mining/', { count: 1 })).rejects.toThrow(/^507 .*DISK_FAILED/)
    const stuck = await node.status()
    expect(stuck.height).toBeGreaterThanOrEqual(height)
    await node.get(`/blocks/${stuck.height}/`)
    expect(diskLines(node.program.text())).toHaveLength(1)
    expect(diskLines(node.program.text())[0]).toMatch(/0 KB are left on its disk.*make room/)

    disk.free()
    acknowledged.push(await submit(node, pay()))
    await waitFor('mining to go on', async () => (await node.status()).height > stuck.height + 1)

    // Full again, and killed: a start says what it lacks, and the next one finds everything.
    disk.fill()
    const told = await node.status()
    await node.killHard()
    const refused = await (await LiveNode.spawn(folder)).program.ended
    expect(refused.code).toBe(1)
    expect(refused.stderr).toMatch(/^client: cannot write .*ENOSPC.*\(make room on its disk\)$/m)
    disk.free()
    const again = await LiveNode.start(folder, ['--mine', 'interval', '--mine-interval', '0.1'])
    expect((await again.status()).height).toBeGreaterThanOrEqual(told.height)
    acknowledged.push(await submit(again, pay()))
    await again.killHard()
    const found = await afterCrash(folder)
    expect(found.height).toBeGreaterThan(stuck.height)
    expect(acknowledged.filter(({ id }) => !found.has(id))).toEqual([])
    await expectVerified(folder)
  },
)

onSmallDisk('DISK-2: the blocks of another node come when there is room, and not before', async () => {
  const { folder, disk, common } = await prepare()
  const source = join(await temporaryFolder(), 'source')
  await cp(common, source, { recursive: true })
  const peer = await LiveNode.start(source)
  await nodeFolder(folder, [peer])
  const node = await LiveNode.start(folder)
  const mined = async (): Promise<number> => {
    await peer.send('POST', '/mining/', { count: 3 })
    return (await peer.status()).height
  }
  const first = await mined()
  await waitFor('the first blocks', async () => (await node.status()).height === first)
  disk.fill()
  const second = await mined()
  await waitFor('the node to tell of its disk', () => diskLines(node.program.text()).length > 0)
  expect((await node.status()).height).toBe(first)
  disk.free()
  await waitFor('the other blocks', async () => (await node.status()).height === second)
  await node.killHard()
  expect((await afterCrash(folder)).height).toBe(second)
})
