import { expect, test } from '@jest/globals'
import { CONTRACT_ID, PrimeKit, settled } from './prime-kit.js'

test('REM-4: with nothing kept, a record whose output stands in the chain is not run again', async () => {
  const kit = new PrimeKit()
  await kit.mine(3)
  const client = kit.attach('one', 2)
  await settled()
  const { outputTxnId } = await kit.finish(client, client.at(0))
  await settled()
  kit.source.mine()
  await settled()
  kit.memory.wipe()
  await kit.crash()
  const next = kit.attach('two')
  await settled()
  expect(next.delivered.map(({ seq }) => seq)).toEqual([2, 3])
  expect(kit.prime.invocation(client.at(0).invocationId)).toMatchObject({ state: 'committed', outputTxnId })
})

test('REM-1, REM-2: records outside of the spans do not invoke, and those with too few blocks on them not yet', async () => {
  const kit = new PrimeKit({
    contract: {
      confirmations: 3,
      spans: [
        { after: 1, upTo: 2 },
        { after: 3, upTo: null },
      ],
    },
  })
  await kit.mine(5)
  const client = kit.attach()
  await kit.mine(0)
  expect(client.delivered).toEqual([])
  expect(kit.prime.backlog(CONTRACT_ID)).toBe(3)
  await kit.mine(0)
  expect(client.delivered.map(({ seq }) => seq)).toEqual([2, 4, 5])
})

test('REM-5, REM-6: a reorg cancels what vanished, takes up what is new before, and what comes back', async () => {
  const kit = new PrimeKit()
  const [a, b] = await kit.mine(2)
  if (!a || !b) throw new Error('two records')
  const client = kit.attach('one', 5)
  await settled()
  const c = kit.record()
  kit.source.reorg(1, [[c, b]])
  await settled(20)
  expect(client.cancelled).toEqual([`${CONTRACT_ID}:${a.transactionId}`])
  expect([...client.tasks.values()].map(({ txnId }) => txnId)).toEqual([b.transactionId, c.transactionId])
  kit.source.mine([a])
  await settled(20)
  expect(client.at(-1)).toMatchObject({ txnId: a.transactionId, attempt: 2, seq: 3 })
  await Promise.all([...client.tasks.values()].map((task) => kit.finish(client, task)))
  kit.source.mine()
  await settled()
  expect(kit.source.outputs()).toHaveLength(3)
  expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ committed: 3, cancelled: 0, pending: 0 })
})

test('REM-5: nothing is taken up between a reorg and the word of it', async () => {
  const kit = new PrimeKit()
  const [a] = await kit.mine(1)
  if (!a) throw new Error('a record')
  const client = kit.attach('one', 1)
  await settled()
  const [x, y] = [kit.record(), kit.record()]
  kit.source.reorg(1, [[x, a, y]])
  kit.prime.credit(client.sessionId, 5)
  await settled(20)
  expect([...client.tasks.values()].map(({ txnId }) => txnId)).toEqual([
    a.transactionId,
    x.transactionId,
    y.transactionId,
  ])
})

test('REM-34: an output that a reorg takes out of the chain, or the pool drops, is submitted again', async () => {
  const kit = new PrimeKit()
  await kit.mine(1)
  const client = kit.attach()
  await settled()
  const { outputTxnId } = await kit.finish(client, client.at(0))
  await settled()
  kit.source.mine()
  await settled()
  kit.source.reorg(1, [[], []], true)
  await settled()
  expect([...kit.source.pool.keys()]).toEqual([outputTxnId])
  kit.source.drop(outputTxnId)
  await kit.time.pass(3_000)
  expect([...kit.source.pool.keys()]).toEqual([outputTxnId])
})

test('REM-8: when a contract is deleted nothing of it is run, and its outputs still come to the chain', async () => {
  const kit = new PrimeKit({ limits: { settledBlocks: 2 } })
  await kit.mine(3)
  const client = kit.attach('one', 2)
  await settled()
  kit.source.refuses = 'the pool is full'
  const { outputTxnId } = await kit.finish(client, client.at(0))
  kit.registry.delete(CONTRACT_ID)
  await settled()
  expect(client.cancelled).toHaveLength(2)
  kit.source.refuses = undefined
  await kit.crash()
  for (let i = 0; i < 8; i++) {
    kit.source.mine()
    await settled()
  }
  expect(kit.source.outputs().map(({ id }) => id)).toEqual([outputTxnId])
  expect(kit.memory.range('ended', { start: [CONTRACT_ID], end: [CONTRACT_ID, 'z'], limit: 9 })).toEqual([])
})

