import type { ProcessResult } from './process-result.js'
import { parseTransaction } from './transaction.js'

/** What this contract understands. */
interface Greeting {
  name?: string
}

/**
 * Called for every transaction of the contract's type. It may be called again for the same transaction after a crash;
 * `envVars.SC_INVOCATION_ID` is then the same and `envVars.SC_ATTEMPT` has grown.
 *
 * Output on the console goes to the node with the result. What is thrown counts as a failure that may pass.
 */
export async function processTransaction(
  txJson: string,
  envVars: Record<string, string>,
  secrets: Record<string, string>,
): Promise<ProcessResult> {
  const tx = parseTransaction<Greeting>(txJson)
  const { name } = tx.payload
  if (name === undefined) return { data: {}, output_to_chain: false, error: 'payload.name is missing' }

  const greeting = envVars['SC_ENV_GREETING'] ?? 'Hello'
  const isSigned = secrets['SC_SECRET_SIGNATURE'] !== undefined
  console.log(`greeting ${name} for ${tx.header.txn_id}`)

  return {
    data: { status: 'success', text: `${greeting}, ${name}!`, signed: isSigned },
    output_to_chain: true,
    error: null,
  }
}
