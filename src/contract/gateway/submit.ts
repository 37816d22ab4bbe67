import { status } from '@grpc/grpc-js'
import { RuleError } from '../../ledger/rule-error.js'
import { ContractError } from '../contract-error.js'
import { ProposalError } from '../proposal/proposal-error.js'
import type { SubmitRequest, SubmitResponse } from '../wire/fabric.js'
import type { CallTransaction } from './gateway-calls.js'
import type { GatewayOptions } from './gateway-options.js'
import { readPrepared } from './read-prepared.js'
import { RpcError } from './rpc-error.js'

/** Hands a prepared transaction on to the chain. @throws {RpcError} */
export async function submit(request: SubmitRequest, options: GatewayOptions): Promise<SubmitResponse> {
  const transaction = preparedOf(request, options)
  try {
    await options.calls.submit(transaction)
    return {}
  } catch (error) {
    throw submitFault(error, options.peer)
  }
}

function preparedOf(request: SubmitRequest, options: GatewayOptions): CallTransaction {
  const { preparedTransaction: envelope, transactionId } = request
  if (!envelope) throw invalid('a prepared transaction is required')
  if (envelope.signature.length === 0) throw invalid('prepared transaction must be signed')
  try {
    return readPrepared(envelope, transactionId, options)
  } catch (error) {
    if (error instanceof ProposalError && error.fault === 'access-denied')
      throw new RpcError(status.PERMISSION_DENIED, error.message, [], { cause: error })
    if (error instanceof ProposalError) throw invalid(error.message, error)
    throw error
  }
}

function submitFault(error: unknown, peer: GatewayOptions['peer']): unknown {
  if (error instanceof ContractError && error.fault === 'busy')
    return new RpcError(status.RESOURCE_EXHAUSTED, error.message, [], { cause: error })
  if (!(error instanceof ContractError || error instanceof RuleError)) return error
  const text = error instanceof RuleError ? `${error.message} (${error.rule})` : error.message
  const message = `the transaction was not accepted: ${text}`
  return new RpcError(status.ABORTED, message, [{ ...peer, message: text }], { cause: error })
}

function invalid(message: string, cause?: Error): RpcError {
  return new RpcError(status.INVALID_ARGUMENT, message, [], { cause })
}
