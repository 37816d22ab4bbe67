import { status } from '@grpc/grpc-js'
import type { Call } from '../call.js'
import { readProposal } from '../proposal/read-proposal.js'
import type { EvaluateRequest, EvaluateResponse, SignedProposal } from '../wire/fabric.js'
import { evaluateFault, evaluateRefused, isSuccess } from './call-faults.js'
import type { GatewayOptions } from './gateway-options.js'
import { RpcError } from './rpc-error.js'

/** Runs a call for its answer. @throws {RpcError} */
export async function evaluate(
  request: EvaluateRequest,
  signal: AbortSignal,
  options: GatewayOptions,
): Promise<EvaluateResponse> {
  const { calls, peer } = options
  try {
    const result = await calls.evaluate(await proposedCall(request, options), signal)
    if (!isSuccess(result)) throw evaluateRefused(result, peer)
    return { result }
  } catch (error) {
    throw evaluateFault(error, peer)
  }
}

/** The call that a request proposes. Rejects with a ProposalError or an RpcError. */
export async function proposedCall(
  { proposedTransaction }: { readonly proposedTransaction: SignedProposal | null },
  { channelId, members, calls }: GatewayOptions,
): Promise<Call> {
  if (!proposedTransaction) throw new RpcError(status.INVALID_ARGUMENT, 'a proposed transaction is required')
  return readProposal(proposedTransaction, {
    channelId,
    members,
    hasCall: (callId) => calls.hasCall(callId),
  })
}
