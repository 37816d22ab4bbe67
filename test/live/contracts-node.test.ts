import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { temporaryFolder } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'
import { call, contractNode, startAsset, stateOf, untilConnected } from './asset-contract.js'
import { expectVerified, LiveNode } from './live-node.js'

jest.setTimeout(120_000)

const nodeFolder = async (): Promise<string> => join(await temporaryFolder(), 'node')

test('a contract for Fabric dials an empty node and is called within two seconds, without any ceremony', async () => {
  const startMs = performance.now()
  const { node, port } = await contractNode(await nodeFolder())
  const upMs = performance.now()
  // Its process takes as long as it takes to load; the node has to be there by then.
  startAsset(await portIsOpen(node, port))
  await untilConnected(node)
  const connectedMs = performance.now()
  const created = await call(node, 'invoke', 'create', ['a1', 'Ann'])
  const doneMs = performance.now()
  expect(created).toMatchObject({ status: 200, body: { status: 'committed', code_name: 'VALID' } })
  expect(await call(node, 'evaluate', 'read', ['a1'])).toMatchObject({ status: 200 })
  expect(await stateOf(node)).toEqual({ a1: '{"id":"a1","owner":"Ann"}' })
  const { events } = (await node.get('/contracts/asset/events/')) as { events: { name: string }[] }
  expect(events.map(({ name }) => name)).toEqual(['created'])
  const { history } = (await node.get('/contracts/asset/history/?key=a1')) as { history: unknown[] }
  expect(history).toHaveLength(1)
  console.log(
    `node up ${Math.round(upMs - startMs)} ms, contract connected and deployed ${Math.round(connectedMs - upMs)} ms later, first call on the chain ${Math.round(doneMs - connectedMs)} ms later`,
  )
  expect(doneMs - connectedMs).toBeLessThan(2_000)
})

async function portIsOpen(node: LiveNode, port: number): Promise<number> {
  await waitFor('the door for contracts', async () => {
    const { door } = (await node.get('/contracts/')) as { door: { port: number } | null }
    return door?.port === port
  })
  return port
}

async function connected(args: readonly string[] = []) {
  const folder = await nodeFolder()
  const { node, port } = await contractNode(folder, args)
  await portIsOpen(node, port)
  const asset = startAsset(port)
  await untilConnected(node)
  return { folder, node, port, asset }
}

describe('a contract process that is killed', () => {
  test('in the middle of a call: the caller is told, nothing is written, and the next process serves', async () => {
    const { node, port } = await connected()
    expect(await call(node, 'invoke', 'die', ['k'])).toMatchObject({
      status: 503,
      body: { error: { code: 'CONTRACT_NOT_CONNECTED', details: { fault: 'stream-lost' } } },
    })
    expect(await stateOf(node)).toEqual({})
    expect(await call(node, 'invoke', 'create', ['a', 'A'])).toMatchObject({
      status: 503,
      body: { error: { code: 'CONTRACT_NOT_CONNECTED', details: { fault: 'not-connected' } } },
    })
    startAsset(port)
    await untilConnected(node)
    expect(await call(node, 'invoke', 'create', ['a', 'A'])).toMatchObject({ status: 200 })
    expect(Object.keys(await stateOf(node))).toEqual(['a'])
  })

  test('after its answer: the call goes on the chain without it', async () => {
    const { node, asset } = await connected()
    await node.send('PUT', '/mining/', { mode: 'off' })
    const invoked = call(node, 'invoke', 'create', ['a', 'A'])
    await waitFor('the transaction to wait', async () => {
      const { transaction_count } = (await node.get('/transactions/')) as { transaction_count: number }
      return transaction_count > 0
    })
    await asset.kill()
    await node.send('POST', '/mining/', { count: 1 })
    expect(await invoked).toMatchObject({ status: 200, body: { code_name: 'VALID' } })
    expect(Object.keys(await stateOf(node))).toEqual(['a'])
  })
})

