import { expect, jest, test } from '@jest/globals'
import { TooManyClientsError } from '../../../src/contract/remote/engine/leases.js'
import { AckStatus } from '../../../src/contract/wire/remote.js'
import { CONTRACT_ID, failure, PrimeKit, settled } from './prime-kit.js'

test('REM-24: a client that comes back within the grace keeps what it names, and the rest is delivered again at once', async () => {
  const kit = new PrimeKit()
  await kit.mine(2)
  const client = kit.attach('one', 2)
  await settled()
  const [first, second] = [client.at(0), client.at(1)]
  kit.prime.detach(client.sessionId, 'lost')
  await kit.time.pass(5_000)
  const held = [{ invocationId: first.invocationId, leaseToken: first.leaseToken }]
  const back = kit.attach('one', 2, held)
  expect(back.attached.kept).toEqual([first.invocationId])
  await settled()
  expect(back.delivered.map(({ invocationId, attempt }) => [invocationId, attempt])).toEqual([
    [second.invocationId, 2],
  ])
  expect(await kit.finish(back, first)).toMatchObject({ status: AckStatus.COMMITTED })
  expect(await kit.finish(back, second)).toMatchObject({ status: AckStatus.STALE })
  expect(kit.prime.invocation(second.invocationId)).toMatchObject({ state: 'leased', failures: 1 })
})

test('REM-13: after the grace another client has what a lost one had; after a goodbye at once and without a failure', async () => {
  const kit = new PrimeKit()
  await kit.mine(1)
  const client = kit.attach('one')
  await settled()
  kit.prime.detach(client.sessionId, 'lost')
  const other = kit.attach('two')
  await kit.time.pass(9_900)
  expect(other.delivered).toEqual([])
  await kit.time.pass(200)
  expect(other.at(0)).toMatchObject({ attempt: 2 })
  kit.prime.detach(other.sessionId, 'goodbye')
  const third = kit.attach('three')
  await settled()
  expect(third.at(0)).toMatchObject({ attempt: 3 })
  expect(kit.prime.invocation(third.at(0).invocationId)).toMatchObject({ failures: 1 })
})

test('REM-25: a stream of the same instance takes the place of the former, and a seventeenth is refused', async () => {
  const kit = new PrimeKit()
  await kit.mine(1)
  const ghost = kit.attach('one')
  await settled()
  const { invocationId, leaseToken } = ghost.at(0)
  const client = kit.attach('one', 10, [{ invocationId, leaseToken }])
  expect(ghost.isSuperseded).toBe(true)
  expect(client.attached.kept).toEqual([invocationId])
  for (let i = 0; i < 15; i++) kit.attach(`other ${i}`)
  expect(() => kit.attach('too many')).toThrow(TooManyClientsError)
  expect(kit.attach('one').isSuperseded).toBe(false)
})

test('REM-10: progress keeps a lease alive, but not beyond the longest run time; the late result of an invocation that nobody has is taken', async () => {
  const kit = new PrimeKit({ contract: { leaseMs: 60_000, maxRuntimeMs: 200_000 } })
  await kit.mine(1)
  const client = kit.attach('one', 1)
  await settled()
  const { invocationId, leaseToken } = client.at(0)
  for (let i = 0; i < 4; i++) {
    await kit.time.pass(45_000)
    kit.prime.progress(client.sessionId, invocationId, leaseToken, {
      stdout: `still at it ${i}`,
      stderr: '',
      truncated: false,
    })
  }
  expect(client.cancelled).toEqual([])
  expect(kit.prime.invocation(invocationId)).toMatchObject({ stdout: 'still at it 3' })
  await kit.time.pass(20_001)
  expect(client.cancelled).toEqual([invocationId])
  expect(kit.prime.invocation(invocationId)).toMatchObject({
    state: 'pending',
    failures: 1,
    error: expect.stringContaining('TIMEOUT'),
  })
  expect(await kit.finish(client, client.at(0))).toMatchObject({ status: AckStatus.COMMITTED })
})

test('REM-10: a token that is not that of the lease renews nothing', async () => {
  const kit = new PrimeKit()
  await kit.mine(1)
  const client = kit.attach('one', 1)
  await settled()
  await kit.time.pass(59_000)
  kit.prime.progress(client.sessionId, client.at(0).invocationId, Buffer.alloc(16), undefined)
  await kit.time.pass(1_001)
  expect(client.cancelled).toHaveLength(1)
})

