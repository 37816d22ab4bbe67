import { bytesJson } from '../../contract/calls/bytes-json.js'
import { codeName, reasonFor } from '../../contract/calls/call-place.js'
import type { CallChain } from '../../contract/calls/call-chain.js'
import type { Conflicts } from '../../contract/calls/conflicts.js'
import type { CallReport } from '../../contract/calls/contract-calls.js'
import { eventsIn } from '../../contract/calls/event-reader.js'
import { LIFECYCLE } from '../../ledger/contracts/namespaces.js'
import type { Block } from '../../ledger/block.js'
import type { ContractsOptions } from './contracts-options.js'

/** Messages of contracts are told up to this length. */
const MAX_MESSAGE = 1000

/** Tells by topic what contracts did at this node; on a developer's machine only: a call is its caller's business. */
export function callTeller({ events, profile, log }: Pick<ContractsOptions, 'events' | 'profile' | 'log'>) {
  return ({ contract, callId, kind, status, message, milliseconds, ...call }: CallReport): void => {
    const told = {
      contract,
      call_id: callId,
      function: call.function.slice(0, MAX_MESSAGE),
      kind,
      status: status ?? null,
      message: message.slice(0, MAX_MESSAGE),
      milliseconds: Math.round(milliseconds * 100) / 100,
    }
    log.debug(told, 'a contract was called')
    if (profile === 'dev') events.emit('contracts.called', told)
  }
}

/** Tells by topic what blocks say of calls, as they are put on the chain. Returns what ends it. */
export function tellBlocks(
  chain: CallChain,
  conflicts: Conflicts,
  { events }: Pick<ContractsOptions, 'events'>,
): () => void {
  return chain.onConnected((block) => {
    for (const event of eventsIn(chain, block)) {
      events.emit('contracts.event', {
        contract: event.contract,
        call_id: event.callId,
        transaction_id: event.transactionId,
        height: block.header.height,
        name: event.name,
        payload: bytesJson(event.payload),
      })
    }
    tellCommitted(block, chain, conflicts, events)
  })
}

function tellCommitted(
  { transactions, header: { height } }: Block,
  chain: CallChain,
  conflicts: Conflicts,
  events: ContractsOptions['events'],
): void {
  let isDeployed = false
  for (const { id, payload } of transactions) {
    const place = payload?.kind === 'invocation' ? chain.place(id) : undefined
    if (payload?.kind !== 'invocation' || !place) continue
    isDeployed ||= payload.contract === LIFECYCLE
    events.emit('contracts.committed', {
      contract: payload.contract,
      call_id: payload.callId,
      height,
      code: place.code,
      code_name: codeName(place.code),
      reason: reasonFor({ transactionId: id, place }, conflicts),
    })
  }
  if (isDeployed) events.emit('contracts.changed', {})
}
