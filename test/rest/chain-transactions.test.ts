import { expect, test } from '@jest/globals'
import request from 'supertest'
import { valueOf } from '../../src/api/schemas/transaction.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import { buildRecord } from '../../src/wallet/build-transaction.js'
import { account } from '../support/chain.js'
import { expectError, startChainNode } from '../support/chain-node.js'

test('a transaction is handed in, waits, is confirmed and counts confirmations', async () => {
  const made = await startChainNode()
  const { get, post, mine, url } = made
  await mine(8)
  const transaction = made.transfer(0, 1, 70_000_000)
  const { id } = transaction
  await expectError(request(url).get(`/transactions/${id}/`), 404, 'TRANSACTION_NOT_FOUND', { tid: id })
  await expectError(request(url).get(`/transactions/${id}/status/`), 404, 'TRANSACTION_NOT_FOUND')
  const json = encodeTransaction(transaction)
  const submitted = { id, status: 'pending', is_new: true, replaced: [], evicted: [] }
  expect(await post('transactions.submit', '/transactions/', json)).toEqual(submitted)

  const pending = { id, status: 'pending', confirmations: 0, block: null, code: null, code_name: null }
  expect(await get('transactions.get', `/transactions/${id}/`)).toEqual({ ...pending, transaction: json })
  expect(await get('transactions.status', `/transactions/${id}/status/`)).toEqual(pending)
  expect(await get('transactions.list', '/transactions/')).toEqual({
    transaction_count: 1,
    total_bytes: transaction.bytes,
    transaction_headers: [
      {
        id,
        timestamp: transaction.timestamp,
        value: valueOf(transaction),
        fee: 1000,
        bytes: transaction.bytes,
        added: made.clock.nowMs,
      },
    ],
    next_cursor: null,
  })

  const [block] = await mine(1)
  const confirmed = {
    id,
    status: 'confirmed',
    confirmations: 1,
    block: { hash: block?.header.hash, height: 8, index: 1, timestamp: block?.header.timestamp },
    code: 0,
    code_name: 'VALID',
  }
  expect(await get('transactions.get', `/transactions/${id}/`)).toEqual({ ...confirmed, transaction: json })
  await mine(2)
  expect(await get('transactions.status', `/transactions/${id}/status/`)).toEqual({
    ...confirmed,
    confirmations: 3,
  })
  expect((await get('transactions.list', '/transactions/')).transaction_count).toBe(0)
})

test('handing in twice is no fault, before and after the block', async () => {
  const made = await startChainNode()
  const { post, mine } = made
  await mine(8)
  const transaction = made.transfer(0, 1, 70_000_000)
  const json = encodeTransaction(transaction)
  await post('transactions.submit', '/transactions/', json)
  const known = { id: transaction.id, is_new: false, replaced: [], evicted: [] }
  expect(await post('transactions.submit', '/transactions/', json)).toEqual({ ...known, status: 'pending' })
  await mine(1)
  expect(await post('transactions.submit', '/transactions/', json)).toEqual({ ...known, status: 'confirmed' })
})

test('one that pays more for the same coins replaces the other; one that pays as much does not', async () => {
  const made = await startChainNode()
  const { post, mine, url } = made
  await mine(8)
  const first = made.transfer(0, 1, 70_000_000)
  const same = made.transfer(0, 2, 70_000_000)
  const better = made.transfer(0, 3, 70_000_000, 2000)
  await post('transactions.submit', '/transactions/', encodeTransaction(first))
  await expectError(request(url).post('/transactions/').send(encodeTransaction(same)), 422, 'RULE_BROKEN', {
    rule: 'POOL-4',
  })
  const answer = await post('transactions.submit', '/transactions/', encodeTransaction(better))
  expect(answer).toMatchObject({ id: better.id, is_new: true, replaced: [first.id] })
  await expectError(request(url).get(`/transactions/${first.id}/`), 404, 'TRANSACTION_NOT_FOUND')
})

