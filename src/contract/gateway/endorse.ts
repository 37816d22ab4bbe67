import { assert } from '../../base/errors.js'
import type { EndorseRequest, EndorseResponse } from '../wire/fabric.js'
import { endorseFault, endorseRefused, isSuccess } from './call-faults.js'
import { proposedCall } from './evaluate.js'
import type { GatewayOptions } from './gateway-options.js'
import type { PreparedMemory } from './prepared-memory.js'
import { preparedTransaction } from './prepared-transaction.js'

/** Runs a call and gives the client the transaction that comes of it, for it to sign. @throws {RpcError} */
export async function endorse(
  request: EndorseRequest,
  signal: AbortSignal,
  options: GatewayOptions,
  memory: PreparedMemory,
): Promise<EndorseResponse> {
  const { calls, peer } = options
  try {
    const call = await proposedCall(request, options)
    const { response, transaction } = await calls.endorse(call, signal)
    if (!isSuccess(response)) throw endorseRefused(response, peer)
    assert(transaction, 'a call that succeeded has a transaction')
    const payload = preparedTransaction(call, response, transaction)
    memory.put(payload, transaction)
    return { preparedTransaction: { payload, signature: NO_BYTES } }
  } catch (error) {
    throw endorseFault(error, peer)
  }
}

const NO_BYTES = new Uint8Array()
