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

const LOOK_UPS = 6000
const WARM_UP = 1000
const LIMIT_MS = 5
const LIMIT_MB = 400

/** Look-ups over REST in a node whose chain has a million unspent outputs, and the memory that node takes. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const dir = join(folder, 'node')
    await makeNodeFolder(dir, wideBlocks(chainOf(defaultChain()), THOUSANDS, ownerOf))
    const node = await startChild('client-server', { dir })
    try {
      return [...(await delays(node)), ...(await memory(node))]
    } finally {
      await node.stop()
    }
  })
}

async function delays(node: Child): Promise<Row[]> {
  const first = paths(balanceOfSomeone)[0] ?? ''
  const body: unknown = await (await fetch(node.url + first)).json()
  const bare = await startChild('bare-server', { '/': body })
  const row = async (claim: string, pathOf: (i: number) => string, atATime = 1) => {
    const ceiling = await slowest(
      bare,
      paths(() => '/'),
      atATime,
    )
    const value = await slowest(node, paths(pathOf), atATime)
    return {
      claim: `${THOUSANDS}000 unspent outputs: 99 % of the look-ups of ${claim}`,
      value,
      unit: 'ms',
      ceiling,
      ceilingName: 'a bare Express 5 route',
      ratio: value / ceiling,
    }
  }
  const rows = [
    staysUnder(LIMIT_MS, await row('the balance of an address', balanceOfSomeone)),
    staysUnder(LIMIT_MS, await row('the outputs of an address', (i) => `${addressPath(someone(i))}outputs/`)),
    staysUnder(LIMIT_MS, await row('the balance of one that has 100000', () => addressPath(RICH))),
    forInformation(await row('the balance of an address, eight at a time', balanceOfSomeone, 8)),
    forInformation(
      await row('the first hundred outputs of one that has 100000', () => `${addressPath(RICH)}outputs/`),
    ),
  ]
  await bare.stop()
  return rows
}

async function memory(node: Child): Promise<Row[]> {
  const [resident, mapped] = [await node.residentMb(), await node.mappedMb()]
  const claim = 'that node after the look-ups: resident memory'
  return [
    staysUnder(LIMIT_MB, { claim, value: resident, unit: 'MB' }),
    forInformation({
      claim: `${claim} without the mapped pages of the index, which the system drops where it needs them`,
      value: resident - mapped,
      unit: 'MB',
    }),
  ]
}

/** How long 99 % of the answers take at most, in ms. */
async function slowest(server: Child, asked: readonly string[], atATime: number): Promise<number> {
  const requests = await Requests.open(server.url, atATime)
  await requests.send(asked.slice(0, WARM_UP).map(get))
  const delaysMs = await requests.send(asked.slice(WARM_UP).map(get))
  requests.close()
  return percentile(delaysMs, 0.99)
}

function paths(pathOf: (i: number) => string): readonly string[] {
  return Array.from({ length: WARM_UP + LOOK_UPS }, (_, i) => pathOf(i))
}

function balanceOfSomeone(i: number): string {
  return addressPath(someone(i))
}

function addressPath(address: string): string {
  return `/utxo/${address}/`
}

/** Strides that share no factor with the count: no address is asked for twice. */
function someone(i: number): string {
  return addressOf((i * 7919) % ADDRESSES)
}

function ownerOf(output: number): string {
  return output % RICH_SHARE === 0 ? RICH : addressOf(output % ADDRESSES)
}

/** Nobody has its key. */
function addressOf(number: number): string {
  return `0x${createHash('sha256').update(String(number)).digest('hex').slice(0, 40)}`
}

const RICH = addressOf(ADDRESSES)
