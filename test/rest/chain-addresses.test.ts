import { expect, test } from '@jest/globals'
import request from 'supertest'
import { account } from '../support/chain.js'
import { type ChainNode, expectError, startChainNode } from '../support/chain-node.js'

const REWARD = 150_000_000
const NOBODY = `0x${'0'.repeat(40)}`

async function startWithHistory(): Promise<ChainNode> {
  const made = await startChainNode()
  await made.mine(8)
  await made.chain.pending.submit(made.transfer(0, 1, 100_000_000))
  await made.mine(1, 2)
  return made
}

test('an address that the chain does not know has nothing', async () => {
  const { get, url } = await startChainNode()
  expect(await get('utxo.get', `/utxo/${NOBODY}/`)).toEqual({
    address: NOBODY,
    balance: 0,
    pending_balance: 0,
    pending_received: 0,
    pending_sent: 0,
    unspent_outputs: 0,
    transactions: 0,
    pending_transactions: 0,
  })
  expect(await get('utxo.outputs', `/utxo/${NOBODY}/outputs/`)).toEqual({
    address: NOBODY,
    outputs: [],
    next_cursor: null,
  })
  const none = { address: NOBODY, transactions: [], next_cursor: null }
  expect(await get('addresses.transactions', `/addresses/${NOBODY}/transactions/`)).toEqual(none)
  expect(await get('addresses.pending', `/addresses/${NOBODY}/pending/`)).toEqual(none)
  expect(await get('addresses.rich', '/addresses/rich/')).toEqual({
    total_addresses: 0,
    rich_list: [],
    next_cursor: null,
  })
  await expectError(request(url).get(`/utxo/${NOBODY}/outputs/${'0'.repeat(64)}/`), 404, 'OUTPUT_NOT_FOUND')
})

test('a malformed address, id or cursor is 400', async () => {
  const { url } = await startChainNode()
  const outpoint = 'a'.repeat(64)
  const malformed = [
    '/utxo/0x12/',
    `/utxo/${NOBODY.toUpperCase()}/`,
    `/utxo/${NOBODY}0/`,
    `/utxo/${NOBODY}/outputs/12/`,
    `/utxo/${NOBODY}/outputs/?cursor=${outpoint}`,
    `/utxo/${NOBODY}/outputs/?cursor=${outpoint}-9999999999`,
    `/utxo/${NOBODY}/outputs/?limit=501`,
    '/addresses/me/transactions/',
    `/addresses/${NOBODY}/transactions/?cursor=1`,
    `/addresses/${NOBODY}/transactions/?cursor=9999999999-0`,
    `/addresses/${NOBODY}/pending/?cursor=-1`,
    `/addresses/rich/?cursor=${NOBODY}`,
    `/addresses/rich/?cursor=9999999999999999-${NOBODY}`,
  ]
  for (const path of malformed) await expectError(request(url).get(path), 400, 'INVALID_PARAMS')
})

test('a balance tells the confirmed from the pending', async () => {
  const made = await startWithHistory()
  const { get } = made
  const payer = account(0).address
  const payee = account(1).address
  expect(await get('utxo.get', `/utxo/${payee}/`)).toMatchObject({
    balance: 100_000_000,
    pending_balance: 100_000_000,
  })
  const before = 8 * REWARD - 100_000_000 - 1000
  expect(await get('utxo.get', `/utxo/${payer}/`)).toMatchObject({
    balance: before,
    unspent_outputs: 8,
    transactions: 9,
  })
  const transfer = made.transfer(1, 1, 60_000_000)
  await made.chain.pending.submit(transfer)
  expect(await get('utxo.get', `/utxo/${payer}/`)).toMatchObject({
    balance: before,
    pending_balance: before - 60_000_000 - 1000,
    pending_received: REWARD - 60_000_000 - 1000,
    pending_sent: REWARD,
    pending_transactions: 1,
  })
  expect(await get('utxo.get', `/utxo/${payee}/`)).toMatchObject({
    balance: 100_000_000,
    pending_balance: 160_000_000,
    pending_received: 60_000_000,
    pending_sent: 0,
  })
  expect(await get('addresses.pending', `/addresses/${payer}/pending/`)).toEqual({
    address: payer,
    transactions: [
      {
        id: transfer.id,
        received: REWARD - 60_000_000 - 1000,
        sent: REWARD,
        fee: 1000,
        added: made.clock.nowMs,
      },
    ],
    next_cursor: null,
  })
  await made.mine(1, 2)
  expect(await get('utxo.get', `/utxo/${payer}/`)).toMatchObject({
    balance: before - 60_000_000 - 1000,
    pending_balance: before - 60_000_000 - 1000,
    pending_transactions: 0,
  })
  expect((await get('addresses.pending', `/addresses/${payer}/pending/`)).transactions).toEqual([])
})

