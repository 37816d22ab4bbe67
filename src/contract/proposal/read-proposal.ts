import { isContractName } from '../../ledger/contracts/namespaces.js'
import type { Call } from '../call.js'
import type { Membership } from '../identity/membership.js'
import { type ChannelHeader, type SignatureHeader, SignedProposal } from '../wire/fabric.js'
import { callIdOf } from './call-id.js'
import { CALL_HEADER_TYPE } from './header-type.js'
import { ProposalError } from './proposal-error.js'
import { requireSigner } from './require-signer.js'
import { timestampMsOf } from './timestamp.js'
import { type UnpackedProposal, unpackProposal } from './unpack-proposal.js'

export interface ProposalRules {
  readonly channelId: string
  readonly members: Membership
  /** Whether a call of this id is in the chain. */
  readonly hasCall: (callId: string) => boolean
  /** 16 MiB if left out. */
  readonly maxProposalBytes?: number
}

const MAX_PROPOSAL_BYTES = 16 * 1024 * 1024
const MAX_ARGS = 1024
const MAX_TRANSIENT_ENTRIES = 1024
const MAX_NONCE_BYTES = 256
const MAX_SIGNATURE_BYTES = 512

/** The call that a client proposes, once it is clear that it may. Rejects with a ProposalError. */
export async function readProposal(signed: SignedProposal, rules: ProposalRules): Promise<Call> {
  requireSizes(signed, rules.maxProposalBytes ?? MAX_PROPOSAL_BYTES)
  const proposal = unpackProposal(signed.proposalBytes)
  const { channelHeader, signatureHeader, contract, input, payload } = proposal
  requireContents(proposal)
  const callId = requireCallId(channelHeader, signatureHeader)
  requireChannel(channelHeader, rules.channelId)
  const { mspId, certificate } = await requireSigner(
    {
      message: signed.proposalBytes,
      signature: signed.signature,
      creator: signatureHeader.creator,
      contract,
    },
    rules.members,
    rules.channelId,
  )
  if (rules.hasCall(callId)) throw new ProposalError('duplicate', `duplicate transaction found [${callId}]`)
  return {
    channelId: rules.channelId,
    callId,
    contract,
    args: input.args,
    isInit: input.isInit,
    transient: new Map(Object.entries(payload.transientMap)),
    caller: { mspId, certificate },
    timestampMs: requireTimestamp(channelHeader),
    signedProposal: SignedProposal.encode(signed),
  }
}

function requireSizes({ proposalBytes, signature }: SignedProposal, maxProposalBytes: number): void {
  if (proposalBytes.length > maxProposalBytes)
    throw malformed(`the proposal takes ${proposalBytes.length} bytes, more than ${maxProposalBytes}`)
  if (signature.length === 0) throw malformed('empty signature bytes')
  if (signature.length > MAX_SIGNATURE_BYTES) throw malformed('the signature is too long')
}

function requireContents({
  channelHeader,
  signatureHeader,
  contract,
  input,
  payload,
}: UnpackedProposal): void {
  if (channelHeader.type !== CALL_HEADER_TYPE) throw malformed(`invalid header type ${channelHeader.type}`)
  if (channelHeader.epoch !== 0) throw malformed('epoch is non-zero')
  if (signatureHeader.nonce.length === 0) throw malformed('nonce is empty')
  if (signatureHeader.nonce.length > MAX_NONCE_BYTES) throw malformed('the nonce is too long')
  if (signatureHeader.creator.length === 0) throw malformed('creator is empty')
  if (!isContractName(contract)) throw malformed('the chaincode has a name that no chaincode can have')
  if (input.args.length > MAX_ARGS) throw malformed(`${input.args.length} arguments, more than ${MAX_ARGS}`)
  const transientEntries = Object.keys(payload.transientMap).length
  if (transientEntries > MAX_TRANSIENT_ENTRIES)
    throw malformed(`${transientEntries} transient values, more than ${MAX_TRANSIENT_ENTRIES}`)
}

function requireCallId({ txId }: ChannelHeader, { nonce, creator }: SignatureHeader): string {
  const expected = callIdOf(nonce, creator)
  // Quoted only as far as an id is long: it could be of any length.
  if (txId !== expected)
    throw new ProposalError(
      'wrong-id',
      `incorrectly computed txid '${txId.slice(0, expected.length)}' -- expected '${expected}'`,
    )
  return expected
}

function requireChannel({ channelId }: ChannelHeader, ownChannelId: string): void {
  if (channelId !== ownChannelId)
    throw new ProposalError('other-channel', `channel '${channelId.slice(0, 249)}' not found`)
}

function requireTimestamp({ timestamp }: ChannelHeader): number {
  const timestampMs = timestamp ? timestampMsOf(timestamp) : undefined
  if (timestampMs === undefined) throw malformed('the timestamp is missing or is no time')
  return timestampMs
}

function malformed(message: string): ProposalError {
  return new ProposalError('malformed', message)
}
