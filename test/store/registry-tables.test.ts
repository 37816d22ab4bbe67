import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import type { RootDatabase } from 'lmdb'
import type { KeyRow, RegistryStore } from '../../src/contract/remote/registry-rows.js'
import { RegistryTables } from '../../src/store/remote/registry-tables.js'
import { openRemoteRoot } from '../../src/store/remote/remote-root.js'
import { removeFolder } from '../support/chain.js'
import { memoryFolder } from '../support/memory-folder.js'

let folder: string
let root: RootDatabase<unknown, string>
let tables: RegistryStore

beforeEach(async () => {
  folder = await memoryFolder()
  open()
})

afterEach(async () => {
  await root.close()
  await removeFolder(folder)
})

function open(): void {
  root = openRemoteRoot(join(folder, 'remote'))
  tables = new RegistryTables(root)
}

const key = (id: string): KeyRow => ({
  id,
  contractId: 'c',
  digest: 'ab',
  createdMs: 1,
  expiresMs: null,
  lastUsedMs: null,
})
const type = { txnType: 'orders', customFields: [], createdMs: 1 }

test('rows are there after a restart, and those that were removed are not', async () => {
  await tables.write({ keys: { put: [key('a'), key('b')] }, types: { put: [type] } })
  await tables.write({ keys: { put: [{ ...key('b'), lastUsedMs: 7 }], remove: ['a'] } })
  await root.close()
  open()
  expect([...tables.keys()]).toEqual([{ ...key('b'), lastUsedMs: 7 }])
  expect([[...tables.types()], [...tables.contracts()]]).toEqual([[type], []])
})

test('a write that cannot be done leaves nothing behind', async () => {
  const circle: Record<string, unknown> = { ...type, txnType: 'later' }
  circle['self'] = circle
  const write = tables.write({
    keys: { put: [key('a')] },
    types: { put: [circle as unknown as typeof type] },
  })
  await expect(write).rejects.toThrow()
  expect([[...tables.keys()], [...tables.types()]]).toEqual([[], []])
})
