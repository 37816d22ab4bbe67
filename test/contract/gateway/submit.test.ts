import { status } from '@grpc/grpc-js'
import { afterEach, expect, test } from '@jest/globals'
import type { Json } from '../../../src/base/json.js'
import { RuleError } from '../../../src/ledger/rule-error.js'
import type { Call } from '../../../src/contract/call.js'
import { ContractError } from '../../../src/contract/contract-error.js'
import type { Identity } from '../../../src/contract/identity/identity.js'
import { serializeIdentity } from '../../../src/contract/identity/identity.js'
import { Membership } from '../../../src/contract/identity/membership.js'
import { signMessage } from '../../../src/contract/identity/signature-key.js'
import { type EndorseResponse, SignatureHeader } from '../../../src/contract/wire/fabric.js'
import { FakeCalls, transactionOf } from './fake-calls.js'
import { alice, bob, failure, GatewayKit, NOW, options, organisation, proposal } from './gateway-kit.js'
import { envelopePayload, OK, twisted, type Twist } from './twisted-envelope.js'

let kit: GatewayKit
let calls: FakeCalls
afterEach(() => kit.close())

async function open(): Promise<void> {
  calls = new FakeCalls(() => OK)
  kit = await GatewayKit.open(options(calls))
}

function submit(call: Call, payload: Uint8Array, signer: Identity = alice): Promise<unknown> {
  const preparedTransaction = { payload, signature: signMessage(signer.privateKey, payload) }
  return kit.unary('submit', { transactionId: call.callId, channelId: 'mychannel', preparedTransaction })
}

test('a signed envelope puts its transaction on the chain, at any node', async () => {
  await open()
  const call = proposal()
  const { preparedTransaction: envelope } = (await kit.endorse(call)) as EndorseResponse
  kit.close()
  await open()
  expect(await submit(call, envelope?.payload ?? new Uint8Array())).toEqual({})
  expect(calls.submitted).toEqual([transactionOf(call, OK)])
})

test('an envelope may be submitted twice, and by its creator after others have tried', async () => {
  await open()
  const call = proposal()
  const { preparedTransaction: envelope } = (await kit.endorse(call)) as EndorseResponse
  const payload = envelope?.payload ?? new Uint8Array()
  expect((await failure(submit(call, payload, bob))).code).toBe(status.PERMISSION_DENIED)
  await submit(call, payload)
  await submit(call, payload)
  expect(calls.submitted).toEqual([transactionOf(call, OK), transactionOf(call, OK)])
})

test('an envelope made here needs the right id and an identity that is still in order, too', async () => {
  let now = NOW
  const roots = [organisation.rootCertificate]
  const members = new Membership({ roots: { rootsOf: () => roots }, nowMs: () => now })
  calls = new FakeCalls(() => OK)
  kit = await GatewayKit.open(options(calls, { members }))
  const prepare = async () => {
    const call = proposal()
    const { preparedTransaction: envelope } = (await kit.endorse(call)) as EndorseResponse
    return { call, payload: envelope?.payload ?? new Uint8Array() }
  }
  const first = await prepare()
  expect(await failure(submit({ ...first.call, callId: 'b'.repeat(64) }, first.payload))).toMatchObject({
    code: status.INVALID_ARGUMENT,
    message: `the transaction id is not the one of its creator and nonce, ${first.call.callId}`,
  })
  const second = await prepare()
  now += 100 * 365 * 86_400_000
  expect((await failure(submit(second.call, second.payload))).message).toMatch(/the certificate expired/)
  expect(calls.submitted).toEqual([])
})

test('an envelope without its signature, or no envelope, is an invalid argument', async () => {
  await open()
  const call = proposal()
  const preparedTransaction = { payload: envelopePayload(call), signature: new Uint8Array() }
  expect(await failure(kit.unary('submit', { transactionId: call.callId, preparedTransaction }))).toEqual({
    code: status.INVALID_ARGUMENT,
    message: 'prepared transaction must be signed',
    details: [],
  })
  expect((await failure(kit.unary('submit', {}))).message).toBe('a prepared transaction is required')
  expect(calls.submitted).toEqual([])
})

test("an envelope that somebody else has signed, or that was changed, is not its creator's", async () => {
  await open()
  const call = proposal()
  const payload = envelopePayload(call)
  const denied = {
    code: status.PERMISSION_DENIED,
    message:
      "access denied: channel [mychannel] creator org [Org1MSP]: the signature is not by the key of the creator's certificate",
  }
  expect(await failure(submit(call, payload, bob))).toMatchObject(denied)
  const changed = Buffer.from(payload)
  const signature = signMessage(alice.privateKey, payload)
  changed.write('DeleteAsset', changed.indexOf('CreateAsset'))
  const preparedTransaction = { payload: changed, signature }
  expect(
    await failure(kit.unary('submit', { transactionId: call.callId, preparedTransaction })),
  ).toMatchObject(denied)
  expect(calls.submitted).toEqual([])
})

/** Changes the transaction in the results. */
const changing = (change: (transaction: Record<string, Json>, payload: Record<string, Json>) => object) => ({
  results: (text: string) => {
    const transaction = JSON.parse(text) as Record<string, Json>
    return JSON.stringify(change(transaction, transaction['payload'] as Record<string, Json>))
  },
})

const JUNK = Buffer.from([0x0a, 0x7f, 1])
const OTHER = 'the results are those of another call'

