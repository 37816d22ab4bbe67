import { describe, expect, test } from '@jest/globals'
import { CallBoard } from '../../../src/contract/calls/call-board.js'
import { Conflicts, conflictText } from '../../../src/contract/calls/conflicts.js'
import { ContractError } from '../../../src/contract/contract-error.js'
import { VALIDATION_CODE as CODE } from '../../../src/ledger/validation-code.js'
import { callNode, makeCall, nodeKeys, SECRET } from './call-node.js'

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

test('a call that is endorsed and submitted is valid in the next block, and its writes are the state', async () => {
  const node = await callNode()
  const callId = await node.submit('put', 'a', '1')
  const status = node.calls.status(callId)
  const block = await node.mine()
  expect(await status).toEqual({ code: CODE.VALID, height: block.header.height })
  expect(node.chain.world.worldValue('basic', 'a')).toMatchObject({ value: { text: '1' } })
  expect(node.calls.hasCall(callId)).toBe(true)
})

test('the transaction of a call spends nothing, has the time of the call, and is answered for by the key of the node', async () => {
  const node = await callNode()
  const call = node.call('put', 'a', '1')
  const { transaction, response } = await node.calls.endorse(call)
  expect(response).toMatchObject({ status: 200 })
  expect(transaction).toMatchObject({
    inputs: [],
    outputs: [],
    fee: 0,
    timestamp: call.timestampMs,
    payload: {
      invoker: nodeKeys.address,
      callId: call.callId,
      endorsements: [{ publicKey: nodeKeys.publicKey }],
    },
  })
})

test('a call that its contract refuses never becomes a transaction', async () => {
  const node = await callNode()
  const { response, transaction } = await node.calls.endorse(node.call('refuse'))
  expect(transaction).toBeUndefined()
  expect(response).toMatchObject({ status: 500, message: 'no' })
})

test('an evaluation writes nothing', async () => {
  const node = await callNode()
  const { payload } = await node.calls.evaluate(node.call('add', 'n'))
  expect(text(payload)).toBe('1')
  expect((await node.mine()).transactions).toHaveLength(1)
  expect(node.chain.world.worldValue('basic', 'n')).toBeUndefined()
})

test('what a contract did beyond the rules of the chain is refused before it is submitted', async () => {
  const node = await callNode()
  node.executor.execute = (call) =>
    Promise.resolve({
      response: { status: 200, message: '', payload: Buffer.from(call.callId) },
      event: { name: '', payload: Buffer.alloc(0) },
      reads: [],
      rangeReads: [],
      writes: [],
      privateWrites: [],
    })
  await expect(node.calls.endorse(node.call('put'))).rejects.toMatchObject({
    fault: 'bad-call',
    message: /PAY-20/,
  })
})

describe('conflicts', () => {
  test('of two calls that read and write one key the second is a read conflict that names key and winner', async () => {
    const node = await callNode()
    const conflicts = new Conflicts(node.chain)
    const [first, second] = [node.call('add', 'n'), node.call('add', 'n')]
    const endorsed = [await node.calls.endorse(first), await node.calls.endorse(second)]
    for (const { transaction } of endorsed) if (transaction) await node.calls.submit(transaction)
    await node.mine()
    expect(await node.calls.status(first.callId)).toMatchObject({ code: CODE.VALID })
    expect(await node.calls.status(second.callId)).toMatchObject({ code: CODE.MVCC_READ_CONFLICT })
    const winner = endorsed[0]?.transaction?.id ?? ''
    const found = conflicts.of(endorsed[1]?.transaction?.id ?? '')
    expect(found).toEqual({ namespace: 'basic', key: 'n', transaction_id: winner })
    expect(found && conflictText(found)).toBe(
      `key "n" of basic was changed by transaction ${winner} after the call had read it`,
    )
    conflicts.close()
  })

  test('a key that came into a range that was read is a phantom', async () => {
    const node = await callNode()
    const counting = node.call('count', 'zz')
    const { transaction } = await node.calls.endorse(counting)
    await node.submit('put', 'b', '1')
    await node.mine()
    if (transaction) await node.calls.submit(transaction)
    await node.mine()
    expect(await node.calls.status(counting.callId)).toMatchObject({ code: CODE.PHANTOM_READ_CONFLICT })
  })

  test('blind writes are never in conflict', async () => {
    const node = await callNode()
    const ids = [await node.submit('put', 'k', '1'), await node.submit('put', 'k', '2')]
    await node.mine()
    for (const id of ids) expect(await node.calls.status(id)).toMatchObject({ code: CODE.VALID })
  })
})

