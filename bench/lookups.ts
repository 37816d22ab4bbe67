import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { chainOf } from '../src/ledger/chain.js'
import { forInformation, type Row, staysUnder } from './row.js'
import { defaultChain } from './support/bench-chain.js'
import { type Child, startChild } from './support/child.js'
import { percentile } from './support/measure.js'
import { makeNodeFolder } from './support/node-folder.js'
import { get, Requests } from './support/requests.js'
import { wideBlocks } from './support/wide-chain.js'
import { withFolder } from './support/with-folder.js'

const THOUSANDS = 1000
/** Every tenth output belongs to one address, the others to as many as this. */
const ADDRESSES = 200_000
const RICH_SHARE = 10

const CONNECTIONS = 8
const LOOK_UPS = 20_000
const WARM_UP = 2000
const LIMIT_MS = 5
const LIMIT_MB = 400

/** Look-ups over REST in a node whose chain has a million unspent outputs, and the memory that node takes. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const dir = join(folder, 'node')
    await makeNodeFolder(dir, wideBlocks(chainOf(defaultChain()), THOUSANDS, ownerOf))
    const node = await startChild('client-server', { dir })
    try {
      return await measure(node)
    } finally {
      await node.stop()
    }
  })
}

async function measure(node: Child): Promise<Row[]> {
  const paths = (kind: (i: number) => string): string[] => Array.from({ length: LOOK_UPS }, (_, i) => kind(i))
  const someone = (i: number): string => addressOf((i * 7919) % ADDRESSES)
  const rich = addressOf(ADDRESSES)
  const body: unknown = await (await fetch(`${node.url}/utxo/${someone(0)}/`)).json()
  const bare = await startChild('bare-server', { '/': body })
  const asked = [
    ['balance', paths((i) => `/utxo/${i % RICH_SHARE === 0 ? rich : someone(i)}/`)],
    ['unspent outputs of an address', paths((i) => `/utxo/${someone(i)}/outputs/`)],
  ] as const
  const ceiling = await p99(
    bare,
    paths(() => '/'),
  )
  const rows: Row[] = []
  for (const [what, requests] of asked) {
    const value = await p99(node, requests)
    rows.push(
      staysUnder(LIMIT_MS, {
        claim: `${what} at ${THOUSANDS}000 unspent outputs: 99 % of the look-ups, ${CONNECTIONS} at a time, take`,
        value,
        unit: 'ms',
        ceiling,
        ceilingName: 'a bare Express 5 route',
        ratio: value / ceiling,
      }),
    )
  }
  await bare.stop()
  const page = await p99(
    node,
    Array.from({ length: 2000 }, () => `/utxo/${rich}/outputs/`),
  )
  rows.push(
    forInformation({
      claim: 'the first page of the outputs of an address that has 100000',
      value: page,
      unit: 'ms',
    }),
    staysUnder(LIMIT_MB, {
      claim: 'resident set of that node after the look-ups, the mapped pages of the index included',
      value: await node.residentMb(),
      unit: 'MB',
    }),
  )
  return rows
}

async function p99(server: Child, paths: readonly string[]): Promise<number> {
  const requests = await Requests.open(server.url, CONNECTIONS)
  await requests.send(paths.slice(0, WARM_UP).map(get))
  const delaysMs = await requests.send(paths.map(get))
  requests.close()
  return percentile(delaysMs, 0.99)
}

function ownerOf(output: number): string {
  return addressOf(output % RICH_SHARE === 0 ? ADDRESSES : output % ADDRESSES)
}

/** Nobody has its key. */
function addressOf(number: number): string {
  return `0x${createHash('sha256').update(String(number)).digest('hex').slice(0, 40)}`
}
