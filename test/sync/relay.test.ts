import { expect, test } from '@jest/globals'
import { setTimeout as delay } from 'node:timers/promises'
import { mine } from '../support/chain.js'
import { PATIENT, SyncNetwork, type SyncNode } from '../support/sync-network.js'
import { agree, mineMany, node } from '../support/sync-nodes.js'
import { coinsOf, transfer } from '../support/transfer.js'
import { waitFor } from '../support/wait-for.js'

/** Nodes in a ring with shortcuts, running, on one chain of a few blocks. */
async function ring(network: SyncNetwork, count: number): Promise<SyncNode[]> {
  const first = await node(network, { sync: PATIENT })
  const nodes = [first]
  while (nodes.length < count) nodes.push(await node(network, { clock: first.clock, sync: PATIENT }))
  for (const [i, each] of nodes.entries()) {
    each.knows(...[1, 2, count - 1].map((step) => nodes[(i + step) % count] as SyncNode))
    each.sync.start()
  }
  await mineMany(first, 4)
  await agree(...nodes)
  return nodes
}

const hasAll = (nodes: readonly SyncNode[], ids: readonly string[]) =>
  waitFor('every node to hold every transaction', () =>
    nodes.every(({ chain }) => ids.every((id) => chain.pending.pool.get(id) !== undefined)),
  )

test('a transaction reaches every node, and over each link it goes at most once', async () => {
  const network = new SyncNetwork()
  const nodes = await ring(network, 8)
  const [first] = nodes as [SyncNode]
  network.reset()
  const sent = coinsOf(first.chain)
    .slice(0, 3)
    .map((coin) => transfer(first.chain, first.clock, { coins: [coin] }))
  for (const each of sent) await first.chain.pending.submit(each)
  const ids = sent.map(({ id }) => id)
  await hasAll(nodes, ids)
  await delay(100)
  const deliveries = network.messages.filter(
    ({ path, body }) => path === 'transactions' && 'transactions' in (body as object),
  )
  const receivers = deliveries.flatMap(({ to, body }) =>
    (body as { transactions: unknown[] }).transactions.map(() => to),
  )
  expect(receivers).toHaveLength(ids.length * (nodes.length - 1))
  for (const each of nodes) expect(each.misbehaviour).toEqual([])
})

test('a node that joins is offered what waits already', async () => {
  const network = new SyncNetwork()
  const nodes = await ring(network, 3)
  const [first] = nodes as [SyncNode]
  const waiting = transfer(first.chain, first.clock)
  await first.chain.pending.submit(waiting)
  const late = await node(network, { clock: first.clock })
  late.knows(first)
  first.knows(...nodes, late)
  late.sync.start()
  await hasAll([late], [waiting.id])
})

/** A node that hears of a waiting transaction before it can have the blocks of the others. */
async function lateNode(network: SyncNetwork, first: SyncNode, waiting: string): Promise<SyncNode> {
  const late = await node(network, { clock: first.clock, sync: PATIENT })
  const isOffer = ({ path }: { readonly path: string }) => path === 'transactions'
  let hasBlocks = false
  network.partition((_from, to) => hasBlocks || to !== first.record.port)
  late.knows(first)
  first.knows(late)
  late.sync.start()
  const toLate = () =>
    network.messages.filter((each) => isOffer(each) && JSON.stringify(each.body).includes(waiting))
  await waitFor('the transaction to be offered', () => toLate().length > 0)
  hasBlocks = true
  return late
}

test.each([
  ['sent too early is taken once the blocks it builds on are there', 4],
  ['is offered to a node that fetches blocks yet until it has them', 12],
])('a transaction %s', async (_fact, blocks) => {
  const network = new SyncNetwork()
  const first = await node(network, { sync: PATIENT })
  await mineMany(first, blocks)
  const waiting = transfer(first.chain, first.clock)
  await first.chain.pending.submit(waiting)
  first.sync.start()
  const late = await lateNode(network, first, waiting.id)
  await hasAll([late], [waiting.id])
  expect(late.misbehaviour).toEqual([])
})

test('transactions of the side that loses a split wait again, and reach the side that won', async () => {
  const network = new SyncNetwork()
  const nodes = await ring(network, 4)
  const [a, b, c, d] = nodes as [SyncNode, SyncNode, SyncNode, SyncNode]
  for (const each of nodes) each.knows(...nodes)
  const left = new Set([a, b].map(({ record }) => record.port))
  network.partition((from, to) => left.has(from) === left.has(to))
  const paid = transfer(a.chain, a.clock)
  await a.chain.pending.submit(paid)
  await mine(a.chain, a.clock)
  expect(a.chain.blockchain.index.hasTransaction(paid.id)).toBe(true)
  a.clock.nowMs += 3
  await mineMany(d, 3)
  await agree(c, d)
  network.heal()
  await agree(a, b, c, d)
  await hasAll(nodes, [paid.id])
})

test('a transaction that arrives before the one it spends from is taken once that is there', async () => {
  const network = new SyncNetwork()
  const [first, second] = (await ring(network, 4)) as [SyncNode, SyncNode]
  const parent = transfer(first.chain, first.clock)
  await first.chain.pending.submit(parent)
  const change = parent.outputs.length - 1
  const child = transfer(first.chain, first.clock, {
    coins: [
      {
        transactionId: parent.id,
        outputIndex: change,
        amount: parent.outputs[change]?.amount ?? 0,
        address: parent.outputs[change]?.address ?? '',
      },
    ],
  })
  await first.chain.pending.submit(child)
  await hasAll([first, second], [parent.id, child.id])
})

test('a block that is too large to travel with its header is fetched once by each node', async () => {
  const network = new SyncNetwork()
  const sync = { ...PATIENT, inlineBytes: 0 }
  const first = await node(network, { sync })
  const nodes = [first]
  while (nodes.length < 6) nodes.push(await node(network, { clock: first.clock, sync }))
  for (const each of nodes) {
    each.knows(...nodes)
    each.sync.start()
  }
  await mineMany(first, 1)
  await agree(...nodes)
  network.reset()
  await mineMany(first, 1)
  await agree(...nodes)
  const fetched = network.messages.filter(({ path }) => path === 'blocks').map(({ from }) => from)
  expect(fetched.length).toBe(nodes.length - 1)
  expect(new Set(fetched).size).toBe(nodes.length - 1)
})
