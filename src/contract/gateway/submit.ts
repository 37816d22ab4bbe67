import { status } from '@grpc/grpc-js'
import { RuleError } from '../../ledger/rule-error.js'
import { ContractError } from '../contract-error.js'
import { serializeIdentity } from '../identity/identity.js'
import { ProposalError } from '../proposal/proposal-error.js'
import { requireSigner } from '../proposal/require-signer.js'
import type { Envelope, SubmitRequest, SubmitResponse } from '../wire/fabric.js'
import { nodeFault } from './call-faults.js'
import type { CallTransaction } from './gateway-calls.js'
import type { GatewayOptions } from './gateway-options.js'
import type { PreparedMemory } from './prepared-memory.js'
import { readPrepared, wrongId } from './read-prepared.js'
import { RpcError } from './rpc-error.js'

/** Hands a prepared transaction on to the chain. @throws {RpcError} */
export async function submit(
  request: SubmitRequest,
  options: GatewayOptions,
  memory: PreparedMemory,
): Promise<SubmitResponse> {
  const transaction = await preparedOf(request, options, memory)
  try {
    await options.calls.submit(transaction)
    return {}
  } catch (error) {
    throw submitFault(error, options.peer)
  }
}

async function preparedOf(
  request: SubmitRequest,
  options: GatewayOptions,
  memory: PreparedMemory,
): Promise<CallTransaction> {
  const { preparedTransaction: envelope, transactionId } = request
  if (!envelope) throw invalid('a prepared transaction is required')
  if (envelope.signature.length === 0) throw invalid('prepared transaction must be signed')
  try {
    const known = memory.take(envelope.payload)
    if (!known) return await readPrepared(envelope, transactionId, options)
    await requireClient(envelope, known, transactionId, options)
    return known
  } catch (error) {
    if (error instanceof ProposalError && error.fault === 'access-denied')
      throw new RpcError(status.PERMISSION_DENIED, error.message, [], { cause: error })
    if (error instanceof ProposalError) throw invalid(error.message, error)
    throw error
  }
}

/** The client of a transaction that was prepared here: only its signature is new. */
async function requireClient(
  { payload: message, signature }: Envelope,
  { payload: { callId, contract, creator } }: CallTransaction,
  transactionId: string,
  { members, channelId }: GatewayOptions,
): Promise<void> {
  if (transactionId !== callId) throw wrongId(callId)
  const caller = { mspId: creator.mspId, certificate: creator.credentials }
  await requireSigner(
    { message, signature, creator: serializeIdentity(caller), contract },
    members,
    channelId,
  )
}

function submitFault(error: unknown, peer: GatewayOptions['peer']): unknown {
  const ofNode = error instanceof ContractError ? nodeFault(error) : undefined
  if (ofNode) return ofNode
  if (!(error instanceof ContractError || error instanceof RuleError)) return error
  const text = error instanceof RuleError ? `${error.message} (${error.rule})` : error.message
  const message = `the transaction was not accepted: ${text}`
  return new RpcError(status.ABORTED, message, [{ ...peer, message: text }], { cause: error })
}

function invalid(message: string, cause?: Error): RpcError {
  return new RpcError(status.INVALID_ARGUMENT, message, [], { cause })
}
