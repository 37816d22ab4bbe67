import { once } from 'node:events'
import { type ServiceError, status } from '@grpc/grpc-js'
import { afterEach, expect, test } from '@jest/globals'
import type { CallResponse } from '../../../src/contract/call.js'
import { ContractError } from '../../../src/contract/contract-error.js'
import { SignedProposal } from '../../../src/contract/wire/fabric.js'
import { FakeCalls } from './fake-calls.js'
import { alice, bob, failure, GatewayKit, NOW, options, organisation, proposal } from './gateway-kit.js'

const OK: CallResponse = { status: 200, message: '', payload: Buffer.from('answer') }
const PEER = { address: 'localhost:7051', mspId: 'Org1MSP' }

let kit: GatewayKit
afterEach(() => kit.close())

async function open(answer: ConstructorParameters<typeof FakeCalls>[0]): Promise<FakeCalls> {
  const calls = new FakeCalls(answer)
  kit = await GatewayKit.open(options(calls))
  return calls
}

test('a call is answered as its contract answers, and the contract gets the call', async () => {
  const seen: unknown[] = []
  await open((call) => {
    seen.push(call)
    return { status: 299, message: 'fine', payload: Buffer.from([0, 255]) }
  })
  const call = proposal({ transient: new Map([['t', Buffer.from('x')]]) })
  expect(await kit.evaluate(call)).toEqual({
    result: { status: 299, message: 'fine', payload: Buffer.from([0, 255]) },
  })
  expect(seen).toEqual([{ ...call, signedProposal: Buffer.from(call.signedProposal) }])
})

test("a contract's refusal is an unknown error with its text, in the details too", async () => {
  await open(() => ({ ...OK, status: 500, message: 'the asset a1 does not exist' }))
  expect(await failure(kit.evaluate(proposal()))).toEqual({
    code: status.UNKNOWN,
    message: 'evaluate call to endorser returned error: chaincode response 500, the asset a1 does not exist',
    details: [{ ...PEER, message: 'chaincode response 500, the asset a1 does not exist' }],
  })
})

test('an answer is a success from 200 to 399', async () => {
  let answered = 0
  await open(() => ({ ...OK, status: answered }))
  const codes: Record<number, number> = {}
  for (answered of [199, 200, 399, 400])
    codes[answered] = await kit.evaluate(proposal()).then(
      () => status.OK,
      (error: unknown) => (error as ServiceError).code,
    )
  expect(codes).toEqual({ 199: status.UNKNOWN, 200: status.OK, 399: status.OK, 400: status.UNKNOWN })
})

test('a refusal as long as you like arrives, cut', async () => {
  await open(() => ({ ...OK, status: 500, message: '🙂'.repeat(100_000) }))
  const { message, details } = await failure(kit.evaluate(proposal()))
  expect(message).toMatch(/^evaluate call to endorser returned error: chaincode response 500, (🙂)+…$/u)
  expect(details[0]?.message).toMatch(/^chaincode response 500, (🙂)+…$/u)
})

test.each([
  ['busy', status.RESOURCE_EXHAUSTED, 'text', 0],
  ['timeout', status.ABORTED, 'evaluate call to endorser returned error: text', 1],
  ['unknown-contract', status.ABORTED, 'evaluate call to endorser returned error: text', 1],
  ['stream-lost', status.ABORTED, 'evaluate call to endorser returned error: text', 1],
] as const)(
  'a call without an answer (%s) has a status of its own',
  async (fault, code, message, details) => {
    await open(() => {
      throw new ContractError(fault, 'text')
    })
    const seen = await failure(kit.evaluate(proposal()))
    expect(seen).toMatchObject({ code, message })
    expect(seen.details).toEqual(details === 0 ? [] : [{ ...PEER, message: 'text' }])
  },
)

test('an error of the node itself tells the client nothing, and the node everything', async () => {
  const faults: unknown[] = []
  const calls = new FakeCalls(() => {
    throw new Error('secret')
  })
  kit = await GatewayKit.open(options(calls, { onFault: (error) => faults.push(error) }))
  expect(await failure(kit.evaluate(proposal()))).toEqual({
    code: status.INTERNAL,
    message: 'internal error of the node',
    details: [],
  })
  expect(faults).toEqual([new Error('secret')])
})

