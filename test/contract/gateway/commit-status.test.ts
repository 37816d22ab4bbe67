import { status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { VALIDATION_CODE } from '../../../src/ledger/validation-code.js'
import { ContractError } from '../../../src/contract/contract-error.js'
import { serializeIdentity } from '../../../src/contract/identity/identity.js'
import { CommitStatusRequest } from '../../../src/contract/wire/fabric.js'
import { FakeCalls } from './fake-calls.js'
import { alice, bob, failure, GatewayKit, options, signed } from './gateway-kit.js'

const CALL_ID = 'a'.repeat(64)

let kit: GatewayKit
let calls: FakeCalls

beforeEach(async () => {
  calls = new FakeCalls(() => {
    throw new Error('no contract here')
  })
  kit = await GatewayKit.open(options(calls, { limits: { waits: 1 } }))
})
afterEach(() => kit.close())

async function untilWaiting(count: number): Promise<void> {
  while (calls.waiting !== count) await new Promise((resolve) => setImmediate(resolve))
}

test('the status of a call in a block is told at once', async () => {
  calls.addBlock([])
  calls.commit(CALL_ID, VALIDATION_CODE.MVCC_READ_CONFLICT)
  expect(await kit.commitStatus({ transactionId: CALL_ID })).toMatchObject({ result: 11, blockNumber: 1 })
})

test('the answer waits for the block of the call', async () => {
  const answer = kit.commitStatus({ transactionId: CALL_ID })
  await untilWaiting(1)
  calls.commit('b'.repeat(64))
  await untilWaiting(1)
  calls.commit(CALL_ID)
  expect(await answer).toMatchObject({ result: 0, blockNumber: 1 })
})

test('a client that gives up, or whose time is up, waits no longer', async () => {
  expect((await failure(kit.commitStatus({ transactionId: CALL_ID }, alice, 50))).code).toBe(
    status.DEADLINE_EXCEEDED,
  )
  await untilWaiting(0)
  const request = CommitStatusRequest.encode({
    transactionId: CALL_ID,
    channelId: 'mychannel',
    identity: serializeIdentity(alice),
  })
  const { answer, cancel } = kit.cancellable('commitStatus', signed(request, alice))
  await untilWaiting(1)
  cancel()
  expect((await failure(answer)).code).toBe(status.CANCELLED)
  await untilWaiting(0)
})

test('only so many may wait', async () => {
  const first = kit.commitStatus({ transactionId: CALL_ID })
  await untilWaiting(1)
  expect((await failure(kit.commitStatus({ transactionId: CALL_ID }))).code).toBe(status.RESOURCE_EXHAUSTED)
  calls.commit(CALL_ID)
  await first
})

test('whoever did not sign the request learns nothing', async () => {
  calls.commit(CALL_ID)
  expect(await failure(kit.commitStatus({ transactionId: CALL_ID }, bob))).toMatchObject({
    code: status.PERMISSION_DENIED,
    message:
      "access denied: channel [mychannel] creator org [Org1MSP]: the signature is not by the key of the creator's certificate",
  })
  expect(
    await failure(kit.commitStatus({ transactionId: CALL_ID, identity: new Uint8Array() })),
  ).toMatchObject({
    code: status.PERMISSION_DENIED,
  })
})

test.each([
  ['stopping', 'the node is stopping', status.UNAVAILABLE],
  ['bad-call', 'the transaction of the call waits for a block no longer: expired', status.ABORTED],
] as const)('where the wait is in vain (%s) the client learns why', async (fault, message, code) => {
  calls.status = () => Promise.reject(new ContractError(fault, message))
  expect(await failure(kit.commitStatus({ transactionId: CALL_ID }))).toMatchObject({ code, message })
})

test.each([
  [
    'no request',
    { request: new Uint8Array() },
    status.INVALID_ARGUMENT,
    'a commit status request is required',
  ],
  [
    'junk',
    signed(Buffer.from([0x0a, 0x7f]), alice),
    status.INVALID_ARGUMENT,
    'invalid commit status request',
  ],
  [
    'no id',
    signed(CommitStatusRequest.encode({ channelId: 'mychannel' }), alice),
    status.INVALID_ARGUMENT,
    'the transaction id is not 64 lower-case hex digits',
  ],
  [
    'another channel',
    signed(CommitStatusRequest.encode({ channelId: 'other', transactionId: CALL_ID }), alice),
    status.FAILED_PRECONDITION,
    "channel 'other' not found",
  ],
])('a request with %s is refused', async (_what, request, code, message) => {
  expect(await failure(kit.unary('commitStatus', request))).toMatchObject({ code, message })
})
