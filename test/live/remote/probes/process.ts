import type { ProcessResult } from './process-result.js'
import { parseTransaction } from './transaction.js'

interface Order {
  do?: string
  n?: number
  ms?: number
  bytes?: number
  lines?: number
  text?: string
}

/** Does as the transaction says; see ../support/order.ts. */
export async function processTransaction(
  txJson: string,
  envVars: Record<string, string>,
  secrets: Record<string, string>,
): Promise<ProcessResult> {
  const begin = Date.now()
  const { payload } = parseTransaction<Order>(txJson)
  const result = await act(payload, envVars, secrets)
  const data = {
    n: payload.n ?? 0,
    attempt: Number(envVars['SC_ATTEMPT']),
    invocation: envVars['SC_INVOCATION_ID'],
    begin_ms: begin,
    end_ms: Date.now(),
  }
  return {
    output_to_chain: payload.do === 'ok',
    error: null,
    ...result,
    data: result.data ?? data,
  } as ProcessResult
}

async function act(
  order: Order,
  envVars: Record<string, string>,
  secrets: Record<string, string>,
): Promise<{ data?: unknown; error?: string }> {
  const { ms = 0, text = '' } = order
  switch (order.do) {
    case 'error':
      return { error: 'the contract says no' }
    case 'throw':
      throw new Error('the contract fell')
    case 'sleep':
      await sleep(ms)
      return {}
    case 'spin':
      for (const end = Date.now() + ms; Date.now() < end;);
      return {}
    case 'print':
      for (let line = 0; line < (order.lines ?? 1); line++) {
        console.log(`${text} out ${line}`)
        console.error(`${text} err ${line}`)
        await sleep(ms)
      }
      return {}
    case 'text':
      return { data: 'not an object' }
    case 'unfit':
      return { data: { value: 1n } }
    case 'big':
      return { data: { text: 'x'.repeat(order.bytes ?? 0) } }
    case 'env':
      return {
        data: {
          env: Object.keys(envVars).sort(),
          secrets: Object.keys(secrets).sort(),
          value: envVars['SC_ENV_VALUE'] ?? '',
        },
      }
    default:
      return {}
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
