import { status } from '@grpc/grpc-js'
import { common, peer } from '@hyperledger/fabric-protos'
import { afterEach, expect, test } from '@jest/globals'
import { encodeTransaction } from '../../../src/ledger/encode-transaction.js'
import type { CallResponse } from '../../../src/contract/call.js'
import { ContractError } from '../../../src/contract/contract-error.js'
import type { EndorseResponse } from '../../../src/contract/wire/fabric.js'
import { FakeCalls, transactionOf } from './fake-calls.js'
import { failure, GatewayKit, options, proposal } from './gateway-kit.js'

const OK: CallResponse = { status: 200, message: 'fine', payload: Buffer.from('answer') }
const PEER = { address: 'localhost:7051', mspId: 'Org1MSP' }

let kit: GatewayKit
let calls: FakeCalls
afterEach(() => kit.close())

async function open(answer: () => CallResponse = () => OK): Promise<void> {
  calls = new FakeCalls(answer)
  kit = await GatewayKit.open(options(calls))
}

test('an endorsed call comes back as an envelope that carries its answer and its transaction', async () => {
  await open()
  const call = proposal({ transient: new Map([['secret', Buffer.from('s3cret')]]) })
  const { preparedTransaction: envelope } = (await kit.endorse(call)) as EndorseResponse
  const bytes = envelope?.payload ?? new Uint8Array()
  expect(envelope?.signature).toHaveLength(0)
  expect(Buffer.from(bytes).includes('s3cret')).toBe(false)
  const payload = common.Payload.deserializeBinary(bytes)
  const channelHeader = common.ChannelHeader.deserializeBinary(
    payload.getHeader()?.getChannelHeader_asU8() ?? new Uint8Array(),
  )
  expect(channelHeader.getTxId()).toBe(call.callId)
  const [action] = peer.Transaction.deserializeBinary(payload.getData_asU8()).getActionsList()
  const response = peer.ProposalResponsePayload.deserializeBinary(
    peer.ChaincodeActionPayload.deserializeBinary(action?.getPayload_asU8() ?? new Uint8Array())
      .getAction()
      ?.getProposalResponsePayload_asU8() ?? new Uint8Array(),
  )
  const result = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8())
  expect(result.getResponse()?.toObject()).toEqual({
    ...OK,
    payload: Buffer.from('answer').toString('base64'),
  })
  expect(result.getChaincodeId()?.getName()).toBe('basic')
  expect(Buffer.from(result.getResults_asU8()).toString()).toBe(
    JSON.stringify(encodeTransaction(transactionOf(call, OK))),
  )
})

test("a contract's refusal aborts Endorse, with the text in the details", async () => {
  await open(() => ({ ...OK, status: 404, message: 'no such asset' }))
  expect(await failure(kit.endorse(proposal()))).toEqual({
    code: status.ABORTED,
    message: 'failed to endorse transaction, see attached details for more info',
    details: [{ ...PEER, message: 'chaincode response 404, no such asset' }],
  })
})

test.each([
  [new ContractError('timeout', 'timeout expired'), status.ABORTED, ['timeout expired']],
  [new ContractError('busy', 'busy'), status.RESOURCE_EXHAUSTED, []],
])('an Endorse that comes to no answer says why: %s', async (error, code, texts) => {
  await open(() => {
    throw error
  })
  const seen = await failure(kit.endorse(proposal()))
  expect(seen.code).toBe(code)
  expect(seen.details).toEqual(texts.map((message) => ({ ...PEER, message })))
})

test('an Endorse that is not allowed, or a replay, says why', async () => {
  await open()
  const call = proposal()
  const signedProposal = Buffer.from(call.signedProposal)
  signedProposal.writeUInt8(
    signedProposal.readUInt8(signedProposal.length - 1) ^ 1,
    signedProposal.length - 1,
  )
  const tampered = { ...call, signedProposal }
  expect((await failure(kit.endorse(tampered))).details[0]?.message).toMatch(
    /^error validating proposal: access denied: channel \[mychannel\] creator org \[Org1MSP\]/,
  )
  calls.commit(call.callId)
  expect(await failure(kit.endorse(call))).toEqual({
    code: status.ABORTED,
    message: 'failed to endorse transaction, see attached details for more info',
    details: [{ ...PEER, message: `duplicate transaction found [${call.callId}]` }],
  })
  expect(await failure(kit.unary('endorse', {}))).toMatchObject({
    code: status.INVALID_ARGUMENT,
    message: 'a proposed transaction is required',
  })
})
