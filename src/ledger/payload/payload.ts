import type { CoinbasePayload } from './coinbase.js'
import type { InvocationPayload } from './invocation.js'
import type { OutputPayload } from './output.js'
import type { RecordPayload } from './record.js'

/** What a transaction carries besides money; a transfer carries none. */
export type Payload = CoinbasePayload | RecordPayload | OutputPayload | InvocationPayload

/** The address that answers for a payload and must be among the transaction's signers; undefined where nobody has to. */
export function payloadInvoker(payload: Payload | undefined): string | undefined {
  return payload && 'invoker' in payload ? payload.invoker : undefined
}
