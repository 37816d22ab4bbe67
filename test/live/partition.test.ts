import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import type { OwnedCoin } from '../../src/wallet/build-transaction.js'
import { chainOf } from '../../src/ledger/chain.js'
import { removeFolder } from '../support/chain.js'
import { temporaryFolder } from '../support/cleanup.js'
import { memoryFolder } from '../support/memory-folder.js'
import { checkout, Program } from '../support/program.js'
import { waitFor } from '../support/wait-for.js'
import { afterCrash } from './after-crash.js'
import { buildCommon, LIVE_SETTINGS, nodeFolder, spend } from './branches.js'
import { expectVerified, LiveNode } from './live-node.js'

jest.setTimeout(240_000)

const PATIENCE_MS = 60_000

let workshop = ''
let coins: readonly OwnedCoin[] = []

beforeAll(async () => {
  workshop = await memoryFolder()
  coins = await buildCommon(join(workshop, 'common'))
})

afterAll(() => removeFolder(workshop))

function payment(n: number, to: number): Transaction {
  const coin = coins[n]
  if (!coin) throw new Error(`there is no coin ${n}`)
  return spend(coin, Date.now(), chainOf(LIVE_SETTINGS).id, to)
}

/** A seed server; the flags by which clients find it. */
async function startSeed(): Promise<readonly string[]> {
  const folder = await nodeFolder(join(await temporaryFolder(), 'seed'))
  const program = new Program(await checkout(), ['dist/dns.js', '--port', '0', '--dir', folder, '-u', '0.2'])
  return ['--dns_ip', '127.0.0.1', '--dns_port', new URL(await program.url()).port]
}

/** Resolves when each of the nodes knows all the others of them, and nobody else. */
async function untilAcquainted(nodes: readonly LiveNode[]): Promise<void> {
  for (const node of nodes) {
    const others = nodes.filter((other) => other !== node).map(({ port }) => port)
    const wanted = JSON.stringify(others.sort())
    await waitFor(
      `${node.port} to know ${wanted}`,
      async () => {
        const known = (await node.get('/nodes/')) as { port: number }[]
        return JSON.stringify(known.map(({ port }) => port).sort()) === wanted
      },
      PATIENCE_MS,
    )
  }
}

/** Resolves with the tip once all have the same one. */
async function untilAgreed(nodes: readonly LiveNode[]): Promise<string> {
  return waitFor(
    'all nodes to have one tip',
    async () => {
      const tips = new Set(await Promise.all(nodes.map(async (node) => (await node.status()).tip)))
      return tips.size === 1 ? [...tips][0] : undefined
    },
    PATIENCE_MS,
  )
}

async function untilHeight(node: LiveNode, height: number): Promise<void> {
  await waitFor(
    `block ${height} of ${node.port}`,
    async () => (await node.status()).height >= height,
    PATIENCE_MS,
  )
}

type Fate = 'pending' | 'confirmed' | 'unknown'

async function fateOf(node: LiveNode, { id }: Transaction): Promise<Fate> {
  const answer = (await node.get(`/transactions/${id}/status/`).catch(() => undefined)) as
    { status: Fate } | undefined
  return answer?.status ?? 'unknown'
}

/** Resolves when every node says this of every transaction. */
async function untilAll(
  nodes: readonly LiveNode[],
  transactions: readonly Transaction[],
  fates: readonly Fate[],
): Promise<void> {
  for (const node of nodes) {
    for (const each of transactions) {
      await waitFor(
        `${each.id} to be ${fates.join(' or ')} at ${node.port}`,
        async () => fates.includes(await fateOf(node, each)),
        PATIENCE_MS,
      )
    }
  }
}

async function handIn(nodes: readonly LiveNode[], transactions: readonly Transaction[]): Promise<void> {
  for (const [i, each] of transactions.entries()) {
    await nodes[i % nodes.length]?.send('POST', '/transactions/', encodeTransaction(each))
  }
}

