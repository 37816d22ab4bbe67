import { expect, test } from '@jest/globals'
import axios from 'axios'
import type { BlockchainInfo } from '../../src/api/schemas/info.js'
import type { RunningNode } from '../../src/app/node.js'
import { keyOf } from '../../src/nodes/record.js'
import { keysOf, knownTo, roundOf, roundsUntil } from '../support/rounds.js'
import { startClient, startDns } from '../support/test-node.js'

const info = (name: string): BlockchainInfo => ({
  name,
  height: -1,
  total_transactions: 0,
  total_addresses: 0,
  block_time: 60,
  block_reward: 2.5,
})

const put = (node: RunningNode, name: string) => axios.put(`${node.url}/blockchain/`, info(name))
const nameOf = async (node: RunningNode) => (await axios.get<BlockchainInfo>(`${node.url}/blockchain/`)).data.name

test('one PUT to the seed server founds a network: clients take its info over and know each other again', async () => {
  const dns = await startDns()
  const clients = [await startClient(dns), await startClient(dns), await startClient(dns)]
  const all = [dns, ...clients]
  await roundsUntil(() => clients.every((node) => knownTo(node).length === 2), all, 4)
  await put(dns, 'founded')
  await roundOf(all)
  expect(await Promise.all(clients.map(nameOf))).toEqual(['founded', 'founded', 'founded'])
  await roundsUntil(() => clients.every((node) => knownTo(node).length === 2) && knownTo(dns).length === 3, all, 3)
})

test('a client keeps what it took over when it starts again without its seed server', async () => {
  const dns = await startDns()
  const before = await startClient(dns)
  await put(dns, 'founded')
  await before.finder.round()
  await before.stop()
  await dns.stop()
  const after = await startClient(undefined, ['--dir', before.dir])
  expect(await nameOf(after)).toBe('founded')
})

test('an info that the operator put in a client is pinned: no seed server replaces it, nor does a restart', async () => {
  const dns = await startDns()
  const before = await startClient(dns)
  await put(before, 'mine')
  await put(dns, 'theirs')
  await before.finder.round()
  expect(await nameOf(before)).toBe('mine')
  await before.stop()
  const after = await startClient(dns, ['--dir', before.dir])
  await after.finder.round()
  expect(await nameOf(after)).toBe('mine')
})

test('a node of another network is refused by all and lists none of them', async () => {
  const dns = await startDns()
  const clients = [await startClient(dns), await startClient(dns)]
  const stranger = await startClient(dns)
  await put(stranger, 'another')
  const seen = new Set<string>()
  for (let round = 0; round < 3; round++) {
    await roundOf([dns, ...clients, stranger])
    for (const node of [dns, ...clients]) for (const key of knownTo(node)) seen.add(key)
    expect(knownTo(stranger)).toEqual([])
  }
  expect([...seen].sort()).toEqual(keysOf(...clients))
})

test('a node that moves to another network is dropped there and known here', async () => {
  const dns = await startDns()
  const [one, two] = [await startClient(dns), await startClient(dns)]
  await roundsUntil(() => knownTo(one).length === 1 && knownTo(two).length === 1, [dns, one, two], 3)
  await put(two, 'another')
  await roundOf([one, dns])
  expect([knownTo(one), knownTo(dns)]).toEqual([[], keysOf(one)])
  await put(two, 'test')
  await put(one, 'test')
  await axios.post(`${one.url}/nodes/`, two.record)
  expect(knownTo(one)).toEqual([keyOf(two.record)])
  await one.finder.round()
  expect([knownTo(one), knownTo(two)]).toEqual([keysOf(two), keysOf(one)])
})
