import { expect, test } from '@jest/globals'
import { plannedTimes } from '../../../src/contract/remote/engine/planned-times.js'
import { CONTRACT_ID, PrimeKit, settled } from './prime-kit.js'

const START_MS = 1_700_000_000_000

test('REM-40: a contract is invoked every so many seconds, with an id for each planned time', async () => {
  const kit = new PrimeKit({ contract: { schedule: { seconds: 10 } } })
  const client = kit.attach()
  await kit.time.pass(25_000)
  expect(client.delivered.map(({ kind, txnId }) => [kind, txnId])).toEqual([
    ['scheduled', `cron:${START_MS + 10_000}`],
  ])
  await kit.finishAll(client)
  await kit.time.pass(5_000)
  expect(client.at(0)).toMatchObject({ txnId: `cron:${START_MS + 30_000}`, seq: 0 })
  await settled()
  kit.source.mine()
  expect(kit.source.outputs()[0]).toMatchObject({ timestamp: START_MS + 10_000 })
})

test('REM-41, REM-42: after a time without the node one invocation is caught up on, and none while one waits', async () => {
  const kit = new PrimeKit({ contract: { schedule: { cron: '*/5 * * * *' } } })
  await kit.time.pass(1)
  kit.abandon()
  kit.time.wallMs += 86_400_000
  await kit.crash()
  await kit.time.pass(600_000)
  const client = kit.attach()
  await settled()
  expect(client.delivered).toHaveLength(1)
  const planned = Number(client.at(0).txnId.slice('cron:'.length))
  expect(planned % 300_000).toBe(0)
  expect(kit.time.now() - planned).toBeLessThan(900_001)
  await kit.restart()
  await settled()
  expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ pending: 1 })
})

test('REM-41: what is planned while a contract is paused is not caught up on', async () => {
  const kit = new PrimeKit({ contract: { schedule: { seconds: 60 } } })
  const contract = kit.registry.get(CONTRACT_ID)
  if (!contract) throw new Error('there is a contract')
  kit.registry.put({ ...contract, state: 'inactive' })
  await kit.time.pass(600_000)
  kit.registry.put(contract)
  await settled()
  expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ pending: 0 })
})

test('somebody invokes a contract by hand', async () => {
  const kit = new PrimeKit()
  const id = await kit.prime.invoke(CONTRACT_ID, '{"by":"hand"}')
  const client = kit.attach()
  await settled()
  expect(client.at(0)).toMatchObject({ invocationId: id, kind: 'manual' })
  expect(JSON.parse(client.at(0).transactionJson)).toMatchObject({
    payload: { by: 'hand' },
    header: { block_id: '', invoker: '' },
  })
  await expect(kit.prime.invoke(CONTRACT_ID, 'x')).rejects.toMatchObject({ code: 'INVALID_PARAMS' })
})

test('the last planned time before another is found as quickly after a year as after a minute', () => {
  const times = plannedTimes({ cron: '30 4 1 * *' })
  const march = Date.UTC(2026, 2, 15)
  expect(times.lastBetween(march - 366 * 86_400_000, march)).toBe(Date.UTC(2026, 2, 1, 4, 30))
  expect(times.lastBetween(Date.UTC(2026, 2, 2), march)).toBeUndefined()
  expect(times.after(march)).toBe(Date.UTC(2026, 3, 1, 4, 30))
})