test('what breaks a rule is 422 with its number, and is not kept', async () => {
  const made = await startChainNode()
  const { mine, url, chain } = made
  await mine(8)
  const good = made.transfer(0, 1, 70_000_000)
  const json = encodeTransaction(good)
  const [signature] = good.signatures
  const forged = sealTransaction(good, [
    { publicKey: signature?.publicKey ?? '', signature: `${'0'.repeat(126)}01` },
  ])
  const bad: [object, string][] = [
    [{}, 'TX-1'],
    [{ ...json, fee: -1 }, 'TX-8'],
    [{ ...json, fee: 0.5 }, 'TX-8'],
    [{ ...json, inputs: null }, 'TX-5'],
    [encodeTransaction(forged), 'TX-22'],
    [encodeTransaction(made.transfer(7, 1, 70_000_000)), 'UTX-3'],
  ]
  for (const [body, rule] of bad) {
    await expectError(request(url).post('/transactions/').send(body), 422, 'RULE_BROKEN', { rule })
  }
  expect(chain.pending.pool.size).toBe(0)
  await expectError(request(url).post('/transactions/').send([1]), 400, 'INVALID_PARAMS')
  await expectError(request(url).get('/transactions/abc/'), 400, 'INVALID_PARAMS')
  await expectError(request(url).get('/transactions/7/status/'), 400, 'INVALID_PARAMS')
})

test('a batch answers for each of its transactions in their order', async () => {
  const made = await startChainNode()
  const { post, mine, url, chain } = made
  await mine(8)
  const one = made.transfer(0, 1, 70_000_000)
  const two = made.transfer(1, 2, 70_000_000)
  const young = made.transfer(7, 2, 70_000_000)
  const items = [
    encodeTransaction(one),
    { version: 1 },
    encodeTransaction(young),
    encodeTransaction(two),
    encodeTransaction(one),
    null,
  ]
  const answer = await post('transactions.submit_batch', '/transactions/batch/', { transactions: items })
  expect(answer.accepted).toBe(3)
  expect(answer.results).toMatchObject([
    { id: one.id, is_new: true },
    { id: null, error: { code: 'RULE_BROKEN', details: { rule: 'TX-1' } } },
    { id: young.id, error: { code: 'RULE_BROKEN', details: { rule: 'UTX-3' } } },
    { id: two.id, is_new: true },
    { id: one.id, is_new: false, status: 'pending' },
    { id: null, error: { details: { rule: 'TX-1' } } },
  ])
  expect(chain.pending.pool.size).toBe(2)
  const many = { transactions: Array.from({ length: 1001 }, () => null) }
  await expectError(request(url).post('/transactions/batch/').send(many), 400, 'INVALID_PARAMS')
  expect(await post('transactions.submit_batch', '/transactions/batch/', { transactions: [] })).toEqual({
    accepted: 0,
    results: [],
  })
})

test('the pending transactions come in pages, each once', async () => {
  const made = await startChainNode()
  const { chain, clock, get } = made
  await made.mine(1)
  const records = Array.from({ length: 5 }, (_, i) =>
    buildRecord(
      { chainId: chain.blockchain.chain.id, timestamp: clock.nowMs + i },
      { txnType: 'order', tag: '', payload: i },
      account(0).keys,
    ),
  )
  for (const record of records) await chain.pending.submit(record)
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: {
      transaction_count: number
      transaction_headers: { id: string }[]
      next_cursor: string | null
    } = await get('transactions.list', `/transactions/?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
    expect(page.transaction_count).toBe(5)
    found.push(...page.transaction_headers.map(({ id }) => id))
    cursor = page.next_cursor
  }
  expect(found).toEqual(records.map(({ id }) => id))
})

test('nobody deletes a transaction, and the answer says why', async () => {
  const { url } = await startChainNode()
  for (const path of ['/transactions/', `/transactions/${'a'.repeat(64)}/`]) {
    const answer = await request(url).delete(path)
    expect(answer.status).toBe(405)
    expect(answer.body).toMatchObject({
      error: {
        code: 'METHOD_NOT_ALLOWED',
        message: expect.stringContaining('nobody can take back') as unknown,
      },
    })
  }
})
