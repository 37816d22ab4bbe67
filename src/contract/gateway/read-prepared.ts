import { JsonError, parseJson } from '../../base/json.js'
import { decodeTransaction } from '../../ledger/decode-transaction.js'
import { bytesOf } from '../../ledger/payload/binary.js'
import { RuleError } from '../../ledger/rule-error.js'
import type { Transaction } from '../../ledger/transaction.js'
import { callIdOf } from '../proposal/call-id.js'
import { CALL_HEADER_TYPE } from '../proposal/header-type.js'
import { ProposalError } from '../proposal/proposal-error.js'
import { requireSigner } from '../proposal/require-signer.js'
import { timestampMsOf } from '../proposal/timestamp.js'
import {
  contractOf,
  decodePart,
  type UnpackedHeader,
  unpackHeader,
  unpackSpec,
} from '../proposal/unpack-proposal.js'
import {
  ChaincodeAction,
  ChaincodeActionPayload,
  ChaincodeProposalPayload,
  type Envelope,
  type Header,
  Payload,
  ProposalResponsePayload,
  Transaction as FabricTransaction,
} from '../wire/fabric.js'
import type { CallTransaction } from './gateway-calls.js'
import type { GatewayOptions } from './gateway-options.js'
import { proposalHash } from './proposal-hash.js'

type Rules = Pick<GatewayOptions, 'channelId' | 'members' | 'maxTransactionBytes'>

/** Room for the arguments, which stand in an envelope twice, for the response, which does too, and for headers. */
const MAX_ENVELOPE_FACTOR = 4

/** What both the envelope and the transaction in it say of a call. */
interface CallFacts {
  readonly contract: string
  readonly callId: string
  readonly args: readonly Uint8Array[]
  readonly mspId: string
  readonly certificate: string
  readonly timestampMs: number | undefined
}

/**
 * The transaction of the chain in an envelope of `preparedTransaction` that its client has signed. What the envelope says
 * of the call and what the transaction says must be the same. Rejects with a ProposalError.
 */
export async function readPrepared(
  { payload, signature }: Envelope,
  transactionId: string,
  rules: Rules,
): Promise<CallTransaction> {
  if (payload.length > MAX_ENVELOPE_FACTOR * rules.maxTransactionBytes)
    throw malformed('the prepared transaction is too long')
  const { header, data } = decodePart(Payload, payload, 'Payload')
  if (!header) throw malformed('the prepared transaction has no header')
  const parts = unpackHeader(header)
  const callId = requireHeader(parts, transactionId, rules.channelId)
  const { channelHeader, signatureHeader } = parts
  const contract = contractOf(channelHeader)
  const signed = { message: payload, signature, creator: signatureHeader.creator, contract }
  const { mspId, certificate } = await requireSigner(signed, rules.members, rules.channelId)
  const { args, results } = unpackAction(data, header)
  const transaction = decodeResults(results, rules.maxTransactionBytes)
  const timestampMs = channelHeader.timestamp ? timestampMsOf(channelHeader.timestamp) : undefined
  requireSameCall(transaction, { contract, callId, args, mspId, certificate, timestampMs })
  return transaction
}

/** The call id that the header stands for. */
function requireHeader(
  { channelHeader, signatureHeader }: UnpackedHeader,
  transactionId: string,
  ownChannelId: string,
): string {
  const { type, txId, channelId } = channelHeader
  const callId = callIdOf(signatureHeader.nonce, signatureHeader.creator)
  if (type !== CALL_HEADER_TYPE) throw malformed(`invalid header type ${type}`)
  if (txId !== callId || transactionId !== callId) throw wrongId(callId)
  if (channelId !== ownChannelId)
    throw new ProposalError('other-channel', `channel '${channelId.slice(0, 249)}' not found`)
  return callId
}

interface UnpackedAction {
  readonly args: readonly Uint8Array[]
  readonly results: Uint8Array
}

function unpackAction(data: Uint8Array, { channelHeader, signatureHeader }: Header): UnpackedAction {
  const { actions } = decodePart(FabricTransaction, data, 'Transaction')
  const [transactionAction] = actions
  if (!transactionAction || actions.length > 1)
    throw malformed(`the prepared transaction has ${actions.length} actions, not one`)
  const { chaincodeProposalPayload: proposal, action } = decodePart(
    ChaincodeActionPayload,
    transactionAction.payload,
    'ChaincodeActionPayload',
  )
  if (!action) throw malformed('the prepared transaction has no endorsed action')
  const { proposalHash: hash, extension } = decodePart(
    ProposalResponsePayload,
    action.proposalResponsePayload,
    'ProposalResponsePayload',
  )
  if (!proposalHash(channelHeader, signatureHeader, proposal).equals(hash))
    throw malformed('the proposal hash is not the one of the proposal')
  const { input } = decodePart(ChaincodeProposalPayload, proposal, 'ChaincodeProposalPayload')
  const { results } = decodePart(ChaincodeAction, extension, 'ChaincodeAction')
  return { args: unpackSpec(input).input.args, results }
}

function decodeResults(results: Uint8Array, maxTransactionBytes: number): CallTransaction {
  if (results.length > maxTransactionBytes) throw malformed('the results are too long')
  try {
    const transaction = decodeTransaction(parseJson(Buffer.from(results).toString()))
    if (isCallTransaction(transaction)) return transaction
  } catch (cause) {
    if (!(cause instanceof JsonError || cause instanceof RuleError)) throw cause
    throw new ProposalError('malformed', `the results cannot be read: ${cause.message}`, { cause })
  }
  throw malformed('the results are no contract call')
}

function isCallTransaction(transaction: Transaction): transaction is CallTransaction {
  return transaction.payload?.kind === 'invocation'
}

function requireSameCall({ timestamp, payload }: CallTransaction, facts: CallFacts): void {
  const { contract, callId, args, creator } = payload
  const same =
    contract === facts.contract &&
    callId === facts.callId &&
    creator.mspId === facts.mspId &&
    creator.credentials === facts.certificate &&
    timestamp === facts.timestampMs &&
    args.length === facts.args.length &&
    args.every((arg, i) => Buffer.compare(bytesOf(arg), facts.args[i] as Uint8Array) === 0)
  if (!same) throw malformed('the results are those of another call')
}

/** The id of a call follows from its creator and its nonce. */
export function wrongId(callId: string): ProposalError {
  return new ProposalError(
    'wrong-id',
    `the transaction id is not the one of its creator and nonce, ${callId}`,
  )
}

function malformed(message: string): ProposalError {
  return new ProposalError('malformed', message)
}
