import { status } from '@grpc/grpc-js'
import type { CallResponse } from '../call.js'
import { ContractError, type ContractFault } from '../contract-error.js'
import { ProposalError } from '../proposal/proposal-error.js'
import type { GatewayOptions } from './gateway-options.js'
import { RpcError } from './rpc-error.js'

const NODE_FAULTS: Readonly<Partial<Record<ContractFault, status>>> = {
  busy: status.RESOURCE_EXHAUSTED,
  stopping: status.UNAVAILABLE,
}

const FIRST_SUCCESS = 200
const FIRST_REFUSAL = 400

export function isSuccess(response: CallResponse): boolean {
  return response.status >= FIRST_SUCCESS && response.status < FIRST_REFUSAL
}

/** What a contract's refusal is called everywhere. */
function refusalText({ status: code, message }: CallResponse): string {
  return `chaincode response ${code}, ${message}`
}

/** An Evaluate that the contract refused. */
export function evaluateRefused(response: CallResponse, peer: GatewayOptions['peer']): RpcError {
  return evaluateFailed(status.UNKNOWN, refusalText(response), peer)
}

/** An Endorse that the contract refused. */
export function endorseRefused(response: CallResponse, peer: GatewayOptions['peer']): RpcError {
  return endorseFailed(refusalText(response), peer)
}

/** An Evaluate that came to no answer of its contract; errors of other kinds stay as they are. */
export function evaluateFault(error: unknown, peer: GatewayOptions['peer']): unknown {
  const common = commonFault(error)
  if (common) return common
  if (error instanceof ProposalError)
    return evaluateFailed(status.FAILED_PRECONDITION, proposalText(error), peer, error)
  if (error instanceof ContractError) return evaluateFailed(status.ABORTED, error.message, peer, error)
  return error
}

/** An Endorse that came to no answer of its contract; errors of other kinds stay as they are. */
export function endorseFault(error: unknown, peer: GatewayOptions['peer']): unknown {
  const common = commonFault(error)
  if (common) return common
  if (error instanceof ProposalError) return endorseFailed(proposalText(error), peer, error)
  if (error instanceof ContractError) return endorseFailed(error.message, peer, error)
  return error
}

function commonFault(error: unknown): RpcError | undefined {
  if (error instanceof ProposalError && error.fault === 'malformed')
    return new RpcError(
      status.INVALID_ARGUMENT,
      `failed to unpack transaction proposal: ${error.message}`,
      [],
      { cause: error },
    )
  if (error instanceof ContractError) return nodeFault(error)
  return undefined
}

/** What has to do with the node and not with the call. */
export function nodeFault(error: ContractError): RpcError | undefined {
  const code = NODE_FAULTS[error.fault]
  return code === undefined ? undefined : new RpcError(code, error.message, [], { cause: error })
}

/** What a client is told whose call comes into no block after all; errors of other kinds stay as they are. */
export function statusFault(error: unknown): unknown {
  if (!(error instanceof ContractError)) return error
  return nodeFault(error) ?? new RpcError(status.ABORTED, error.message, [], { cause: error })
}

/** A peer finds duplicates after it has validated a proposal. */
function proposalText({ fault, message }: ProposalError): string {
  return fault === 'duplicate' ? message : `error validating proposal: ${message}`
}

function evaluateFailed(code: status, text: string, peer: GatewayOptions['peer'], cause?: Error): RpcError {
  const message = `evaluate call to endorser returned error: ${text}`
  return new RpcError(code, message, [{ ...peer, message: text }], { cause })
}

function endorseFailed(text: string, peer: GatewayOptions['peer'], cause?: Error): RpcError {
  const message = 'failed to endorse transaction, see attached details for more info'
  return new RpcError(status.ABORTED, message, [{ ...peer, message: text }], { cause })
}
