import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { silentLog } from '../../src/bus/log.js'
import { appendErrorLog, errorLogLine } from '../../src/bus/storage/error-log.js'
import { LogStore } from '../../src/bus/storage/log-store.js'
import { storageMethods } from '../../src/bus/storage/storage-methods.js'
import { temporaryFolder } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { FakeClock } from './support/fake-clock.js'
import { RawClient } from './support/raw-client.js'
import { startBus } from './support/test-bus.js'

const anEntry = (comments: string, level = 4, module = 'demo') => ({
  time: 1_700_000_000_000,
  level,
  module,
  message_type: 'Response',
  message_id: '1',
  comments,
})

test('entries sent over the bus are found again by level, module and number, and can be followed', async () => {
  const store = await LogStore.open({ log: silentLog })
  const { url } = await startBus({ methods: storageMethods(store, new FakeClock()) })
  const client = await RawClient.negotiated(url)
  const log = (LogEventLevel: string, LogSourceModule: string) =>
    client.ask({ LogEvent: { LogEventLevel, LogSourceModule, LogComments: `${LogSourceModule} says` } })
  const query = async (params: object): Promise<number[]> => {
    const { ResponseData } = await client.ask({ QueryLog: params })
    return (ResponseData as { QueryLog: { entries: { number: number }[] } }).QueryLog.entries.map(
      ({ number }) => number,
    )
  }
  const id = client.request({ QueryLog: { limit: 1 } }, { SubscriptionEventCounter: '1' })
  for (const [level, module] of [
    ['1', 'a'],
    ['4', 'b'],
    ['3', 'a'],
    ['5', 'b'],
  ] as const)
    await log(level, module)
  expect(await query({})).toEqual([1, 2, 3, 4])
  expect(await query({ level: '3' })).toEqual([1, 3])
  expect(await query({ module: 'b' })).toEqual([2, 4])
  expect(await query({ after: 2 })).toEqual([3, 4])
  expect(await query({ limit: 1 })).toEqual([4])
  expect(await log('6', 'a')).toMatchObject({ ResponseStatus: 7 })
  expect(await client.ask({ QueryLog: { limit: 'all' } })).toMatchObject({ ResponseStatus: 7 })
  await waitFor('the follower', () => client.responses(id).length === 5)
})

test('the log is bounded in memory and on disk', async () => {
  const file = join(await temporaryFolder(), 'bus.log')
  const store = await LogStore.open({ file, log: silentLog, maxEntries: 10, maxFileBytes: 2_000 })
  for (let i = 0; i < 200; i++) {
    store.add(anEntry(`entry ${i}`))
    if (i % 5 === 0) await store.close()
  }
  await store.close()
  expect(store.query({ limit: 1_000 }).map(({ number }) => number)).toEqual(
    Array.from({ length: 10 }, (_, i) => 191 + i),
  )
  for (const name of [file, `${file}.1`]) expect((await stat(name)).size).toBeLessThan(4_000)
})

test('the log is there again after a restart, whatever a crash left of its last line', async () => {
  const file = join(await temporaryFolder(), 'bus.log')
  const store = await LogStore.open({ file, log: silentLog })
  store.add(anEntry('first'))
  store.add(anEntry('second'))
  await store.close()
  await writeFile(file, `${await readFile(file, 'utf8')}{"number":3,"lev`)
  const again = await LogStore.open({ file, log: silentLog })
  expect(again.query({}).map(({ comments }) => comments)).toEqual(['first', 'second'])
  expect(again.add(anEntry('third')).number).toBe(3)
  await again.close()
  const third = await LogStore.open({ file, log: silentLog })
  expect(third.query({}).map(({ comments }) => comments)).toEqual(['first', 'second', 'third'])
})

test('behaviour 6: a line of Error.log has six fields, whatever the description holds', async () => {
  const error = { timeMs: 1_700_000_000_000, id: 'a|b', description: 'broken\n|really' }
  expect(errorLogLine(error)).toBe('2023-11-14|22:13:20|0|1|a b|broken really\n')
  const path = join(await temporaryFolder(), 'Error.log')
  await writeFile(path, 'x'.repeat(2_000_000))
  appendErrorLog(path, error)
  expect((await stat(path)).size).toBeLessThan(100)
  expect((await stat(`${path}.1`)).size).toBe(2_000_000)
})
