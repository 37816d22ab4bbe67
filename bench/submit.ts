import { join } from 'node:path'
import { encodeTransaction } from '../src/ledger/encode-transaction.js'
import { chainOf } from '../src/ledger/chain.js'
import type { Transaction } from '../src/ledger/transaction.js'
import { forInformation, reaches, type Row } from './row.js'
import { defaultChain } from './support/bench-chain.js'
import { type Child, startChild } from './support/child.js'
import { inTotal } from './support/measure.js'
import { makeNodeFolder } from './support/node-folder.js'
import { RAW_VERIFY, verifyRaw } from './support/raw-verify.js'
import { post, Requests } from './support/requests.js'
import { transfer } from './support/transfer.js'
import { AMOUNT, ownedBlocks } from './support/wide-chain.js'
import { withFolder } from './support/with-folder.js'

const CONNECTIONS = 64
const SINGLES = 500
const BATCH = 1000
const TURNS = 16
const WARM_UP_TURNS = 4
const THOUSANDS = ((TURNS + WARM_UP_TURNS) * (SINGLES + BATCH)) / 1000

/** Transactions handed in over REST: one a call against bare Express, many a call against the bare rate of verifying. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const dir = join(folder, 'node')
    const transfers = await prepare(dir)
    const node = await startChild('client-server', { dir })
    try {
      const single = await oneByOne(node, transfers.splice(0, (TURNS + WARM_UP_TURNS) * SINGLES))
      return [...single, await batches(node, transfers)]
    } finally {
      await node.stop()
    }
  })
}

/** The folder of a node, and transfers that its chain allows. */
async function prepare(dir: string): Promise<Transaction[]> {
  const chain = chainOf(defaultChain())
  const { blocks, coins } = await ownedBlocks(chain, THOUSANDS)
  await makeNodeFolder(dir, blocks)
  const now = Date.now()
  return coins.map((coin) => transfer(chain.id, coin, [{ address: coin.owner.address, amount: AMOUNT }], now))
}

async function oneByOne(node: Child, transfers: readonly Transaction[]): Promise<Row[]> {
  const path = '/transactions/'
  const id = '0'.repeat(64)
  const answer = { id, status: 'pending', is_new: true, replaced: [], evicted: [] }
  const bare = await startChild('bare-post-server', { path, answer })
  const servers = [node, bare]
  const [ours, ceiling] = await Promise.all(servers.map(({ url }) => Requests.open(url, CONNECTIONS)))
  const bodies = transfers.map((each) => post(path, encodeTransaction(each)))
  const part = (turn: number): Buffer[] => bodies.slice(turn * SINGLES, (turn + 1) * SINGLES)
  const send = async (requests: Requests | undefined, turn: number): Promise<void> => {
    await requests?.send(part(turn))
  }
  for (let turn = 0; turn < WARM_UP_TURNS; turn++) {
    await send(ours, turn)
    await send(ceiling, turn)
  }
  const before = await Promise.all(servers.map((server) => server.cpuMs()))
  const comparison = await inTotal(
    TURNS,
    SINGLES,
    (turn) => send(ours, WARM_UP_TURNS + turn),
    (turn) => send(ceiling, WARM_UP_TURNS + turn),
  )
  const after = await Promise.all(servers.map((server) => server.cpuMs()))
  const [value = NaN, most = NaN] = after.map((ms, i) => (1000 * TURNS * SINGLES) / (ms - (before[i] ?? 0)))
  ours?.close()
  ceiling?.close()
  await bare.stop()
  const ceilingName = 'bare Express 5 POST, same bodies'
  return [
    reaches(0.5, {
      claim: `transactions handed in over REST, one a call, ${CONNECTIONS} calls at a time`,
      unit: 'transactions/s',
      ceilingName,
      ...comparison,
    }),
    forInformation({
      claim: 'the same by processor time of the server, its threads included',
      unit: 'per s of a core',
      value,
      ceiling: most,
      ratio: value / most,
      ceilingName,
    }),
  ]
}

async function batches(node: Child, transfers: readonly Transaction[]): Promise<Row> {
  const requests = await Requests.open(node.url, 1)
  const send = async (turn: number): Promise<void> => {
    const transactions = transfers.slice(turn * BATCH, (turn + 1) * BATCH).map(encodeTransaction)
    await requests.send([post('/transactions/batch/', { transactions })])
  }
  for (let turn = 0; turn < WARM_UP_TURNS; turn++) await send(turn)
  const comparison = await inTotal(
    TURNS,
    BATCH,
    (turn) => send(WARM_UP_TURNS + turn),
    () => verifyRaw(BATCH),
  )
  requests.close()
  return reaches(0.6, {
    claim: `transactions handed in over REST, ${BATCH} a call`,
    unit: 'transactions/s',
    ceilingName: RAW_VERIFY,
    ...comparison,
  })
}
