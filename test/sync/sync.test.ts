import { expect, test } from '@jest/globals'
import { setTimeout as delay } from 'node:timers/promises'
import { PATIENT, SyncNetwork, SyncNode } from '../support/sync-network.js'
import { agree, blocksOf, mineMany, node } from '../support/sync-nodes.js'
import { waitFor } from '../support/wait-for.js'

test('a new node fetches the chain of the others, headers first, blocks from several nodes', async () => {
  const network = new SyncNetwork()
  const source = await node(network)
  const helper = await node(network, { clock: source.clock })
  await helper.chain.blockchain.submitMany(await mineMany(source, 60))
  const late = await node(network, {
    clock: source.clock,
    sync: { ...PATIENT, headersPerCall: 20, blocksPerCall: 5 },
  })
  late.knows(source, helper)
  late.sync.start()
  await agree(source, late)
  const asked = network.messages.filter(({ path }) => path === 'blocks').map(({ to }) => to)
  expect(new Set(asked).size).toBe(2)
  expect(late.chain.blockchain.index.totals()).toEqual(source.chain.blockchain.index.totals())
  expect(late.misbehaviour).toEqual([])
  expect(late.errors).toEqual([])
})

test('five nodes that were parted converge on the most work once they meet, and pass on what the losers had', async () => {
  const network = new SyncNetwork()
  const first = await node(network)
  const { clock } = first
  const nodes = [first]
  for (let i = 0; i < 4; i++) nodes.push(await node(network, { clock }))
  for (const each of nodes) {
    each.knows(...nodes)
    each.sync.start()
  }
  await mineMany(first, 5)
  await agree(...nodes)
  const left = new Set(nodes.slice(0, 2).map(({ record }) => record.port))
  network.partition((from, to) => left.has(from) === left.has(to))
  const last = nodes[4] as SyncNode
  await mineMany(first, 3)
  clock.nowMs += 7
  await mineMany(last, 5)
  await agree(...nodes.slice(0, 2))
  await agree(...nodes.slice(2))
  expect(first.tip).not.toBe(last.tip)
  network.heal()
  await agree(...nodes)
  expect(first.height).toBe(9)
  for (const each of nodes) expect(each.misbehaviour).toEqual([])
})

test('twenty nodes hear of a new block without polling, over each link at most once, and none has to fetch it', async () => {
  const network = new SyncNetwork()
  const first = await node(network, { sync: PATIENT })
  const nodes = [first]
  for (let i = 0; i < 19; i++) {
    nodes.push(await node(network, { clock: first.clock, sync: { ...PATIENT, pollMs: 3_600_000 } }))
  }
  for (const [i, each] of nodes.entries()) {
    each.knows(...[1, 2, 5, 9, 12].map((step) => nodes[(i + step) % nodes.length] as SyncNode))
    each.sync.start()
  }
  await mineMany(first, 1)
  await agree(...nodes)
  network.reset()
  await mineMany(first, 1)
  await agree(...nodes)
  await delay(50)
  const perLink = new Map<string, number>()
  for (const { from, to, path } of network.messages) {
    if (path === 'announce') perLink.set(`${from} ${to}`, (perLink.get(`${from} ${to}`) ?? 0) + 1)
  }
  expect(Math.max(...perLink.values())).toBe(1)
  expect(network.messages.filter(({ path }) => path === 'blocks')).toEqual([])
})

test('a node that was stopped in the middle of its download goes on from there', async () => {
  const network = new SyncNetwork()
  const source = await node(network)
  await mineMany(source, 60)
  const first = await SyncNode.open(network, { clock: source.clock, sync: { blocksPerCall: 4 } })
  first.knows(source)
  let batches = 0
  network.answerOnly(({ path }) => path !== 'blocks' || ++batches <= 3)
  first.sync.start()
  await waitFor('some blocks', () => first.height === 11)
  await first.close()
  network.reset()
  network.answerOnly(() => true)
  const again = await node(network, { clock: source.clock, folder: first.folder })
  expect(again.height).toBe(11)
  again.knows(source)
  again.sync.start()
  await agree(source, again)
  expect(network.messages.filter(({ path }) => path === 'headers')).toEqual([])
})

test('nodes whose clocks differ by fifty seconds either way follow each other', async () => {
  const network = new SyncNetwork()
  const early = await node(network)
  const late = await node(network)
  late.clock.nowMs += 100_000
  early.clock.nowMs += 50_000
  for (const [a, b] of [
    [early, late],
    [late, early],
  ] as const) {
    a.knows(b)
    a.sync.start()
  }
  await mineMany(late, 3)
  await agree(early, late)
  await mineMany(early, 3)
  await agree(early, late)
  expect([early, late].flatMap(({ misbehaviour }) => misbehaviour)).toEqual([])
})

test('HDR-19: a header too far ahead of the clock is taken once its time has come, and nobody is blamed', async () => {
  const network = new SyncNetwork()
  const ahead = await node(network)
  const behind = await node(network)
  await mineMany(ahead, 3)
  ahead.clock.nowMs += 200_000
  await mineMany(ahead, 2)
  behind.clock.nowMs = ahead.clock.nowMs - 150_000
  behind.knows(ahead)
  behind.sync.start()
  await waitFor('the blocks whose time has come', () => behind.height === 2)
  expect(behind.misbehaviour).toEqual([])
  behind.clock.nowMs += 150_000
  await agree(ahead, behind)
})

test('a fork deeper than any branch that is kept is followed when its whole work is shown', async () => {
  const network = new SyncNetwork()
  const short = await node(network)
  const long = await node(network)
  long.clock.nowMs += 500
  await mineMany(short, 60)
  await mineMany(long, 65)
  short.clock.nowMs = long.clock.nowMs = Math.max(short.clock.nowMs, long.clock.nowMs)
  const late = await node(network, { clock: short.clock, maxBranchDepth: 20, sync: { headersPerCall: 10 } })
  late.knows(long)
  await late.chain.blockchain.submitMany(await blocksOf(short))
  late.sync.start()
  await waitFor('the longer branch', () => late.tip === long.tip)
})