const mine = (node: LiveNode, mode: 'off' | 'interval', interval = 0.3): Promise<unknown> =>
  node.send('PUT', '/mining/', mode === 'off' ? { mode } : { mode, interval })

test('five processes, parted and healed: all have the branch of most work, and only the double spend is lost', async () => {
  const seed = await startSeed()
  const folders = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const folder = join(await temporaryFolder(), 'node')
      await cp(join(workshop, 'common'), folder, { recursive: true })
      return folder
    }),
  )
  const together = await Promise.all(folders.map((folder) => LiveNode.start(folder, seed)))
  await untilAcquainted(together)
  const before = payment(0, 3)
  await handIn(together.slice(4), [before])
  await mine(together[0] as LiveNode, 'interval')
  await untilAll(together, [before], ['confirmed'])
  await mine(together[0] as LiveNode, 'off')
  await untilAgreed(together)

  // Two of them lose the others from sight, and meet at a seed server of their own.
  const left = together.slice(0, 3)
  for (const node of together.slice(3)) await node.program.kill('SIGKILL')
  await untilAcquainted(left)
  const other = [...(await startSeed()), '--nodes', 'nodes-of-the-split.json']
  const right = await Promise.all(
    together.slice(3).map(({ folder, port }) => LiveNode.start(folder, other, port)),
  )
  await untilAcquainted(right)
  const fork = (await (left[0] as LiveNode).status()).height

  const [ofLeft, ofRight] = [[1, 2, 3, 4].map((n) => payment(n, 1)), [5, 6, 7, 8].map((n) => payment(n, 2))]
  const spentTwice = [payment(9, 4), payment(9, 5)] as const
  await handIn(left, [...ofLeft, spentTwice[0]])
  await handIn(right, [...ofRight, spentTwice[1]])
  await Promise.all([mine(left[0] as LiveNode, 'interval'), mine(right[0] as LiveNode, 'interval', 0.8)])
  await Promise.all([
    untilAll(left, [...ofLeft, spentTwice[0]], ['confirmed']),
    untilAll(right, [...ofRight, spentTwice[1]], ['confirmed']),
  ])
  await Promise.all([
    untilHeight(left[1] as LiveNode, fork + 12),
    untilHeight(right[1] as LiveNode, fork + 4),
  ])
  await Promise.all([left, right].map(([node]) => mine(node as LiveNode, 'off')))
  const [leftTip, rightTip] = await Promise.all([left, right].map(untilAgreed))
  expect(leftTip).not.toBe(rightTip)
  for (const each of ofRight) expect(await fateOf(left[0] as LiveNode, each)).toBe('unknown')
  const heavier = (await workAt(left[0])) > (await workAt(right[0])) ? leftTip : rightTip

  // One node of each side meets one of the other: they tell the rest.
  await (right[1] as LiveNode).send('POST', '/nodes/', {
    ip_address: '127.0.0.1',
    port: (left[2] as LiveNode).port,
  })
  const all = [...left, ...right]
  await untilAcquainted(all)
  expect(await untilAgreed(all)).toBe(heavier)
  await untilAll(all, [...ofLeft, ...ofRight], ['pending', 'confirmed'])
  await mine(right[0] as LiveNode, 'interval')
  await untilAll(all, [...ofLeft, ...ofRight, before], ['confirmed'])
  await mine(right[0] as LiveNode, 'off')
  await untilAgreed(all)
  const [lasting, lost] = heavier === leftTip ? spentTwice : ([spentTwice[1], spentTwice[0]] as const)
  await untilAll(all, [lasting], ['confirmed'])
  await untilAll(all, [lost], ['unknown'])

  for (const node of all) {
    expect((await node.program.kill('SIGTERM')).stdout).not.toContain('"level":50')
    await expectVerified(node.folder)
    await afterCrash(node.folder)
  }
})

async function workAt(node: LiveNode | undefined): Promise<bigint> {
  const { work } = (await node?.get('/sync/status/')) as { work: string }
  return BigInt(`0x${work}`)
}
