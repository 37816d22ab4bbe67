import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TestLedger } from 'terrarium/contract/testing'
import { AssetContract } from '../src/asset-contract.js'

const newLedger = (): TestLedger => new TestLedger({ contracts: [AssetContract] })

test('an asset that was created can be read', async () => {
  const ledger = newLedger()
  await ledger.submit('create', 'a1', 'Ann')
  assert.deepEqual(JSON.parse(await ledger.evaluate('read', 'a1')), { id: 'a1', owner: 'Ann' })
  assert.deepEqual(ledger.state.getJson('a1'), { id: 'a1', owner: 'Ann' })
})

test('an asset goes to its new owner', async () => {
  const ledger = newLedger()
  await ledger.submit('create', 'a1', 'Ann')
  await ledger.submit('transfer', 'a1', 'Bob')
  assert.deepEqual(ledger.state.getJson('a1'), { id: 'a1', owner: 'Bob' })
})

test('an asset is created once', async () => {
  const ledger = newLedger()
  await ledger.submit('create', 'a1', 'Ann')
  await assert.rejects(ledger.submit('create', 'a1', 'Bob'), /exists already/)
})

test('of two transfers that saw the same asset one comes on the chain', async () => {
  const ledger = newLedger()
  await ledger.submit('create', 'a1', 'Ann')
  const first = await ledger.prepare('transfer', 'a1', 'Bob')
  const second = await ledger.prepare('transfer', 'a1', 'Cleo')
  first.commit()
  assert.throws(() => second.commit())
})