test.each<[string, Twist, string]>([
  ['no header', { payload: { header: null } }, 'the prepared transaction has no header'],
  ['junk for a channel header', { header: { channelHeader: JUNK } }, 'error unmarshalling ChannelHeader'],
  [
    'junk for a signature header',
    { header: { signatureHeader: JUNK } },
    'error unmarshalling SignatureHeader',
  ],
  ['another type', { channelHeader: { type: 1 } }, 'invalid header type 1'],
  ['another channel', { channelHeader: { channelId: 'other' } }, "channel 'other' not found"],
  [
    'no contract',
    { channelHeader: { extension: new Uint8Array() } },
    'ChaincodeHeaderExtension.ChaincodeId is nil',
  ],
  ['junk for a transaction', { payload: { data: JUNK } }, 'error unmarshalling Transaction'],
  ['no action', { actions: 0 }, 'the prepared transaction has 0 actions, not one'],
  ['two actions', { actions: 2 }, 'the prepared transaction has 2 actions, not one'],
  ['junk for an action', { action: () => JUNK }, 'error unmarshalling ChaincodeActionPayload'],
  ['nothing endorsed', { action: () => new Uint8Array() }, 'the prepared transaction has no endorsed action'],
  ['another hash', { hash: Buffer.alloc(32) }, 'the proposal hash is not the one of the proposal'],
  ['results that are no JSON', { results: () => 'x' }, 'the results cannot be read: not JSON'],
  [
    'results that are no transaction',
    { results: () => '{}' },
    'the results cannot be read: transaction lacks version',
  ],
  [
    'a transaction that is no call',
    changing((transaction) => ({ ...transaction, payload: undefined })),
    'the results are no contract call',
  ],
  [
    'results as long as no transaction',
    { results: (text) => text + ' '.repeat(100_000) },
    'the results are too long',
  ],
  [
    'another call id',
    changing((transaction, payload) => ({
      ...transaction,
      payload: { ...payload, call_id: 'a'.repeat(64) },
    })),
    OTHER,
  ],
  [
    'another contract',
    changing((transaction, payload) => ({ ...transaction, payload: { ...payload, contract: 'other' } })),
    OTHER,
  ],
  [
    'other arguments',
    changing((transaction, payload) => ({
      ...transaction,
      payload: { ...payload, args: [{ text: 'CreateAsset' }, { text: 'a2' }] },
    })),
    OTHER,
  ],
  [
    'fewer arguments',
    changing((transaction, payload) => ({
      ...transaction,
      payload: { ...payload, args: [{ text: 'CreateAsset' }] },
    })),
    OTHER,
  ],
  [
    'another creator',
    changing((transaction, payload) => ({
      ...transaction,
      payload: { ...payload, creator: { msp_id: 'Org1MSP', credentials: bob.certificate } },
    })),
    OTHER,
  ],
  [
    'another organisation',
    changing((transaction, payload) => ({
      ...transaction,
      payload: { ...payload, creator: { msp_id: 'Org2MSP', credentials: alice.certificate } },
    })),
    OTHER,
  ],
  ['another time', changing((transaction) => ({ ...transaction, timestamp: NOW + 1 })), OTHER],
])('an envelope with %s is an invalid argument, whoever signed it', async (_what, twist, message) => {
  await open()
  const call = proposal()
  const seen = await failure(submit(call, twisted(call, twist)))
  expect(seen.code).toBe(status.INVALID_ARGUMENT)
  expect(seen.message.slice(0, message.length)).toBe(message)
  expect(calls.submitted).toEqual([])
})

test('an envelope put together again as it was is taken', async () => {
  await open()
  const call = proposal()
  await submit(call, twisted(call, {}))
  expect(calls.submitted).toHaveLength(1)
})

test('an id that is not that of creator and nonce is refused wherever it stands', async () => {
  await open()
  const call = proposal()
  const text = `the transaction id is not the one of its creator and nonce, ${call.callId}`
  const wrong = { channelHeader: { txId: 'a'.repeat(64) } }
  expect((await failure(submit(call, twisted(call, wrong)))).message).toBe(text)
  expect((await failure(submit({ ...call, callId: 'b'.repeat(64) }, envelopePayload(call)))).message).toBe(
    text,
  )
  const signatureHeader = SignatureHeader.encode({
    creator: serializeIdentity(alice),
    nonce: Buffer.from('another'),
  })
  expect((await failure(submit(call, twisted(call, { header: { signatureHeader } })))).message).toMatch(
    /^the transaction id is not/,
  )
})

test('an envelope longer than any that a node makes is not read', async () => {
  await open()
  const call = proposal()
  expect((await failure(submit(call, Buffer.alloc(400_001)))).message).toBe(
    'the prepared transaction is too long',
  )
})

test.each([
  [
    new RuleError('UTX-6', 'the transaction is too old'),
    status.ABORTED,
    'the transaction was not accepted: the transaction is too old (UTX-6)',
  ],
  [
    new ContractError('bad-call', 'duplicate transaction found [x]'),
    status.ABORTED,
    'the transaction was not accepted: duplicate transaction found [x]',
  ],
  [new ContractError('busy', 'the mempool is full'), status.RESOURCE_EXHAUSTED, 'the mempool is full'],
])('a transaction that the chain does not take is told so: %s', async (error, code, message) => {
  await open()
  calls.submit = () => Promise.reject(error)
  const call = proposal()
  expect(await failure(submit(call, envelopePayload(call)))).toMatchObject({ code, message })
})