describe('a call id', () => {
  test('that is in the chain, or waits for a block, is a duplicate', async () => {
    const node = await callNode()
    const call = node.call('put', 'a', '1')
    const { transaction } = await node.calls.endorse(call)
    if (!transaction) throw new Error('refused')
    await node.calls.submit(transaction)
    const duplicate = { fault: 'bad-call', message: `duplicate transaction found [${call.callId}]` }
    await expect(node.calls.endorse(call)).rejects.toMatchObject(duplicate)
    await node.mine()
    await expect(node.calls.endorse(call)).rejects.toMatchObject(duplicate)
    await expect(node.calls.evaluate(call)).rejects.toMatchObject(duplicate)
  })

  test('may be submitted again with the very same transaction, which changes nothing', async () => {
    const node = await callNode()
    const { transaction } = await node.calls.endorse(node.call('put', 'a', '1'))
    if (!transaction) throw new Error('refused')
    await node.calls.submit(transaction)
    await node.calls.submit(transaction)
    expect((await node.mine()).transactions).toHaveLength(2)
    await node.calls.submit(transaction)
    expect((await node.mine()).transactions).toHaveLength(1)
  })

  test('that was endorsed twice is submitted once', async () => {
    const node = await callNode()
    const call = node.call('put', 'a', '1')
    const first = await node.calls.endorse(call)
    const later = { ...call, timestampMs: call.timestampMs + 1 }
    const second = await node.calls.endorse(later)
    if (!first.transaction || !second.transaction) throw new Error('refused')
    await node.calls.submit(first.transaction)
    await expect(node.calls.submit(second.transaction)).rejects.toMatchObject({
      message: /^duplicate transaction/,
    })
  })
})

describe('the status of a call', () => {
  test('waits for its block, and ends with the signal of who asks', async () => {
    const node = await callNode()
    const gone = new AbortController()
    const asked = node.calls.status('ab'.repeat(32), gone.signal)
    gone.abort(new Error('gone'))
    await expect(asked).rejects.toThrow('gone')
  })

  test('is told of a call that was dropped from the mempool', async () => {
    const node = await callNode()
    const call = node.call('put', 'a', '1')
    const { transaction } = await node.calls.endorse(call)
    if (!transaction) throw new Error('refused')
    await node.calls.submit(transaction)
    const asked = node.calls.status(call.callId)
    node.open.blockchain.events.emit('dropped', transaction, 'it waited too long')
    // Still pending: the event alone is not the truth.
    node.clock.nowMs += 15 * 86_400_000
    await node.open.pending.expire()
    await expect(asked).rejects.toMatchObject({ fault: 'bad-call', message: /it waited too long/ })
    await expect(node.calls.status(call.callId)).rejects.toMatchObject({ message: /it waited too long/ })
  })

  test('follows a reorg: the call waits again, and is told at its new height', async () => {
    const node = await callNode()
    const callId = await node.submit('put', 'a', '1')
    const block = await node.mine()
    await node.open.blockchain.invalidate(block.header.hash)
    expect(node.chain.world.worldValue('basic', 'a')).toBeUndefined()
    expect(node.calls.hasCall(callId)).toBe(false)
    const asked = node.calls.status(callId)
    const next = await node.mine()
    expect(await asked).toEqual({ code: CODE.VALID, height: next.header.height })
  })

  test('of an earlier run is found in the chain', async () => {
    const node = await callNode()
    const callId = await node.submit('put', 'a', '1')
    const { header } = await node.mine()
    await node.mine()
    const later = new CallBoard(node.chain)
    expect(later.placed(callId)).toMatchObject({ place: { height: header.height, code: CODE.VALID } })
    expect(later.placed('ab'.repeat(32))).toBeUndefined()
    later.close()
  })
})

test('private values are kept before the call is submitted, and no block holds them', async () => {
  const node = await callNode()
  await node.submit('secret', 'k')
  expect([...node.executor.privateValues.keys('basic', '_implicit_org_Org1MSP', '', '')]).toEqual(['k'])
  const block = await node.mine()
  expect(block.transactions).toHaveLength(2)
  expect(JSON.stringify(block)).not.toContain(SECRET)
})

test('a call whose private values are held no longer is not submitted', async () => {
  const node = await callNode({ maxHeldBytes: 1 })
  await expect(node.submit('secret', 'k')).rejects.toMatchObject({
    fault: 'bad-call',
    message: /endorse it again/,
  })
})

test('more calls than may run at once are refused, and room comes back', async () => {
  const node = await callNode({ maxRunning: 2 })
  let open = (): void => undefined
  node.executor.gate = new Promise((resolve) => (open = resolve))
  const running = [node.calls.evaluate(node.call('get', 'a')), node.calls.evaluate(node.call('get', 'a'))]
  await expect(node.calls.evaluate(node.call('get', 'a'))).rejects.toMatchObject({ fault: 'busy' })
  open()
  await Promise.all(running)
  await node.calls.evaluate(node.call('get', 'a'))
})

test('a caller that is gone is not waited for, and a contract error is passed on', async () => {
  const node = await callNode()
  const gone = AbortSignal.abort(new Error('gone'))
  await expect(node.calls.evaluate(makeCall(node.clock, 'get', 'a'), gone)).rejects.toThrow('gone')
  node.executor.execute = () =>
    Promise.reject(new ContractError('stream-lost', 'chaincode stream terminated'))
  await expect(node.calls.evaluate(node.call('get', 'a'))).rejects.toMatchObject({ fault: 'stream-lost' })
})