describe('a node that is killed', () => {
  test('while the contract runs: the call never happened', async () => {
    const { folder, node, port } = await connected()
    const invoked = call(node, 'invoke', 'dawdle', ['k', '60000'])
    const outcome = expect(invoked).rejects.toThrow()
    // An answer of another call tells that the first is with the contract.
    await call(node, 'evaluate', 'add', ['x'])
    await node.killHard()
    await outcome
    const again = await contractNode(folder, [], port)
    expect(await stateOf(again.node)).toEqual({})
    expect(await again.node.get('/transactions/')).toMatchObject({ transaction_count: 0 })
    await again.node.killHard()
    await expectVerified(folder)
  })

  test('after it took the call and before its block: the transaction is kept, and takes effect', async () => {
    const { folder, node, port } = await connected()
    await node.send('PUT', '/mining/', { mode: 'off' })
    const { body } = await call(node, 'invoke', 'create', ['a', 'A'], { wait: 'pending' })
    expect(body.status).toBe('pending')
    await node.killHard()
    const { node: again } = await contractNode(folder, ['--mine', 'off'], port)
    expect(await again.get(`/calls/${body.call_id}/`)).toMatchObject({ status: 'pending' })
    expect(await stateOf(again)).toEqual({})
    await again.send('POST', '/mining/', { count: 1 })
    expect(await again.get(`/calls/${body.call_id}/`)).toMatchObject({
      status: 'committed',
      code_name: 'VALID',
    })
    expect(Object.keys(await stateOf(again))).toEqual(['a'])
    await again.killHard()
    await expectVerified(folder)
  })

  test('after the block: the state is there, private values too, and the call is still known', async () => {
    const { folder, node, port } = await connected()
    const { body } = await call(node, 'invoke', 'secret', ['s'], { transient: { value: 'hush' } })
    expect(body.code_name).toBe('VALID')
    await node.killHard()
    const { node: again } = await contractNode(folder, [], port)
    await portIsOpen(again, port)
    startAsset(port)
    await untilConnected(again)
    expect((await call(again, 'evaluate', 'reveal', ['s'])).body.response.payload.text).toBe('hush')
    expect(await again.get(`/calls/${body.call_id}/`)).toMatchObject({
      status: 'committed',
      code_name: 'VALID',
    })
  })
})

test('calls that conflict name key and winner, and those with retries all come on the chain', async () => {
  const { node } = await connected()
  const plain = await Promise.all([1, 2, 3].map(() => call(node, 'invoke', 'add', ['n'])))
  const won = plain.filter(({ status }) => status === 200)
  const lost = plain.filter(({ status }) => status !== 200)
  expect(won.length).toBeGreaterThan(0)
  for (const { body } of lost) {
    expect(body.error).toMatchObject({ code: 'CALL_CONFLICT', details: { code: 11, conflict: { key: 'n' } } })
    expect(body.error.message).toMatch(/key "n" of asset was changed by transaction [0-9a-f]{64}/)
  }
  const before = Number((await stateOf(node))['n'])
  const retried = await Promise.all(
    [1, 2, 3, 4].map(() => call(node, 'invoke', 'add', ['n'], { retries: 20 })),
  )
  expect(retried.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(Number((await stateOf(node))['n'])).toBe(before + 4)
})

test('a contract that hangs is given up in time, and others are not delayed', async () => {
  const { node } = await connected(['--contract-timeout', '1'])
  const hanging = call(node, 'invoke', 'dawdle', ['k', '30000'])
  expect(await call(node, 'invoke', 'create', ['a', 'A'])).toMatchObject({ status: 200 })
  expect(await hanging).toMatchObject({ status: 504, body: { error: { code: 'CALL_TIMEOUT' } } })
  expect(Object.keys(await stateOf(node))).toEqual(['a'])
})

test('a reorg undoes what a call wrote, and the call takes effect again on the new branch', async () => {
  const { node } = await connected()
  await call(node, 'invoke', 'create', ['a', 'A'])
  const { body } = await call(node, 'invoke', 'create', ['b', 'B'])
  await node.send('PUT', '/mining/', { mode: 'off' })
  const { tip } = await node.status()
  await node.send('POST', '/chain/invalidate/', { hash: tip })
  expect(Object.keys(await stateOf(node))).toEqual(['a'])
  expect(await node.get(`/calls/${body.call_id}/`)).toMatchObject({ status: 'pending' })
  const { history } = (await node.get('/contracts/asset/history/?key=b')) as { history: unknown[] }
  expect(history).toEqual([])
  await node.send('POST', '/mining/', { count: 1 })
  expect(Object.keys(await stateOf(node))).toEqual(['a', 'b'])
  expect(await node.get(`/calls/${body.call_id}/`)).toMatchObject({ status: 'committed', code_name: 'VALID' })
})

test('two nodes, the contract attached to one: both have the same world state, and the second answers for it', async () => {
  const { node: first } = await connected()
  const second = await LiveNode.start(await nodeFolder())
  for (const key of ['a', 'b', 'c']) await call(first, 'invoke', 'create', [key, key.toUpperCase()])
  await call(first, 'invoke', 'add', ['n'], { retries: 5 })
  await second.send('POST', '/nodes/', { ip_address: '127.0.0.1', port: first.port })
  await waitFor(
    'the second node to catch up',
    async () => (await second.status()).tip === (await first.status()).tip,
  )
  const state = await stateOf(first)
  expect(Object.keys(state)).toEqual(['a', 'b', 'c', 'n'])
  expect(await stateOf(second)).toEqual(state)
  expect(await second.get('/contracts/asset/')).toMatchObject({
    summary: { name: 'asset', connected: false },
  })
  expect(await call(second, 'invoke', 'create', ['d', 'D'])).toMatchObject({
    status: 503,
    body: { error: { code: 'CONTRACT_NOT_CONNECTED' } },
  })
  const events = await first.get('/contracts/asset/events/')
  expect(await second.get('/contracts/asset/events/')).toEqual(events)
})