test('REM-26: nobody has more than he wants, nothing is delivered for a credit of 0, and the least busy is next', async () => {
  const kit = new PrimeKit()
  await kit.mine(10)
  const [one, two] = [kit.attach('one', 3), kit.attach('two', 2)]
  await settled()
  expect([one.mostTasks, two.mostTasks]).toEqual([3, 2])
  kit.prime.credit(one.sessionId, 0)
  await kit.finish(one, one.at(0))
  await kit.finish(two, two.at(0))
  await settled()
  expect([one.delivered.length, two.delivered.length]).toEqual([3, 3])
  kit.prime.credit(one.sessionId, 4)
  await settled()
  expect(one.delivered.length).toBe(5)
})

test('REM-26: more than 8 MiB of a contract are not under way', async () => {
  const kit = new PrimeKit({ limits: { bytesInFlight: 1_000 } })
  await kit.mine(10)
  const client = kit.attach('one', 10)
  await settled()
  const bytes = client.delivered.reduce((sum, { transactionJson }) => sum + transactionJson.length, 0)
  const last = client.at(-1).transactionJson.length
  expect(bytes).toBeGreaterThanOrEqual(1_000)
  expect(bytes - last).toBeLessThan(1_000)
})

test.each([1, 2, 3, 4, 5, 6])(
  'REM-15: the next attempt comes though the timer rang early, and time was up when the clock was read the %i. time',
  async (reading) => {
    const kit = new PrimeKit()
    await kit.mine(1)
    const client = kit.attach()
    await settled()
    await kit.finish(client, client.at(0), failure('it crashed'))
    await kit.time.pass(1_999)
    const exact = kit.time.monotonicMs.bind(kit.time)
    let readings = 0
    const clock = jest
      .spyOn(kit.time, 'monotonicMs')
      .mockImplementation(() => exact() - (++readings < reading ? 0.5 : 0))
    await kit.time.pass(1)
    expect(readings).toBeGreaterThan(0)
    clock.mockRestore()
    await kit.time.pass(10)
    expect(client.delivered).toHaveLength(2)
  },
)

test('REM-14, REM-15: an attempt that fails is repeated after 2, 4, 8 and 16 s; after five it is dead, and a retry is one more attempt', async () => {
  const kit = new PrimeKit()
  await kit.mine(1)
  const client = kit.attach()
  await settled()
  const id = client.at(0).invocationId
  for (const waitMs of [2_000, 4_000, 8_000, 16_000]) {
    const { length } = client.delivered
    await kit.finish(client, client.at(-1), {
      ...failure('it crashed'),
      logs: { stdout: 'out', stderr: 'err', truncated: false },
    })
    await kit.time.pass(waitMs - 1)
    expect(client.delivered).toHaveLength(length)
    await kit.time.pass(1)
    expect(client.delivered).toHaveLength(length + 1)
  }
  await kit.finish(client, client.at(-1), failure('it crashed at last'))
  expect(kit.prime.invocations(CONTRACT_ID, { state: 'dead', limit: 10 })).toMatchObject([
    { id, failures: 5, deliveries: 5, error: 'it crashed at last', stdout: 'out', stderr: 'err' },
  ])
  expect(await Promise.all([kit.prime.retry(id), kit.prime.retry(id)])).toEqual([true, false])
  await settled()
  await kit.finish(client, client.at(-1), failure('once more'))
  expect(kit.prime.invocation(id)).toMatchObject({ state: 'dead', deliveries: 6, failures: 6 })
  expect([await kit.prime.discard(id), await kit.prime.discard(id), await kit.prime.retry(id)]).toEqual([
    true,
    false,
    false,
  ])
  expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ dead: 0, cancelled: 1 })
})

test('REM-14: what is given out twenty times without a failure is dead', async () => {
  const kit = new PrimeKit()
  await kit.mine(1)
  for (let i = 0; i < 20; i++) {
    const client = kit.attach(`${i}`)
    await settled()
    kit.prime.detach(client.sessionId, 'goodbye')
  }
  await settled()
  expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ dead: 1, pending: 0 })
})

