import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { bsv } from '../src/p2p/networks/bsv.js'
import {
  type BlockItem,
  downloadBlocks,
  HeadersStore,
  PeerManager,
  type PeerManagerOptions,
  syncHeaders,
} from '../src/p2p/index.js'
import { forInformation, reaches, type Row, staysUnder } from './row.js'
import { type Child, startChild } from './support/child.js'
import { inTurns, median } from './support/measure.js'
import { p2pChain } from './support/p2p-chain.js'
import { withFolder } from './support/with-folder.js'

const HEADERS = 200_000
const BIG_BLOCK_BYTES = 1e9
const BLOCKS = 200
const BLOCK_BYTES = 4e6
/** What a download waits for bytes of a silent peer, by default. */
const STALL_SECONDS = 10

/** The whole library over sockets of this machine: other processes are the nodes. */
export async function run(): Promise<Row[]> {
  return [await headersRow(), ...(await bigBlockRows()), ...(await lostPeerRows())]
}

async function connect(
  nodes: readonly Child[],
  options: Partial<PeerManagerOptions> = {},
): Promise<PeerManager> {
  const peers = nodes.map(({ url }) => url)
  const manager = new PeerManager({
    network: bsv.regtest,
    peers,
    waitForPeers: peers.length,
    usePersistedPeers: false,
    ...options,
  })
  await manager.open()
  return manager
}

async function headersRow(): Promise<Row> {
  const node = await startChild('p2p-node-server', { blocks: HEADERS })
  const manager = await connect([node])
  const rates = await withFolder(async (folder) => {
    const found: number[] = []
    // The first round warms both processes and does not count.
    for (let round = 0; round < 4; round++) {
      const store = await HeadersStore.open({ network: bsv.regtest, path: join(folder, `headers${round}`) })
      const startMs = performance.now()
      const { added } = await syncHeaders(manager, store)
      found.push((1000 * added) / (performance.now() - startMs))
      await store.close()
    }
    return found.slice(1)
  })
  await manager.close()
  await node.stop()
  const value = median(rates)
  const claim = `${HEADERS} headers from a peer, with all rules and the file`
  return { claim, value, unit: 'headers/s', target: '>= 600000 headers/s', ok: value >= 600_000 }
}

/** Each verification is a pass of SHA-256; two of them and the peer, which hashes nothing, share the cores with us. */
async function bigBlockRows(): Promise<Row[]> {
  const input = { blocks: 1, blockBytes: BIG_BLOCK_BYTES }
  const node = await startChild('p2p-node-server', input)
  const items = itemsOf(p2pChain(input))
  const rows: Row[] = []
  for (const verify of ['checksum', 'merkle', 'both'] as const) {
    const manager = await connect([node], { blocks: { verify } })
    await downloadRate(manager, items, BIG_BLOCK_BYTES)
    const costs: number[] = []
    const download = () => cpuSeconds(node, costs, () => downloadRate(manager, items, BIG_BLOCK_BYTES))
    const comparison = await inTurns(3, download, hashRate)
    await manager.close()
    const claim = `a block of 1 GB from a peer, verified by ${verify}`
    const row = { claim, unit: 'MB/s', ceilingName: 'SHA-256 of node:crypto', ...comparison }
    const hasCores = verify !== 'both' || availableParallelism() > 3
    rows.push(hasCores ? reaches(0.6, row) : forInformation(row))
    rows.push(coresRow(claim, Math.min(...costs)))
  }
  await node.stop()
  return rows
}

/** Does the work, and notes how much CPU time it took on both sides, in s. */
async function cpuSeconds<T>(node: Child, costs: number[], work: () => Promise<T>): Promise<T> {
  const before = process.cpuUsage()
  const nodeBefore = await node.cpuMs()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  costs.push((user + system) / 1e6 + ((await node.cpuMs()) - nodeBefore) / 1e3)
  return result
}

/** The peer is on the same machine: no more than this could be had if all cores did nothing else and never waited. */
function coresRow(what: string, cpuSecondsSpent: number): Row {
  const cores = availableParallelism()
  return forInformation({
    claim: `${what}: what ${cores} cores could do in the CPU time that both sides took`,
    value: (cores * BIG_BLOCK_BYTES) / cpuSecondsSpent / 1e6,
    unit: 'MB/s',
  })
}

async function lostPeerRows(): Promise<Row[]> {
  const input = { blocks: BLOCKS, blockBytes: BLOCK_BYTES }
  const nodes = await Promise.all([1, 2, 3].map(() => startChild('p2p-node-server', input)))
  const items = itemsOf(p2pChain(input))
  const undisturbed = await seconds(nodes, items)
  const disturbed = await seconds(nodes, items, async () => nodes[0]?.stop())
  await Promise.all(nodes.slice(1).map((node) => node.stop()))
  const what = `${BLOCKS} blocks of ${BLOCK_BYTES / 1e6} MB from three peers`
  return [
    forInformation({ claim: what, value: undisturbed, unit: 's' }),
    staysUnder(undisturbed + STALL_SECONDS, {
      claim: `${what}, one of which ends in the middle`,
      value: disturbed,
      unit: 's',
    }),
  ]
}

/** How long all blocks take; `halfWay` happens when half of them are done. */
async function seconds(
  nodes: readonly Child[],
  items: readonly BlockItem[],
  halfWay?: () => Promise<void>,
): Promise<number> {
  const manager = await connect(nodes)
  const startMs = performance.now()
  let done = 0
  let ended: Promise<void> | undefined
  await downloadBlocks(manager, {
    items,
    onBlock: () => {
      if (++done === items.length / 2) ended = halfWay?.()
    },
  })
  const spent = (performance.now() - startMs) / 1000
  await ended
  await manager.close()
  return spent
}

/** In MB/s. */
async function downloadRate(
  manager: PeerManager,
  items: readonly BlockItem[],
  bytes: number,
): Promise<number> {
  const startMs = performance.now()
  await downloadBlocks(manager, { items, onBlock: () => undefined, onPart: () => undefined })
  return bytes / (performance.now() - startMs) / 1e3
}

/** In MB/s. */
function hashRate(): Promise<number> {
  const buffer = new Uint8Array(2 ** 18)
  const hash = createHash('sha256')
  const startMs = performance.now()
  for (let at = 0; at < BIG_BLOCK_BYTES; at += buffer.length) hash.update(buffer)
  hash.digest()
  return Promise.resolve(BIG_BLOCK_BYTES / (performance.now() - startMs) / 1e3)
}

function itemsOf(chain: ReturnType<typeof p2pChain>): BlockItem[] {
  return Array.from({ length: chain.height }, (_, i) => ({ hash: chain.hash(i + 1), height: i + 1 }))
}
