import { status } from '@grpc/grpc-js'
import {
  ChaincodeEventsRequest,
  type ChaincodeEventsResponse,
  type SeekPosition,
  type SignedChaincodeEventsRequest,
} from '../wire/fabric.js'
import type { BlockEvents, ContractEventRecord } from './gateway-calls.js'
import type { GatewayOptions } from './gateway-options.js'
import { RpcError } from './rpc-error.js'
import { decodeRequest, requireClient } from './signed-request.js'

/** Events of one contract, one answer for each block that has any, without an end. @throws {RpcError} */
export async function* chaincodeEvents(
  signed: SignedChaincodeEventsRequest,
  signal: AbortSignal,
  options: GatewayOptions,
): AsyncGenerator<ChaincodeEventsResponse, void, undefined> {
  const request = decodeRequest(ChaincodeEventsRequest, signed.request, 'chaincode events')
  const { chaincodeId: contract, startPosition, afterTransactionId } = request
  await requireClient(signed, request, contract, options)
  const from = firstHeight(startPosition, options.calls.height())
  for await (const block of options.calls.events({ contract, from, signal })) {
    const { height } = block
    const events = height === from ? eventsAfter(block, afterTransactionId) : block.events
    if (events.length === 0) continue
    yield {
      events: events.map((event) => ({ chaincodeId: contract, ...encodeEvent(event) })),
      blockNumber: height,
    }
  }
}

function encodeEvent({ callId, name, payload }: ContractEventRecord) {
  return { txId: callId, eventName: name, payload }
}

/** Events are read on from a checkpoint, which may lie within a block. */
function eventsAfter({ events }: BlockEvents, callId: string): readonly ContractEventRecord[] {
  // A call without an event, or one that is not in this block: rather an event twice than never.
  const last = events.findIndex((event) => event.callId === callId)
  return events.slice(last + 1)
}

function firstHeight(start: SeekPosition | null, height: number): number {
  if (!start || start.nextCommit) return height + 1
  if (start.newest || start.oldest || !start.specified)
    throw new RpcError(
      status.INVALID_ARGUMENT,
      'invalid start position type: a block number or the next commit may be asked for',
    )
  const { number } = start.specified
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new RpcError(status.INVALID_ARGUMENT, 'invalid start position: no block has this number')
}