test('REM-9: a restart counts no failure, and the client that has the token of the last lease goes on', async () => {
  const kit = new PrimeKit()
  await kit.mine(1)
  const client = kit.attach()
  await settled()
  const { invocationId, leaseToken } = client.at(0)
  await kit.crash()
  const back = kit.attach('one', 10, [{ invocationId, leaseToken }])
  expect(back.attached.kept).toEqual([invocationId])
  expect(kit.prime.invocation(invocationId)).toMatchObject({ state: 'leased', failures: 0, deliveries: 1 })
  expect(await kit.finish(back, client.at(0))).toMatchObject({ status: AckStatus.COMMITTED })
})

test('REM-16, REM-18: a serial contract has one lease over all its streams, and stands still at a dead one if it is to', async () => {
  const kit = new PrimeKit({ contract: { executionOrder: 'serial', onDead: 'halt' } })
  await kit.mine(3)
  const clients = [kit.attach('one'), kit.attach('two'), kit.attach('three')]
  expect(clients[0]?.attached.grantedInFlight).toBe(1)
  for (let i = 0; i < 5; i++) {
    await kit.time.pass(40_000)
    expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ leased: 1, pending: 2 })
    const client = clients.find(({ tasks }) => tasks.size > 0)
    const task = [...(client?.tasks.values() ?? [])][0]
    if (!client || !task) throw new Error('nothing was delivered')
    client.tasks.clear()
    await kit.finish(client, task, failure('poison'))
  }
  await kit.time.pass(400_000)
  expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ leased: 0, pending: 2, dead: 1 })
  const [dead] = kit.prime.invocations(CONTRACT_ID, { state: 'dead', limit: 1 })
  await kit.prime.discard(dead?.id ?? '')
  await settled()
  expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ leased: 1, pending: 1 })
})

test('REM-27: what has lost its stream twice is given to a stream that has nothing, which is given nothing else meanwhile', async () => {
  const kit = new PrimeKit()
  await kit.mine(3)
  const first = kit.attach('one', 2)
  await settled()
  const [killer, beside] = [first.at(0).invocationId, first.at(1).invocationId]
  const again = async () => {
    const client = kit.attach('one', 2)
    await settled()
    return client
  }
  const inCompany = await again()
  expect([...inCompany.tasks.keys()]).toEqual([killer, beside])
  let client = await again()
  for (let process = 0; process < 3; process++) {
    expect([...client.tasks.keys()]).toEqual([killer])
    client = await again()
  }
  expect(kit.prime.invocation(killer)).toMatchObject({ state: 'dead', failures: 5 })
  expect([...client.tasks.keys()]).toEqual([beside])
  const other = kit.attach('two', 2)
  await settled()
  expect(other.delivered).toHaveLength(1)
  await kit.finish(client, client.at(0))
  expect(kit.prime.invocation(beside)).toMatchObject({ state: 'committed', failures: 2 })
  await kit.mine(1)
  expect([client.delivered.length, other.delivered.length]).toEqual([2, 1])
})

test('REM-27: what comes after it waits until a stream has nothing left', async () => {
  const kit = new PrimeKit()
  const [record] = await kit.mine(1)
  for (let process = 0; process < 2; process++) {
    kit.attach('one', 1)
    await settled()
  }
  const busy = kit.attach('two', 2)
  await settled()
  await kit.mine(1)
  kit.attach('one', 0)
  await settled()
  expect(busy.delivered.map(({ txnId }) => txnId)).not.toContain(record?.transactionId)
  await kit.mine(1)
  expect(busy.tasks.size).toBe(1)
  await kit.finish(busy, busy.at(0))
  await settled()
  expect(busy.at(-1)).toMatchObject({ txnId: record?.transactionId, attempt: 3 })
})

test('REM-15: an attempt that becomes due while one looks for what is due is not forgotten', async () => {
  for (let looks = 0; looks < 6; looks++) {
    const kit = new PrimeKit()
    await kit.mine(1)
    const client = kit.attach('one', 1)
    await settled()
    await kit.finish(client, client.at(0), failure('it crashed'))
    await kit.time.pass(1_999)
    const dueMs = kit.time.monotonicMs() + 1
    let looked = 0
    const clock = jest.spyOn(kit.time, 'monotonicMs')
    // A timer may ring a fraction of a millisecond early.
    clock.mockImplementation(() => (looked++ < looks ? dueMs - 0.1 : dueMs))
    await kit.time.pass(1)
    clock.mockRestore()
    await kit.time.pass(2)
    expect(client.delivered.map(({ attempt }) => attempt)).toEqual([1, 2])
  }
})
