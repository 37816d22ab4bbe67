import { describe, expect, it } from '@jest/globals'
import { dragonchainTransaction } from '../../../src/contract/remote/transaction-json.js'

const RECORD = {
  chainId: 'c'.repeat(64),
  txnType: 'orders',
  txnId: 'a'.repeat(64),
  height: 12,
  timestamp: 1_700_000_000_999,
  tag: 'blue',
  invoker: '',
  payload: { amount: 3 },
}

describe('dragonchainTransaction', () => {
  it('says all of the header in texts, the time in whole seconds', () => {
    expect(dragonchainTransaction(RECORD)).toEqual({
      version: '2',
      dcrn: 'Transaction::L1::FullTransaction',
      header: {
        txn_type: 'orders',
        dc_id: 'c'.repeat(64),
        txn_id: 'a'.repeat(64),
        block_id: '12',
        timestamp: '1700000000',
        tag: 'blue',
        invoker: '',
      },
      payload: { amount: 3 },
    })
  })

  it('leaves the block empty where none holds the transaction, and names block 0', () => {
    expect(dragonchainTransaction({ ...RECORD, height: null }).header.block_id).toBe('')
    expect(dragonchainTransaction({ ...RECORD, height: 0 }).header.block_id).toBe('0')
  })
})
