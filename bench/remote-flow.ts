import { join } from 'node:path'
import { forInformation, type Row } from './row.js'
import { bareRate, inTables } from './support/bare-commits.js'
import { type Child, startChild } from './support/child.js'
import { freePort } from './support/free-port.js'
import { withFolder } from './support/with-folder.js'

const RECORDS = 10_000
const BATCH = 500
const IN_FLIGHT = 64
const TEXT = 'x'.repeat(1_000)

interface Registered {
  readonly contract: { readonly contract_id: string }
  readonly key: { readonly api_key: string }
  readonly chain_id: string
}

/**
 * Records from a caller over REST through a block to a client over gRPC and back, each with its output, on one node; beside it
 * what the node takes in over REST alone, and what the store of the results writes by itself.
 */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const port = await freePort()
    const flags = ['--mine', 'interval', '--mine-interval', '0.5', '--contract-port', String(port)]
    const node = await startChild('client-server', { dir: join(folder, 'node'), flags })
    try {
      await ask(node, 'record-types/', { txn_type: 'unread' })
      const registered = (await ask(node, 'remote/contracts/', { txn_type: 'flow' })) as Registered
      const intake = await rateOf(() => submit(node, 'unread'))
      let client: Child | undefined
      const flow = await rateOf(async () => {
        client = await flowThrough(node, port, registered)
      })
      await client?.stop()
      const commits = await inTables((tables) => bareRate(tables, RECORDS, IN_FLIGHT))
      return rows(flow, { 'REST intake alone': intake, 'the store of results alone': commits })
    } finally {
      await node.stop()
    }
  })
}

function rows(value: number, ceilings: Readonly<Record<string, number>>): Row[] {
  const claim = 'remote contracts: records of 1 KB from REST to an acknowledged result with its output'
  return Object.entries(ceilings).map(([ceilingName, ceiling]) =>
    forInformation({ claim, unit: 'records/s', value, ceiling, ceilingName, ratio: value / ceiling }),
  )
}

async function rateOf(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return (1000 * RECORDS) / (performance.now() - start)
}

/** The client is there before the first record, and answers when the last is acknowledged. */
async function flowThrough(
  node: Child,
  port: number,
  { contract, key, chain_id }: Registered,
): Promise<Child> {
  const login = { apiKey: key.api_key, chainId: chain_id, contractId: contract.contract_id }
  const input = { port: String(port), records: RECORDS, maxInFlight: IN_FLIGHT, login, outputToChain: true }
  const source = startChild('remote-drain-source', input)
  await submit(node, 'flow')
  return source
}

async function submit(node: Child, txnType: string): Promise<void> {
  for (let sent = 0; sent < RECORDS; sent += BATCH) {
    const records = Array.from({ length: BATCH }, (_, i) => ({
      txn_type: txnType,
      payload: { number: sent + i, text: TEXT },
    }))
    await ask(node, 'records/batch/', { records })
  }
}

async function ask(node: Child, path: string, body: unknown): Promise<unknown> {
  const answer = await fetch(`${node.url}/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}