test('wrong id, wrong signature, expired certificate and replay have reasons of their own', async () => {
  const calls = await open(() => OK)
  const prefix = 'evaluate call to endorser returned error: '
  const reasonOf = async (call: ReturnType<typeof proposal>) => {
    const { code, message } = await failure(kit.evaluate(call))
    expect(code).toBe(status.FAILED_PRECONDITION)
    return message.replace(prefix, '')
  }
  const call = proposal()
  const { proposalBytes } = SignedProposal.decode(call.signedProposal)
  const withBytes = (bytes: Uint8Array, signature: Uint8Array) => ({
    ...call,
    signedProposal: SignedProposal.encode({ proposalBytes: bytes, signature }),
  })
  const otherId = Buffer.from(proposalBytes)
  otherId.write('0000', otherId.indexOf(call.callId))
  expect(await reasonOf(withBytes(otherId, Buffer.from('x')))).toBe(
    `error validating proposal: incorrectly computed txid '0000${call.callId.slice(4)}' -- expected '${call.callId}'`,
  )
  expect(
    await reasonOf(withBytes(proposalBytes, SignedProposal.decode(proposal().signedProposal).signature)),
  ).toBe(
    "error validating proposal: access denied: channel [mychannel] creator org [Org1MSP]: the signature is not by the key of the creator's certificate",
  )
  const expired = await organisation.issue({ commonName: 'late', validityMs: -1000 }, NOW)
  expect(await reasonOf(proposal({ identity: expired }))).toMatch(
    /: the certificate expired on 2026-01-15T12:29:59/,
  )
  calls.commit(call.callId)
  expect(await reasonOf(call)).toBe(`duplicate transaction found [${call.callId}]`)
})

test('no proposal, or one that cannot be read, is an invalid argument', async () => {
  await open(() => OK)
  expect(await failure(kit.unary('evaluate', {}))).toEqual({
    code: status.INVALID_ARGUMENT,
    message: 'a proposed transaction is required',
    details: [],
  })
  const proposedTransaction = { proposalBytes: Buffer.from([1]), signature: Buffer.from([1]) }
  expect(await failure(kit.unary('evaluate', { proposedTransaction }))).toMatchObject({
    code: status.INVALID_ARGUMENT,
    message: 'failed to unpack transaction proposal: error unmarshalling Proposal',
  })
})

test('a client that gives up, or whose time is up, ends its call', async () => {
  const signals: AbortSignal[] = []
  await open((_call, signal) => {
    signals.push(signal)
    return once(signal, 'abort').then(() => OK)
  })
  expect((await failure(kit.evaluate(proposal(), 100))).code).toBe(status.DEADLINE_EXCEEDED)
  const call = proposal({ identity: bob })
  const proposedTransaction = SignedProposal.decode(call.signedProposal)
  const { answer, cancel } = kit.cancellable('evaluate', { proposedTransaction })
  while (signals.length < 2) await new Promise((resolve) => setImmediate(resolve))
  cancel()
  expect((await failure(answer)).code).toBe(status.CANCELLED)
  for (const signal of signals) if (!signal.aborted) await once(signal, 'abort')
})

test('a full gateway turns clients away, and serves again once there is room', async () => {
  const release: (() => void)[] = []
  const calls = new FakeCalls(
    () =>
      new Promise((resolve) => {
        release.push(() => resolve(OK))
      }),
  )
  kit = await GatewayKit.open(options(calls, { limits: { calls: 1 } }))
  const first = kit.evaluate(proposal())
  while (release.length < 1) await new Promise((resolve) => setImmediate(resolve))
  expect(await failure(kit.evaluate(proposal()))).toEqual({
    code: status.RESOURCE_EXHAUSTED,
    message: 'too many requests for /gateway.Gateway, exceeding concurrency limit (1)',
    details: [],
  })
  release.pop()?.()
  await first
  const third = kit.evaluate(proposal({ identity: alice }))
  while (release.length < 1) await new Promise((resolve) => setImmediate(resolve))
  release.pop()?.()
  expect(await third).toMatchObject({ result: OK })
})
