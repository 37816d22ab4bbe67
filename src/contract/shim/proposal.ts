import {
  ChaincodeProposalPayload,
  ChannelHeader,
  Header,
  Proposal,
  SerializedIdentity,
  SignatureHeader,
} from '../wire/fabric.js'
import type { SignedProposal } from '../wire/fabric.js'
import type { ProposalFacts, SignedProposalParts } from './transaction-input.js'

/** Takes a signed proposal apart. Nothing in it is verified: the node did that. @throws {Error} saying which part is no such */
export function readProposal(signed: SignedProposal): ProposalFacts {
  const proposal = decoded('Proposal', () => Proposal.decode(signed.proposalBytes))
  if (proposal.header.length === 0) throw new Error('Proposal header is empty')
  if (proposal.payload.length === 0) throw new Error('Proposal payload is empty')
  const header = decoded('Header', () => Header.decode(proposal.header))
  const signatureHeader = decoded('SignatureHeader', () => SignatureHeader.decode(header.signatureHeader))
  const creator = decoded('SerializedIdentity', () => SerializedIdentity.decode(signatureHeader.creator))
  const channelHeader = decoded('ChannelHeader', () => ChannelHeader.decode(header.channelHeader))
  const payload = decoded('ChaincodeProposalPayload', () => ChaincodeProposalPayload.decode(proposal.payload))
  // In the same order on every node, whatever the order on the wire.
  const transient = new Map(Object.entries(payload.transientMap).sort(([a], [b]) => (a < b ? -1 : 1)))
  const parts: SignedProposalParts = {
    signature: signed.signature,
    proposal: {
      header: { channelHeader, signatureHeader: { creator, nonce: signatureHeader.nonce } },
      payload: { input: payload.input, transientMap: transient },
    },
  }
  return {
    creator,
    creatorBytes: signatureHeader.creator,
    nonce: signatureHeader.nonce,
    timestamp: channelHeader.timestamp,
    transient,
    parts,
  }
}

function decoded<T>(part: string, decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    throw new Error(`Decoding ${part} failed: ${error instanceof Error ? error.message : String(error)}`)
  }
}
