import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { GroupCommit } from '../../src/contract/remote/engine/group-commit.js'
import { chapterOf, idKey } from '../../src/contract/remote/engine/rows.js'
import { TABLE_NAMES, type TableChange, type Tables } from '../../src/contract/remote/engine/tables.js'
import { OrderedTables } from '../../src/store/remote/ordered-tables.js'
import { openRemoteRoot } from '../../src/store/remote/remote-root.js'
import { withFolder } from './with-folder.js'

const CONTRACT_ID = '6f3c2b1a-0000-4000-8000-000000000001'

/** The tables of remote contracts in a folder of their own. */
export function inTables<T>(use: (tables: Tables) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const root = openRemoteRoot(join(folder, 'remote'))
    try {
      return await use(OrderedTables.open(root, TABLE_NAMES))
    } finally {
      await root.close()
    }
  })
}

/** What a drain writes of an invocation, so many at a time, one after the other as the disk answers. */
export async function bareRate(tables: Tables, records: number, atOnce: number): Promise<number> {
  const commit = new GroupCommit(tables, () => undefined)
  let number = 0
  const start = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (number < records) await commit.add(rowsOf(++number)).durable
    }),
  )
  return (1000 * records) / (performance.now() - start)
}

function rowsOf(number: number): TableChange[] {
  const txnId = createHash('sha256').update(String(number)).digest('hex')
  const id = `${CONTRACT_ID}:${txnId}`
  const invoker = {
    id,
    contractId: CONTRACT_ID,
    txnType: 'order',
    kind: 'transaction',
    txnId,
    ordinal: number,
  }
  const rest = {
    extra: 0,
    timestampMs: 1_700_000_000_000,
    tag: '',
    payloadJson: null,
    deliveries: 1,
    failures: 0,
  }
  const began = { token: Buffer.alloc(16), startedMs: 1_700_000_000_000, error: null }
  const live = { ...invoker, ...rest, ...began, deliveriesAllowed: 20, failuresAllowed: 5, retryAtMs: null }
  const result = { dataJson: '{"status":"success","data":"your result data"}', digest: Buffer.alloc(32) }
  const ended = {
    ...invoker,
    ...rest,
    ...result,
    number,
    state: 'committed',
    outputTxnId: null,
    mayReturn: false,
  }
  return [
    { table: 'live', key: id, value: live },
    { table: 'live', key: id, value: undefined },
    {
      table: 'ended',
      key: [CONTRACT_ID, number],
      value: { ...ended, startedMs: 0, finishedMs: 0, error: null },
    },
    { table: 'ended_ids', key: idKey(id, chapterOf(number)), value: number },
  ]
}
