import { expect, test } from '@jest/globals'
import { PendingStore } from '../../src/store/index/pending-store.js'
import { temporaryFolder } from './temporary-folder.js'

async function idsIn(folder: string): Promise<unknown[]> {
  const store = PendingStore.open(folder)
  const ids = store.all().map(({ transaction }) => transaction)
  await store.close()
  return ids
}

test('what was put is kept over a restart, until it is removed', async () => {
  const folder = temporaryFolder()
  const store = PendingStore.open(folder)
  await store.put('b', { transaction: 'b', addedMs: 2 })
  await store.put('a', { transaction: 'a', addedMs: 1 })
  await store.close()
  expect(await idsIn(folder)).toEqual(['a', 'b'])
  const later = PendingStore.open(folder)
  await later.remove('a')
  await later.remove('nobody')
  await later.close()
  expect(await idsIn(folder)).toEqual(['b'])
})

test('what is put and removed in one go is gone, and what is put again is kept', async () => {
  const folder = temporaryFolder()
  const store = PendingStore.open(folder)
  const kept = { transaction: 'a', addedMs: 1 }
  await Promise.all([store.put('a', kept), store.remove('a')])
  await Promise.all([store.put('b', { ...kept, transaction: 'b' }), store.remove('b'), store.put('b', kept)])
  await store.close()
  expect(await idsIn(folder)).toEqual(['a'])
})
