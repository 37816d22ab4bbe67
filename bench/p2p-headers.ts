import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createBatchHasher } from '../src/p2p/hashing/batch-hasher.js'
import { HeadersStore } from '../src/p2p/headers/headers-store.js'
import type { Network } from '../src/p2p/networks/network.js'
import { btc } from '../src/p2p/networks/btc.js'
import { decodeHeaders } from '../src/p2p/wire/messages/headers.js'
import { forInformation, type Row, staysUnder } from './row.js'
import { easyChain, payloadsOf, type HeaderChain } from './support/header-chain.js'
import { inTurns, median } from './support/measure.js'
import { withFolder } from './support/with-folder.js'

const HEADERS = 900_000
const HASHED = 100_000
const PAIRS = 9
const ROUNDS = 3

/** Rules of a main network: proof of work, difficulty every 2016 blocks, median time, versions, checkpoints. */
const mainLike: Network = {
  ...btc.mainnet,
  name: 'bench',
  genesis: btc.regtest.genesis,
  rules: { powLimitBits: 0x207fffff, versionHeights: [227_931, 363_725, 388_381] },
  checkpoints: [],
  minimumChainWork: 0n,
}

/** The chain begins in 2011 and takes 17 years. */
const clock = () => Date.UTC(2030)

/** Headers of nearly a million blocks: how fast they come in, how fast they are there again, what memory they take. */
export async function run(): Promise<Row[]> {
  const chain = easyChain(mainLike, HEADERS)
  const hashing = await hashRows(chain)
  return [...hashing, ...(await withFolder((folder) => storeRows(folder, chain)))]
}

async function hashRows(chain: HeaderChain): Promise<Row[]> {
  const hasher = createBatchHasher()
  const bytes = chain.raw.subarray(0, HASHED * 80)
  const ours = () =>
    perSecond(HASHED, () => {
      for (let i = 0; i < HASHED; i += 2000) hasher.hash(bytes.subarray(i * 80, (i + 2000) * 80), 2000, 80)
    })
  const node = () =>
    perSecond(HASHED, () => {
      for (let i = 0; i < HASHED; i++) doubleHash(bytes.subarray(i * 80, (i + 1) * 80))
    })
  await ours()
  const { value, ceiling, ratio } = await inTurns(PAIRS, ours, node)
  const row = { claim: 'hashes of headers', unit: 'headers/s', value, ceiling, ratio }
  return [{ ...row, ceilingName: "node:crypto's createHash", target: '>= 3 of the ceiling', ok: ratio >= 3 }]
}

const doubleHash = (bytes: Uint8Array): Uint8Array =>
  createHash('sha256').update(createHash('sha256').update(bytes).digest()).digest()

async function perSecond(count: number, work: () => unknown): Promise<number> {
  const startMs = performance.now()
  await work()
  return (1000 * count) / (performance.now() - startMs)
}

async function storeRows(folder: string, chain: HeaderChain): Promise<Row[]> {
  const payloads = payloadsOf(chain)
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round++)
    rates.push(await syncRate(join(folder, String(round)), payloads))
  const path = join(folder, '0')
  const before = await memory()
  const reloads: number[] = []
  let store = await HeadersStore.open({ network: mainLike, path, clock })
  const bytes = ((await memory()) - before) / HEADERS
  for (let round = 0; round < ROUNDS; round++) {
    await store.close()
    const startMs = performance.now()
    store = await HeadersStore.open({ network: mainLike, path, clock })
    reloads.push((performance.now() - startMs) / 1000)
  }
  if (store.height !== HEADERS) throw new Error(`the store has ${store.height} headers`)
  await store.close()
  const value = median(rates)
  const claim = 'headers from payloads in memory, with all rules and the file'
  return [
    { claim, value, unit: 'headers/s', target: '>= 600000 headers/s', ok: value >= 600_000 },
    staysUnder(1, { claim: `reload of ${HEADERS} headers`, value: median(reloads), unit: 's' }),
    staysUnder(130, { claim: 'memory of a header in the store', value: bytes, unit: 'bytes' }),
    forInformation({
      claim: 'the fastest of the rounds of headers',
      value: Math.max(...rates),
      unit: 'headers/s',
    }),
  ]
}

async function syncRate(path: string, payloads: readonly Uint8Array[]): Promise<number> {
  const store = await HeadersStore.open({ network: mainLike, path, clock })
  const rate = await perSecond(HEADERS, async () => {
    for (const payload of payloads) {
      const { refused } = await store.connectMessage(decodeHeaders(payload))
      if (refused !== undefined) throw refused
    }
  })
  await store.close()
  return rate
}

/** Bytes in use, on and off the heap, after everything that can go has gone. */
async function memory(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let i = 0; i < 3; i++) {
    collect()
    await new Promise(setImmediate)
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
