import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import axios from 'axios'
import type { RunningNode } from '../../../src/app/node.js'
import { keyOf } from '../../../src/nodes/record.js'
import { temporaryFolder } from '../../support/cleanup.js'
import { keysOf, knownTo, roundOf, roundsUntil } from '../../support/rounds.js'
import { fixedRandom, startClient, startDns } from '../../support/test-node.js'

async function network(clients: number, args: readonly string[] = []) {
  const dns = await startDns()
  const nodes: RunningNode[] = []
  for (let i = 0; i < clients; i++) nodes.push(await startClient(dns, args, { random: fixedRandom(i + 1) }))
  return { dns, nodes, all: [dns, ...nodes] }
}

const tell = (node: RunningNode, { record }: Pick<RunningNode, 'record'>) => axios.post(`${node.url}/nodes/`, record)

describe('one seed server and two clients', () => {
  test('reach the equilibrium of the walkthrough: the seed server knows both, each knows the other', async () => {
    const { dns, nodes, all } = await network(2)
    const [one, two] = nodes as [RunningNode, RunningNode]
    await one.finder.round()
    expect([knownTo(dns), knownTo(one)]).toEqual([keysOf(one), []])
    await two.finder.round()
    await one.finder.round()
    for (let again = 0; again < 3; again++) {
      expect([knownTo(dns), knownTo(one), knownTo(two)]).toEqual([keysOf(one, two), keysOf(two), keysOf(one)])
      await roundOf(all)
    }
  })

  test('tell it over REST and on disk as well', async () => {
    const { dns, nodes, all } = await network(2)
    await roundsUntil(() => knownTo(dns).length === 2, all, 3)
    const { data } = await axios.get<object[]>(`${dns.url}/nodes/`)
    expect(data).toEqual(dns.finder.known.list())
    await dns.stop()
    expect(JSON.parse(await readFile(join(dns.dir, 'nodes.json'), 'utf8'))).toEqual(dns.finder.known.list())
    expect(keysOf(...nodes)).toEqual(knownTo(dns))
  })
})

test('twenty nodes with limit 5 each know at least five, none itself or the seed server, none more than ten', async () => {
  const { dns, nodes, all } = await network(20, ['--kn_limit', '5'])
  const rounds = await roundsUntil(() => nodes.every((node) => knownTo(node).length >= 5), all, 4)
  expect(rounds).toBeGreaterThan(0)
  await roundOf(all)
  for (const node of nodes) {
    expect(knownTo(node)).not.toContain(keyOf(node.record))
    expect(knownTo(node)).not.toContain(keyOf(dns.record))
    expect(knownTo(node).length).toBeLessThanOrEqual(10)
  }
  expect(knownTo(dns)).toEqual(keysOf(...nodes))
})

describe('a seed server', () => {
  test('never announces itself to the nodes it checks', async () => {
    const { dns, nodes } = await network(1)
    await roundOf(nodes)
    await dns.finder.round()
    await dns.finder.round()
    expect(knownTo(nodes[0] as RunningNode)).toEqual([])
  })

  test('is not stored by a client that somebody tells of it, by name or by address', async () => {
    const { dns } = await network(0)
    const client = await startClient(dns, ['--dns_ip', 'localhost'])
    await tell(client, dns)
    await client.finder.round()
    await tell(client, dns)
    await client.finder.round()
    expect(knownTo(client)).toEqual([])
  })

  test('that died comes back with an empty folder and knows everybody after one round of theirs', async () => {
    const { dns, nodes, all } = await network(3)
    await roundsUntil(() => all.every((node) => knownTo(node).length === (node === dns ? 3 : 2)), all, 4)
    await dns.stop()
    await roundOf(nodes)
    for (const node of nodes) expect(knownTo(node)).toEqual(keysOf(...nodes.filter((other) => other !== node)))
    await rm(dns.dir, { recursive: true })
    const again = await startDns(['--port', String(dns.record.port), '--dir', dns.dir])
    expect(knownTo(again)).toEqual([])
    await roundOf(nodes)
    expect(knownTo(again)).toEqual(keysOf(...nodes))
  })
})

