import { appendFileSync } from 'node:fs'
import type { ProcessResult } from '../../src/process-result.js'

interface Order {
  do?: 'throw' | 'exit' | 'spin' | 'hang' | 'memory' | 'reject' | 'sleep' | 'leave rejection' | 'leave spin'
  ms?: number
  print?: string
  /** A file that gets a line. */
  note?: string
}

/** Stands for an author's module: does as the transaction says. */
export async function processTransaction(
  txJson: string,
  envVars: Record<string, string>,
  secrets: Record<string, string>,
): Promise<ProcessResult> {
  const order = JSON.parse(txJson) as Order
  if (order.print !== undefined) console.log(order.print)
  if (order.note !== undefined) appendFileSync(order.note, `${envVars['SC_INVOCATION_ID']}\n`)
  await act(order)
  if (order.print !== undefined) console.error(`${order.print} done`)
  return { data: { order, env: envVars, secrets: Object.keys(secrets) }, output_to_chain: true, error: null }
}

async function act(order: Order): Promise<void> {
  const ms = order.ms ?? 0
  if (order.do === 'throw') throw new Error('thrown')
  if (order.do === 'exit') process.exit(7)
  if (order.do === 'spin') for (const end = Date.now() + ms; Date.now() < end;);
  if (order.do === 'hang') await new Promise(() => setInterval(() => undefined, 1000))
  if (order.do === 'memory')
    for (const all: number[][] = []; ;) all.push(new Array<number>(100_000).fill(Math.random()))
  if (order.do === 'reject') void Promise.reject(new Error('not awaited'))
  if (order.do === 'leave rejection') void Promise.reject(new Error('not awaited'))
  if (order.do === 'leave spin')
    setImmediate(() => {
      for (const end = Date.now() + ms; Date.now() < end;);
    })
  if (order.do === 'reject' || order.do === 'sleep') await new Promise((resolve) => setTimeout(resolve, ms))
}
