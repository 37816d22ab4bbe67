import { expect, test } from '@jest/globals'
import { gateway, msp, peer } from '@hyperledger/fabric-protos'
import { WireError } from '../../../src/contract/wire/codec.js'
import {
  ChaincodeAdditionalParams,
  ChaincodeEventsRequest,
  ChaincodeMessage,
  ChaincodeMessageType,
  Proposal,
  SerializedIdentity,
} from '../../../src/contract/wire/fabric.js'

test("Fabric's own code reads what ours writes", () => {
  const message = peer.ChaincodeMessage.deserializeBinary(
    ChaincodeMessage.encode({
      type: ChaincodeMessageType.TRANSACTION,
      txid: 'abc',
      channelId: 'mychannel',
      payload: Buffer.from('payload'),
      timestamp: { seconds: 5_000_000_000, nanos: 7 },
      proposal: { proposalBytes: Buffer.from([1]), signature: Buffer.from([2]) },
      chaincodeEvent: { chaincodeId: 'c', txId: 't', eventName: 'e', payload: Buffer.from([3]) },
    }),
  )
  expect(message.toObject()).toEqual({
    type: peer.ChaincodeMessage.Type.TRANSACTION,
    txid: 'abc',
    channelId: 'mychannel',
    payload: Buffer.from('payload').toString('base64'),
    timestamp: { seconds: 5_000_000_000, nanos: 7 },
    proposal: { proposalBytes: 'AQ==', signature: 'Ag==' },
    chaincodeEvent: { chaincodeId: 'c', txId: 't', eventName: 'e', payload: 'Aw==' },
  })
})

test("ours reads what Fabric's own code writes", () => {
  const identity = new msp.SerializedIdentity()
  identity.setMspid('Org1MSP')
  identity.setIdBytes(Buffer.from('PEM'))
  const request = new gateway.ChaincodeEventsRequest()
  request.setChannelId('mychannel')
  request.setIdentity(identity.serializeBinary())
  request.setAfterTransactionId('t')
  const read = ChaincodeEventsRequest.decode(request.serializeBinary())
  expect(read).toMatchObject({
    channelId: 'mychannel',
    chaincodeId: '',
    afterTransactionId: 't',
    startPosition: null,
  })
  expect(SerializedIdentity.decode(read.identity)).toEqual({ mspid: 'Org1MSP', idBytes: Buffer.from('PEM') })
})

test('what was not sent has the default value of its type', () => {
  const { type, payload, txid, proposal } = ChaincodeMessage.decode(new Uint8Array())
  expect({ type, txid, proposal, length: payload.length }).toEqual({
    type: 0,
    txid: '',
    proposal: null,
    length: 0,
  })
})

test('the parameters of READY are the bytes that Go contracts expect', () => {
  const bytes = ChaincodeAdditionalParams.encode({
    useWriteBatch: true,
    maxSizeWriteBatch: 1000,
    useGetMultipleKeys: true,
    maxSizeGetMultipleKeys: 1000,
  })
  expect(Buffer.from(bytes).toString('hex')).toBe('080110e807180120e807')
})

test('bytes that are no message are refused with a typed error', () => {
  expect(() => Proposal.decode(Buffer.from([0x0a, 0x7f, 0x01]))).toThrow(WireError)
})
