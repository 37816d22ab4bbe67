import { binaryOf } from '../../ledger/payload/binary.js'
import {
  decodeInvocation,
  encodeInvocation,
  type InvocationPayload,
} from '../../ledger/payload/invocation.js'
import { endorsementMessage } from '../../ledger/signature-checks.js'
import { TRANSACTION_VERSION, type UnsignedTransaction } from '../../ledger/transaction.js'
import type { KeyPair } from '../../wallet/keys.js'
import { signTransaction } from '../../wallet/sign-transaction.js'
import type { Call, Simulated } from '../call.js'
import type { CallTransaction } from '../gateway/gateway-calls.js'

/** From this status on a call is refused by its contract and never becomes a transaction. */
export const FIRST_REFUSAL = 400

/**
 * What goes on the chain of a call that was run, endorsed with these keys and answered for by their address.
 * @throws {RuleError} where a rule of the chain forbids it: a key that is too long, an event without a name
 */
export function invocationOf(
  call: Pick<Call, 'contract' | 'callId' | 'args' | 'caller'>,
  { response, event, reads, rangeReads, writes }: Simulated,
  keys: KeyPair,
): InvocationPayload {
  const content = {
    kind: 'invocation' as const,
    contract: call.contract,
    callId: call.callId,
    args: call.args.map(binaryOf),
    creator: { mspId: call.caller.mspId, credentials: call.caller.certificate },
    invoker: keys.address,
    reads,
    rangeReads,
    writes,
    response: {
      status: response.status,
      message: cut(response.message),
      payload: binaryOf(response.payload),
    },
    ...(event ? { event: { name: event.name, payload: binaryOf(event.payload) } } : {}),
  }
  const signature = keys.sign(endorsementMessage(content))
  const payload = { ...content, endorsements: [{ publicKey: keys.publicKey, signature }] }
  // What a contract did is judged here as strictly as by every node that reads the block.
  return decodeInvocation(encodeInvocation(payload))
}

/** A transaction that spends nothing and carries a call. `timestamp` in ms since 1970. */
export function callTransaction(
  payload: InvocationPayload,
  { chainId, timestamp }: { readonly chainId: string; readonly timestamp: number },
  keys: KeyPair,
): CallTransaction {
  const unsigned: UnsignedTransaction = {
    version: TRANSACTION_VERSION,
    chainId,
    timestamp,
    inputs: [],
    outputs: [],
    fee: 0,
    payload,
  }
  return { ...signTransaction(unsigned, [keys]), payload }
}

const MAX_MESSAGE_BYTES = 1024

/** The message of a call that succeeded is a remark; the chain keeps so much of it. */
function cut(message: string): string {
  const bytes = Buffer.from(message)
  if (bytes.length <= MAX_MESSAGE_BYTES) return bytes.toString()
  let end = MAX_MESSAGE_BYTES
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.toString('utf8', 0, end)
}
