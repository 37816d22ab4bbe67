import { status } from '@grpc/grpc-js'
import {
  CommitStatusRequest,
  type CommitStatusResponse,
  type SignedCommitStatusRequest,
} from '../wire/fabric.js'
import { statusFault } from './call-faults.js'
import type { GatewayOptions } from './gateway-options.js'
import { RpcError } from './rpc-error.js'
import { decodeRequest, requireClient } from './signed-request.js'

const CALL_ID = /^[0-9a-f]{64}$/

/** What became of a call; answers once it is in a block. @throws {RpcError} */
export async function commitStatus(
  signed: SignedCommitStatusRequest,
  signal: AbortSignal,
  options: GatewayOptions,
): Promise<CommitStatusResponse> {
  const request = decodeRequest(CommitStatusRequest, signed.request, 'commit status')
  const { transactionId } = request
  if (!CALL_ID.test(transactionId))
    throw new RpcError(status.INVALID_ARGUMENT, 'the transaction id is not 64 lower-case hex digits')
  await requireClient(signed, request, undefined, options)
  try {
    const { code, height } = await options.calls.status(transactionId, signal)
    return { result: code, blockNumber: height }
  } catch (error) {
    throw statusFault(error)
  }
}