describe('a dead node', () => {
  test('that two live ones keep telling each other about is gone for good within three rounds', async () => {
    let nowMs = 0
    const clock = { now: () => nowMs }
    const dns = await startDns([], clock)
    const nodes = [await startClient(dns, [], clock), await startClient(dns, [], clock), await startClient(dns, [], clock)] as const
    const [one, two, dead] = nodes
    await roundsUntil(() => nodes.every((node) => knownTo(node).length === 2), [dns, ...nodes], 4)
    await dead.stop()
    const live = [dns, one, two]
    await roundsUntil(() => live.every((node) => !knownTo(node).includes(keyOf(dead.record))), live, 3)
    for (let round = 0; round < 20; round++) {
      nowMs += 60_000
      await Promise.all([tell(one, dead), tell(two, dead), roundOf(live)])
      await roundOf(live)
      expect(live.map((node) => knownTo(node).includes(keyOf(dead.record)))).toEqual([false, false, false])
    }
  })

  test('is back everywhere soon after it lives again, though it was shunned', async () => {
    const { dns, nodes, all } = await network(3)
    const [one, two, gone] = nodes as [RunningNode, RunningNode, RunningNode]
    await roundsUntil(() => nodes.every((node) => knownTo(node).length === 2), all, 4)
    await gone.stop()
    await roundOf([dns, one, two])
    const again = await startClient(dns, ['--port', String(gone.record.port)])
    await roundsUntil(() => [one, two].every((node) => knownTo(node).length === 2), [dns, one, two, again], 2)
    expect(knownTo(dns)).toEqual(keysOf(one, two, again))
  })
})

test('nodes that come and go leave the others knowing exactly who is there', async () => {
  const { dns, nodes } = await network(4)
  const alive = new Set(nodes)
  const random = fixedRandom(7)
  for (let turn = 0; turn < 6; turn++) {
    const leaving = [...alive][Math.floor(random() * alive.size)] as RunningNode
    alive.delete(leaving)
    await leaving.stop()
    alive.add(await startClient(dns))
    const everybody = [dns, ...alive]
    const expected = (node: RunningNode) => keysOf(...[...alive].filter((other) => other !== node)).join()
    await roundsUntil(() => everybody.every((node) => knownTo(node).join() === expected(node)), everybody, 4)
  }
})

test('a node that restarts knows from its folder whom it knew, and has its port again', async () => {
  const folder = await temporaryFolder()
  const { dns, nodes } = await network(1)
  const args = ['--dir', join(folder, 'node'), '--port', '0']
  const before = await startClient(dns, args)
  await roundsUntil(() => knownTo(before).length === 1, [dns, ...nodes, before], 3)
  await before.stop()
  await dns.stop()
  const after = await startClient(undefined, ['--dir', join(folder, 'node'), '--port', String(before.record.port)])
  expect([after.record, knownTo(after)]).toEqual([before.record, keysOf(...nodes)])
  await after.finder.round()
  expect(knownTo(after)).toEqual(keysOf(...nodes))
})

test('a node known under another spelling is listed once, under its own record', async () => {
  const { nodes } = await network(2)
  const [one, two] = nodes as [RunningNode, RunningNode]
  for (const ip_address of ['::ffff:127.0.0.1', '::FFFF:7F00:1', '0:0:0:0:0:ffff:127.0.0.1', '127.0.0.1']) {
    await axios.post(`${one.url}/nodes/`, { ip_address, port: two.record.port })
    await axios.post(`${one.url}/nodes/`, { ip_address, port: one.record.port })
  }
  expect(knownTo(one)).toEqual(keysOf(two))
  await one.finder.round()
  expect(knownTo(one)).toEqual(keysOf(two))
})

test('a node that answered under a wrong address is known again once that is put right', async () => {
  const { dns, nodes } = await network(1)
  const [one] = nodes as [RunningNode]
  const wrong = await startClient(dns, ['--advertise', '127.0.0.1:9'])
  await axios.post(`${one.url}/nodes/`, { ip_address: '127.0.0.1', port: Number(new URL(wrong.localUrl).port) })
  await one.finder.round()
  expect(knownTo(one)).toEqual([])
  await wrong.stop()
  const right = await startClient(dns, ['--port', new URL(wrong.localUrl).port])
  await roundsUntil(() => knownTo(one).join() === keysOf(right).join(), [dns, one, right], 3)
})

test('a round that finds all well makes a request to the seed server and one to each known node', async () => {
  const { nodes, all } = await network(4, ['--kn_limit', '3'])
  await roundsUntil(() => nodes.every((node) => knownTo(node).length === 3), all, 4)
  expect(await (nodes[0] as RunningNode).finder.round()).toEqual({
    checked: 3,
    dropped: 0,
    asked: 0,
    learned: 0,
    askedSeed: false,
    seedAnswered: true,
  })
})
