import { expect, test } from '@jest/globals'
import request from 'supertest'
import { blockTemplate } from '../../src/chain/block-template.js'
import { account, solve } from '../support/chain.js'
import { expectError, startChainNode } from '../support/chain-node.js'

const NOBODY = `0x${'0'.repeat(40)}`

test('the faucet pays from development account 0, and says clearly when it cannot', async () => {
  const { get, post, mine, url, chain } = await startChainNode()
  const ask = (body: object) => request(url).post('/faucet/').send(body)
  await expectError(ask({ address: NOBODY }), 409, 'NO_COINS', { address: account(0).address, balance: 0 })
  await mine(5)
  await expectError(ask({ address: NOBODY }), 409, 'NO_COINS', { needed: 100_001_000 })
  await mine(2)
  const paid = await post('faucet.pay', '/faucet/', { address: NOBODY })
  expect(paid).toMatchObject({ address: NOBODY, amount: 100_000_000 })
  expect(await get('transactions.status', `/transactions/${paid.id}/status/`)).toMatchObject({
    status: 'pending',
  })
  await mine(1)
  expect((await get('utxo.get', `/utxo/${NOBODY}/`)).balance).toBe(100_000_000)
  await expectError(ask({ address: NOBODY, amount: Number.MAX_SAFE_INTEGER }), 409, 'NO_COINS')
  await expectError(ask({ address: NOBODY, amount: 0 }), 400, 'INVALID_PARAMS')
  await expectError(ask({ address: 'me' }), 400, 'INVALID_PARAMS')
  await expectError(ask({}), 400, 'INVALID_PARAMS')
  expect(chain.pending.pool.size).toBe(0)
})

test('faucet payments at the same time spend different coins, and change before it is confirmed', async () => {
  const { get, post, mine, chain } = await startChainNode()
  await mine(7)
  const amounts = [10, 20, 30, 40].map((n) => n * 1_000_000)
  const paid = await Promise.all(
    amounts.map((amount) => post('faucet.pay', '/faucet/', { address: NOBODY, amount })),
  )
  expect(new Set(paid.map(({ id }) => id)).size).toBe(4)
  expect(chain.pending.pool.size).toBe(4)
  expect((await get('utxo.get', `/utxo/${NOBODY}/`)).pending_balance).toBe(100_000_000)
  await mine(1)
  expect((await get('utxo.get', `/utxo/${NOBODY}/`)).balance).toBe(100_000_000)
})

test('a block is put aside with all that follow it, and taken back', async () => {
  const { get, post, mine, url, chain } = await startChainNode()
  const blocks = await mine(4)
  const [, , third, last] = blocks.map(({ header }) => ({ hash: header.hash, height: header.height }))
  const below = { hash: blocks[1]?.header.hash, height: 1 }
  expect(await post('chain.invalidate', '/chain/invalidate/', { hash: third?.hash })).toEqual({ tip: below })
  expect(await get('blocks.tips', '/blocks/tips/')).toEqual([
    { ...last, branch_length: 2, status: 'invalid' },
    { ...below, branch_length: 0, status: 'active' },
  ])
  expect(await get('blocks.header', '/blocks/last/header/')).toMatchObject(below)
  expect(
    (await get('addresses.transactions', `/addresses/${account(0).address}/transactions/`)).transactions,
  ).toHaveLength(2)
  expect(await post('chain.reconsider', '/chain/reconsider/', { hash: third?.hash })).toEqual({ tip: last })
  expect(chain.blockchain.height()).toBe(3)
  const unknown = { hash: '0'.repeat(64) }
  await expectError(request(url).post('/chain/invalidate/').send(unknown), 404, 'BLOCK_NOT_FOUND', unknown)
  await expectError(request(url).post('/chain/reconsider/').send(unknown), 404, 'BLOCK_NOT_FOUND', unknown)
  await expectError(request(url).post('/chain/invalidate/').send({ hash: 'x' }), 400, 'INVALID_PARAMS')
  const [first] = blocks
  expect(await post('chain.invalidate', '/chain/invalidate/', { hash: first?.header.hash })).toEqual({
    tip: null,
  })
  expect((await get('node.health', '/health')).tip_hash).toBeNull()
})

test('development controls need the admin token where there is one, and exist in profile dev only', async () => {
  const guarded = await startChainNode(['--admin-token', 'letmein123'])
  const controls = ['/faucet/', '/chain/invalidate/', '/chain/reconsider/']
  for (const path of controls) {
    await expectError(request(guarded.url).post(path).send({}), 401, 'UNAUTHORIZED')
    const allowed = request(guarded.url).post(path).set('authorization', 'Bearer letmein123').send({})
    await expectError(allowed, 400, 'INVALID_PARAMS')
  }
  const { url } = await startChainNode(['--profile', 'lan'])
  for (const path of controls) await expectError(request(url).post(path).send({}), 404, 'NOT_FOUND')
})

test('a reorg returns transactions to the pending ones and is told by topic', async () => {
  const made = await startChainNode()
  const { node, chain, clock, get, post, mine } = made
  await mine(8)
  const told: string[] = []
  for (const topic of ['chain.tip', 'chain.reorg', 'chain.connected', 'chain.disconnected'] as const) {
    node.events.on(topic, () => told.push(topic))
  }
  node.events.on('transactions.pending', ({ id }) => told.push(id))
  const transfer = made.transfer(0, 1, 70_000_000)
  await chain.pending.submit(transfer)
  const [block] = await mine(1)
  expect(told).toEqual([transfer.id, 'chain.connected', 'chain.tip'])
  await post('chain.invalidate', '/chain/invalidate/', { hash: block?.header.hash })
  expect(told.slice(3)).toEqual(['chain.disconnected', 'chain.reorg', 'chain.tip'])
  expect((await get('transactions.get', `/transactions/${transfer.id}/`)).status).toBe('pending')
  clock.nowMs += 1
  const next = solve(
    await chain.blockchain.alone(() =>
      blockTemplate(chain.blockchain, chain.pending.pool, account(3).address, clock.nowMs),
    ),
  )
  await chain.blockchain.submit(next)
  expect((await get('transactions.get', `/transactions/${transfer.id}/`)).confirmations).toBe(1)
})
