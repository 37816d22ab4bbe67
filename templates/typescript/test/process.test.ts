import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processTransaction } from '../src/process.js'
import type { Transaction } from '../src/transaction.js'

/** A transaction as the node gives it. */
function transaction(payload: Record<string, unknown>): string {
  const tx: Transaction = {
    version: '2',
    header: {
      txn_type: 'greeting',
      dc_id: 'chain',
      txn_id: 'tx-1',
      block_id: '7',
      timestamp: '1700000000',
      tag: '',
      invoker: '',
    },
    payload,
  }
  return JSON.stringify(tx)
}

test('a name is greeted, and the greeting goes on the chain', async () => {
  const result = await processTransaction(transaction({ name: 'Ann' }), {}, {})
  assert.deepEqual(result.data, { status: 'success', text: 'Hello, Ann!', signed: false })
  assert.equal(result.output_to_chain, true)
  assert.equal(result.error, null)
})

test('the greeting is the one of the environment', async () => {
  const result = await processTransaction(transaction({ name: 'Ann' }), { SC_ENV_GREETING: 'Salve' }, {})
  assert.equal(result.data['text'], 'Salve, Ann!')
})

test('a transaction without a name is an error, and nothing goes on the chain', async () => {
  const result = await processTransaction(transaction({}), {}, {})
  assert.match(String(result.error), /name is missing/)
  assert.equal(result.output_to_chain, false)
})