test('unspent outputs come in pages, each once, and tell when and by whom they are spent', async () => {
  const made = await startWithHistory()
  const { get } = made
  const payer = account(0).address
  const spender = made.transfer(7, 1, 1000)
  const walk = async (limit: number) => {
    const outputs = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: {
        outputs: { transaction_id: string; output_index: number; height: number }[]
        next_cursor: string | null
      } = await get(
        'utxo.outputs',
        `/utxo/${payer}/outputs/?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      outputs.push(...page.outputs)
      cursor = page.next_cursor
    }
    return outputs
  }
  const all = await walk(500)
  expect(all).toHaveLength(8)
  expect(await walk(3)).toEqual(all)
  expect(await walk(8)).toEqual(all)
  expect(all.map(({ height }) => height).sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  expect(all.find(({ height }) => height === 7)).toMatchObject({
    amount: REWARD,
    is_coinbase: true,
    confirmations: 2,
    spendable_at: 13,
    spent_by: null,
  })
  await made.mine(4, 2)
  await made.chain.pending.submit(spender)
  const [input] = spender.inputs
  expect(await get('utxo.outputs_of', `/utxo/${payer}/outputs/${input?.transactionId}/`)).toMatchObject([
    { height: 7, spent_by: spender.id },
  ])
})

test('the history of an address comes in pages, the newest first', async () => {
  const made = await startWithHistory()
  const { get } = made
  const payer = account(0).address
  const walk = async (limit: number) => {
    const transactions = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: { transactions: { height: number }[]; next_cursor: string | null } = await get(
        'addresses.transactions',
        `/addresses/${payer}/transactions/?limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`,
      )
      transactions.push(...page.transactions)
      cursor = page.next_cursor
    }
    return transactions
  }
  const all = await walk(500)
  expect(all.map(({ height }) => height)).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0])
  expect(await walk(2)).toEqual(all)
  expect(await walk(9)).toEqual(all)
  const block = await get('blocks.get', '/blocks/8/')
  expect(all[0]).toMatchObject({
    hash: block.hash,
    height: 8,
    index: 1,
    timestamp: block.timestamp,
    confirmations: 1,
    received: 49_999_000,
    sent: REWARD,
  })
})

test('the rich list comes in pages, the richest first', async () => {
  const made = await startWithHistory()
  const { get } = made
  await made.mine(1, 2)
  const all = await get('addresses.rich', '/addresses/rich/')
  expect(all).toEqual({
    total_addresses: 3,
    rich_list: [
      { address: account(0).address, balance: 8 * REWARD - 100_000_000 - 1000 },
      { address: account(2).address, balance: 2 * REWARD + 1000 },
      { address: account(1).address, balance: 100_000_000 },
    ],
    next_cursor: null,
  })
  const first = await get('addresses.rich', '/addresses/rich/?limit=2')
  expect(first.rich_list).toEqual(all.rich_list.slice(0, 2))
  const second = await get('addresses.rich', `/addresses/rich/?limit=2&cursor=${first.next_cursor}`)
  expect(second).toEqual({ ...all, rich_list: all.rich_list.slice(2) })
})

test('nobody writes unspent outputs, and the answer says why', async () => {
  const { url } = await startChainNode()
  const paths = [`/utxo/${NOBODY}/`, `/utxo/${NOBODY}/outputs/`, `/utxo/${NOBODY}/outputs/${'a'.repeat(64)}/`]
  for (const path of paths) {
    for (const answer of [await request(url).post(path).send({}), await request(url).delete(path)]) {
      expect(answer.status).toBe(405)
      expect(answer.body).toMatchObject({
        error: { message: expect.stringContaining('follow from the blocks alone') as unknown },
      })
    }
  }
})
