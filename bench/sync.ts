import { createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { join } from 'node:path'
import { createLog } from '../src/app/log.js'
import { openChain } from '../src/app/open-chain.js'
import { syncSettings } from '../src/app/settings/sync-settings.js'
import { timerSleep } from '../src/app/timer-sleep.js'
import type { VerifyAll } from '../src/chain/blockchain.js'
import { verifySignatures } from '../src/ledger/signature-checks.js'
import { PeerCalls } from '../src/nodes/peer-call.js'
import { NodeSync } from '../src/sync/node-sync.js'
import { RestPeers } from '../src/sync/rest-peers.js'
import { SignatureVerifier } from '../src/wallet/signature-verifier.js'
import { forInformation, reaches, type Row, staysUnder } from './row.js'
import { SYNC_CHAIN } from './support/bench-chain.js'
import { withFolder } from './support/with-folder.js'
import { startChild } from './support/child.js'

const BLOCKS = Number(process.env['SYNC_BENCH_BLOCKS'] ?? 2000)
const TRANSACTIONS = 100

/** Growth between a quarter of the way and the end that still counts as flat: what one collection may leave. */
const FLAT_MB = 100

const VERIFIES = 5000
const MEASURE_MS = 100

/** Import of a whole chain from a node in another process, against the bare rate of verifying signatures. */
export async function run(): Promise<Row[]> {
  const source = await startChild('sync-source', { blocks: BLOCKS, transactions: TRANSACTIONS })
  try {
    return await withFolder((folder) => importFrom(source.url, folder))
  } finally {
    await source.stop()
  }
}

async function importFrom(url: string, folder: string): Promise<Row[]> {
  const before = rawVerifyRate()
  const chain = await openChain({
    folder: join(folder, 'node'),
    files: { blocksFolder: 'blocks', blockTemplate: 'block' },
    settings: SYNC_CHAIN,
    verify: verifyHere(),
    now: Date.now,
    log: createLog('fatal', false),
  })
  const { port } = new URL(url)
  const settings = syncSettings()
  const calls = new PeerCalls({
    timeoutMs: settings.batchMs,
    maxRequestBytes: settings.maxAnswerBytes,
    maxReplyBytes: 4 * settings.maxAnswerBytes,
    chainId: () => chain.blockchain.chain.id,
  })
  const known = [{ ip_address: '127.0.0.1', port: Number(port) }]
  const node = new NodeSync({
    ...chain,
    peers: new RestPeers(() => known, { ip_address: '127.0.0.1', port: 1 }, calls),
    settings,
    now: Date.now,
    random: Math.random,
    sleep: timerSleep,
    onMisbehaviour: (key, reason) => fault(`${key}: ${reason}`),
    onError: (error) => fault(String(error)),
  })
  const memory: number[] = []
  const watch = setInterval(() => memory.push(ownMegabytes()), MEASURE_MS)
  const start = performance.now()
  node.start()
  const blockchain = chain.blockchain
  await new Promise<void>((resolve) => {
    blockchain.events.on('connected', ({ header }) => {
      if (header.height === BLOCKS - 1) resolve()
    })
  })
  const seconds = (performance.now() - start) / 1000
  clearInterval(watch)
  await node.stop()
  calls.close()
  await chain.close()
  return rowsOf(seconds, (before + rawVerifyRate()) / 2, memory)
}

function rowsOf(seconds: number, ceiling: number, memory: readonly number[]): Row[] {
  const value = (BLOCKS * TRANSACTIONS) / seconds
  const quarter = Math.max(...memory.slice(0, Math.ceil(memory.length / 4)))
  return [
    reaches(0.5, {
      claim: `a chain of ${BLOCKS} blocks with ${TRANSACTIONS} transactions each is imported from a node`,
      value,
      unit: 'transactions/s',
      ceiling,
      ceilingName: 'Ed25519 verifies of node:crypto on one thread',
      ratio: value / ceiling,
    }),
    staysUnder(FLAT_MB, {
      claim: 'growth of heap and buffers over the last three quarters of the import',
      value: Math.max(...memory) - quarter,
      unit: 'MB',
    }),
    forInformation({
      claim: 'heap and buffers of the import at most',
      value: Math.max(...memory),
      unit: 'MB',
    }),
    forInformation({
      claim: 'largest resident set, the mapped pages of the index included',
      value: process.resourceUsage().maxRSS / 1000,
      unit: 'MB',
    }),
  ]
}

function verifyHere(): VerifyAll {
  const verifier = new SignatureVerifier()
  return (checks) =>
    new Promise((resolve) => {
      verifySignatures(checks, (...args) => verifier.verify(...args))
      resolve()
    })
}

/** Without the index' file, whose pages the system maps and drops as it likes. */
function ownMegabytes(): number {
  const { heapTotal, external } = process.memoryUsage()
  return (heapTotal + external) / 1e6
}

/** Verifies a second with a key that is imported already. */
function rawVerifyRate(): number {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))
  const message = randomBytes(32)
  const signature = sign(null, message, privateKey)
  const start = performance.now()
  for (let i = 0; i < VERIFIES; i++) if (!verify(null, message, key, signature)) fault('a signature is wrong')
  return (1000 * VERIFIES) / (performance.now() - start)
}

function fault(text: string): void {
  process.stderr.write(`${text}\n`)
}