test('a paused contract is given nothing, and goes on where it was', async () => {
  const kit = new PrimeKit()
  await kit.mine(2)
  const contract = kit.registry.get(CONTRACT_ID)
  if (!contract) throw new Error('there is a contract')
  kit.registry.put({ ...contract, state: 'inactive', spans: [{ after: 0, upTo: 2 }] })
  await kit.mine(1)
  const client = kit.attach()
  await settled()
  expect(client.delivered).toEqual([])
  kit.registry.put({
    ...contract,
    spans: [
      { after: 0, upTo: 2 },
      { after: 3, upTo: null },
    ],
  })
  await kit.mine(1)
  expect(client.delivered.map(({ seq }) => seq)).toEqual([1, 2, 4])
})

test('REM-50: of ended invocations the last are kept, and none is run again after those before are forgotten', async () => {
  const kit = new PrimeKit({ limits: { kept: 10, settledBlocks: 2 } })
  const client = kit.attach('one', 100)
  await kit.mine(70)
  await kit.finishAll(client, { outputToChain: false })
  for (let i = 0; i < 101; i++) kit.source.mine()
  await settled()
  await kit.mine(70)
  await kit.finishAll(client, { outputToChain: false })
  await settled()
  const kept = kit.prime.invocations(CONTRACT_ID, { limit: 1000 })
  expect(kept.length).toBeLessThan(140)
  expect(kept.length).toBeGreaterThanOrEqual(10)
  expect(kit.prime.backlogOf(CONTRACT_ID)).toMatchObject({ committed: 140 })
  await kit.crash()
  const next = kit.attach('two')
  await settled()
  expect(next.delivered).toEqual([])
})

test('lists go on after what was seen last: ended, live and to come', async () => {
  const kit = new PrimeKit()
  const records = await kit.mine(6)
  const client = kit.attach('one', 2)
  await settled()
  await kit.finish(client, client.at(0))
  await settled()
  const ids: string[] = []
  for (;;) {
    const after = ids.at(-1)
    const page = kit.prime.invocations(CONTRACT_ID, { limit: 2, ...(after === undefined ? {} : { after }) })
    if (page.length === 0) break
    ids.push(...page.map(({ id }) => id))
  }
  expect(ids).toEqual(records.map(({ transactionId }) => `${CONTRACT_ID}:${transactionId}`))
  expect(kit.prime.invocations(CONTRACT_ID, { state: 'pending', limit: 10 })).toHaveLength(3)
  expect(kit.prime.invocations(CONTRACT_ID, { state: 'leased', limit: 10 })).toHaveLength(2)
  expect(kit.prime.invocation(ids[5] ?? '')).toMatchObject({ state: 'pending', seq: 6 })
})

test('a list goes on wherever in a long backlog it was left, and every record that waits is found by its id', async () => {
  const kit = new PrimeKit({
    contract: {
      spans: [
        { after: 1, upTo: 11_990 },
        { after: 11_995, upTo: null },
      ],
    },
  })
  const records = await kit.mine(12_000)
  const idOf = (ordinal: number): string => `${CONTRACT_ID}:${records[ordinal - 1]?.transactionId ?? ''}`
  const ordinals = (after: string): unknown[] =>
    kit.prime.invocations(CONTRACT_ID, { limit: 3, after }).map(({ seq }) => seq)
  expect(ordinals(idOf(11_980))).toEqual([11_981, 11_982, 11_983])
  expect(ordinals(idOf(11_989))).toEqual([11_990, 11_996, 11_997])
  expect(ordinals(idOf(12_000))).toEqual([])
  expect(kit.prime.invocation(idOf(11_990))).toMatchObject({ state: 'pending', seq: 11_990 })
  // These invoke nothing.
  for (const id of [idOf(1), idOf(11_991), `${CONTRACT_ID}:${'0'.repeat(64)}`, CONTRACT_ID]) {
    expect(kit.prime.invocation(id)).toBeUndefined()
    expect(ordinals(id)).toEqual([])
  }
})
