import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { chainApi, nodeApi, seedApi } from '../../src/api/node-api.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import { TestClock } from '../support/chain.js'
import { expectError, startChainNode } from '../support/chain-node.js'
import { startClient, startDns } from '../support/test-node.js'
import { waitFor } from '../support/wait-for.js'

const INFO = {
  name: 'terrarium of the test',
  height: -1,
  total_transactions: 0,
  total_addresses: 0,
  block_time: 300,
  block_reward: 2,
}

test('the blockchain info follows from the chain once it has blocks', async () => {
  const { get, mine, transfer, chain } = await startChainNode()
  expect(await get('blockchain.get', '/blockchain/')).toMatchObject({ height: -1, total_transactions: 0 })
  await mine(8)
  await chain.pending.submit(transfer(0, 1, 70_000_000))
  await mine(1, 2)
  expect(await get('blockchain.get', '/blockchain/')).toEqual({
    name: 'test_blockchain',
    height: 8,
    total_transactions: 10,
    total_addresses: 3,
    block_time: 300,
    block_reward: 1.5,
  })
  const health = await get('node.health', '/health')
  expect(health).toMatchObject({ height: 8, tip_hash: chain.blockchain.tip()?.hash, pending_transactions: 0 })
})

test('another info founds another chain before block 0, and what waited for the former chain is dropped', async () => {
  const { url, get, mine, chain, node } = await startChainNode()
  const before = node.context.blockchain.get()
  expect(before.block_reward).toBe(1.5)
  const former = chain.blockchain.chain.id
  expect((await request(url).put('/blockchain/').send(INFO)).status).toBe(200)
  expect(chain.blockchain.chain.id).not.toBe(former)
  expect((await get('node.health', '/health')).chain_id).toBe(chain.blockchain.chain.id)
  const [block] = await mine(1)
  expect(block?.header.previousHash).toBe(chain.blockchain.chain.id)
  expect(block?.transactions[0]?.outputs[0]?.amount).toBe(200_000_000)
  await expectError(request(url).put('/blockchain/').send(INFO), 409, 'INFO_CONFLICT', {
    keys: ['height', 'total_transactions', 'total_addresses'],
  })
  const repeated = { ...INFO, height: 0, total_transactions: 1, total_addresses: 1 }
  expect((await request(url).put('/blockchain/').send(repeated)).body).toEqual(repeated)
})

test('a node refuses to start on the blocks of another chain, and says which and what to do', async () => {
  const made = await startChainNode()
  await made.mine(1)
  const { dir } = made.node
  const id = made.chain.blockchain.chain.id
  await made.node.stop()
  await writeFile(join(dir, 'blockchain.json'), JSON.stringify(INFO))
  const again = startClient(undefined, ['--dir', dir], { now: made.clock.now })
  await expect(again).rejects.toThrow(
    new RegExp(
      `block 0 in .*blocks belongs to chain ${id}, but .* chain [0-9a-f]{64} \\(name "terrarium of the test"\\): put the info of those blocks back`,
    ),
  )
  await writeFile(
    join(dir, 'blockchain.json'),
    JSON.stringify({ ...INFO, name: 'test_blockchain', block_reward: 1.5 }),
  )
  const cured = await startClient(undefined, ['--dir', dir], { now: made.clock.now })
  expect(cured.context.blockchain.get()).toMatchObject({ height: 0, total_transactions: 1 })
})

test('chain and pending transactions are there again after a restart, and their files can be read', async () => {
  const made = await startChainNode()
  await made.mine(8)
  const transfer = made.transfer(0, 1, 70_000_000)
  await made.post('transactions.submit', '/transactions/', encodeTransaction(transfer))
  const { dir } = made.node
  const file = join(dir, 'transactions.json')
  const mirrored = await waitFor('the mirror', async () => {
    const text = await readFile(file, 'utf8').catch(() => '')
    return text.includes(transfer.inputs[0]?.transactionId ?? '-') ? text : undefined
  })
  expect(JSON.parse(mirrored)).toEqual([encodeTransaction(transfer)])
  await made.node.stop()
  expect(JSON.parse(await readFile(join(dir, 'blockchain.json'), 'utf8'))).toMatchObject({
    height: 7,
    total_transactions: 8,
  })

  const again = await startClient(undefined, ['--dir', dir], { now: made.clock.now })
  expect(again.chain?.blockchain.height()).toBe(7)
  expect(again.chain?.pending.pool.get(transfer.id)).toBeDefined()
  await again.stop()

  // Without its store the node takes them from the file.
  await rm(join(dir, 'pending'), { recursive: true })
  const third = await startClient(undefined, ['--dir', dir], { now: made.clock.now })
  expect(third.chain?.pending.pool.get(transfer.id)).toBeDefined()
  await third.stop()

  await rm(join(dir, 'pending'), { recursive: true })
  await writeFile(file, '[{"version": 1}]')
  const fourth = await startClient(undefined, ['--dir', dir], { now: made.clock.now })
  expect(fourth.chain?.pending.pool.size).toBe(0)
})

test('a seed server has no chain to ask about', async () => {
  const dns = await startDns([], { now: new TestClock().now })
  for (const path of ['/blocks/', '/transactions/', `/utxo/0x${'0'.repeat(40)}/`, '/headers/']) {
    await expectError(request(dns.localUrl).get(path), 404, 'NOT_FOUND')
  }
  expect((await request(dns.localUrl).get('/health')).body).toMatchObject({
    tip_hash: null,
    pending_transactions: 0,
  })
})

test('each table holds all of the smaller one', () => {
  expect(Object.keys(chainApi)).toEqual(expect.arrayContaining(Object.keys(seedApi)))
  expect(Object.keys(nodeApi)).toEqual(expect.arrayContaining(Object.keys(chainApi)))
})

test('a node describes exactly what it serves', async () => {
  const { url } = await startChainNode()
  const lan = await startChainNode(['--profile', 'lan'])
  const paths = async (at: string) =>
    Object.keys(((await request(at).get('/openapi.json')).body as { paths: object }).paths)
  expect(await paths(url)).toEqual(expect.arrayContaining(['/blocks/{bid}/', '/faucet/']))
  expect(await paths(lan.url)).not.toContain('/faucet/')
})
