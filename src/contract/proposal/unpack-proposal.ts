import { type Codec, WireError } from '../wire/codec.js'
import {
  ChaincodeHeaderExtension,
  type ChaincodeInput,
  ChaincodeInvocationSpec,
  ChaincodeProposalPayload,
  ChannelHeader,
  Header,
  Proposal,
  SignatureHeader,
} from '../wire/fabric.js'
import { ProposalError } from './proposal-error.js'

/** The parts of a proposal, none of them checked but for its shape. */
export interface UnpackedProposal {
  readonly header: Header
  readonly channelHeader: ChannelHeader
  readonly signatureHeader: SignatureHeader
  readonly contract: string
  readonly input: ChaincodeInput
  readonly payload: ChaincodeProposalPayload
}

/** The parts of a header. */
export interface UnpackedHeader {
  readonly channelHeader: ChannelHeader
  readonly signatureHeader: SignatureHeader
}

/** @throws {ProposalError} `malformed` */
export function unpackProposal(proposalBytes: Uint8Array): UnpackedProposal {
  if (proposalBytes.length === 0) throw malformed('the proposal is empty')
  const proposal = decodePart(Proposal, proposalBytes, 'Proposal')
  const header = decodePart(Header, proposal.header, 'Header')
  const parts = unpackHeader(header)
  const payload = decodePart(ChaincodeProposalPayload, proposal.payload, 'ChaincodeProposalPayload')
  const { contract, input } = unpackSpec(payload.input)
  const named = contractOf(parts.channelHeader)
  if (contract !== '' && contract !== named) throw malformed('the header and the payload name two chaincodes')
  return { header, ...parts, contract: named, input, payload }
}

/** @throws {ProposalError} `malformed` */
export function unpackHeader(header: Header): UnpackedHeader {
  return {
    channelHeader: decodePart(ChannelHeader, header.channelHeader, 'ChannelHeader'),
    signatureHeader: decodePart(SignatureHeader, header.signatureHeader, 'SignatureHeader'),
  }
}

/** The contract that a channel header names. @throws {ProposalError} `malformed` */
export function contractOf({ extension }: ChannelHeader): string {
  const { chaincodeId } = decodePart(ChaincodeHeaderExtension, extension, 'ChaincodeHeaderExtension')
  if (!chaincodeId) throw malformed('ChaincodeHeaderExtension.ChaincodeId is nil')
  if (chaincodeId.name === '') throw malformed('ChaincodeHeaderExtension.ChaincodeId.Name is empty')
  return chaincodeId.name
}

/** What a proposal payload's input says; the contract is '' where it says none. @throws {ProposalError} `malformed` */
export function unpackSpec(specBytes: Uint8Array): {
  readonly contract: string
  readonly input: ChaincodeInput
} {
  const { chaincodeSpec } = decodePart(ChaincodeInvocationSpec, specBytes, 'ChaincodeInvocationSpec')
  if (!chaincodeSpec) throw malformed('chaincode invocation spec does not contain chaincode spec')
  if (!chaincodeSpec.input) throw malformed('chaincode input did not contain any input')
  return { contract: chaincodeSpec.chaincodeId?.name ?? '', input: chaincodeSpec.input }
}

/** One message out of another. @throws {ProposalError} `malformed`, naming the message */
export function decodePart<T>(codec: Codec<T>, bytes: Uint8Array, name: string): T {
  try {
    return codec.decode(bytes)
  } catch (error) {
    if (!(error instanceof WireError)) throw error
    throw new ProposalError('malformed', `error unmarshalling ${name}`, { cause: error })
  }
}

function malformed(message: string): ProposalError {
  return new ProposalError('malformed', message)
}
