import { encodeTransaction } from '../../ledger/encode-transaction.js'
import type { Call, CallResponse } from '../call.js'
import {
  ChaincodeAction,
  ChaincodeActionPayload,
  ChaincodeProposalPayload,
  Header,
  Payload,
  Proposal,
  ProposalResponsePayload,
  SignedProposal,
  Transaction,
} from '../wire/fabric.js'
import type { CallTransaction } from './gateway-calls.js'
import { proposalHash } from './proposal-hash.js'

/**
 * The payload of the envelope that a client signs and submits, laid out as a Fabric peer's. Its results hold the whole
 * transaction of the chain, so that any node can take it from there.
 */
export function preparedTransaction(
  { contract, signedProposal }: Call,
  response: CallResponse,
  transaction: CallTransaction,
): Uint8Array {
  const proposal = Proposal.decode(SignedProposal.decode(signedProposal).proposalBytes)
  const header = Header.decode(proposal.header)
  const { input } = ChaincodeProposalPayload.decode(proposal.payload)
  const chaincodeProposalPayload = ChaincodeProposalPayload.encode({ input })
  const extension = ChaincodeAction.encode({
    results: Buffer.from(JSON.stringify(encodeTransaction(transaction))),
    response,
    chaincodeId: { path: '', name: contract, version: '' },
  })
  const proposalResponsePayload = ProposalResponsePayload.encode({
    proposalHash: proposalHash(header.channelHeader, header.signatureHeader, chaincodeProposalPayload),
    extension,
  })
  const endorsements = transaction.payload.endorsements.map(({ publicKey, signature }) => ({
    endorser: Buffer.from(publicKey, 'hex'),
    signature: Buffer.from(signature, 'hex'),
  }))
  const action = {
    header: header.signatureHeader,
    payload: ChaincodeActionPayload.encode({
      chaincodeProposalPayload,
      action: { proposalResponsePayload, endorsements },
    }),
  }
  return Payload.encode({ header, data: Transaction.encode({ actions: [action] }) })
}
