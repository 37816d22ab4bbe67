import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { BlockReader, type BlockReaderOptions } from '../src/p2p/blocks/block-reader.js'
import { HashThreads } from '../src/p2p/blocks/hash-threads.js'
import { TxScanner } from '../src/p2p/blocks/tx-scanner.js'
import { bodyForBlock } from '../test/p2p/kit/synthetic-body.js'
import { forInformation, reaches, type Row, staysUnder } from './row.js'
import { type BlockSource, blockSource, SLICE_BYTES, slicesOf } from './support/block-source.js'
import { startChild } from './support/child.js'
import { inTurns } from './support/measure.js'
import type { ReaderInput, ReaderResult } from './support/block-reader-server.js'

const GB = 1e9
/** What the caches hold, where the slices of a socket are too. */
const SMALL_SCANNED_BYTES = 2 ** 20
/** Long transactions take as many bytes to be many; most of these are not looked at. */
const LARGE_SCANNED_BYTES = 2 ** 26
const PASSES = 50
const LARGE_TX_BYTES = 65_748
const SMALL_TX_BYTES = 400
const TINY_TX_BYTES = 250
const LARGE_MESSAGE_LIMIT = 4 * 2 ** 20
const HEADER_BYTES = 80

/** Blocks of any size: scanned, cut, handed out and verified, against nothing but the hash that nobody can do without. */
export async function run(): Promise<Row[]> {
  const threads = new HashThreads()
  try {
    const rows = scannerRows()
    const large = blockSource(GB, LARGE_TX_BYTES)
    rows.push(
      await readerRow('checksum', large, { verify: 'checksum' }, 0.6),
      await readerRow('merkle root', large, { verify: 'merkle' }, 0.6),
      await readerRow('both', large, {}),
      // Three threads are busy then, so that it takes three cores to gain all there is to gain.
      await readerRow('both, in threads', large, { threads }, availableParallelism() > 2 ? 0.7 : 0.6),
      await readerRow(
        'no checksum in the header, in threads',
        { ...large, checksum: undefined },
        { threads },
        0.7,
      ),
      ...(await smallRows(SMALL_TX_BYTES, threads)),
      ...(await smallRows(TINY_TX_BYTES, threads)),
    )
    for (const bytes of [1e6, 32e6, GB, 4 * GB]) rows.push(await costRow(bytes, threads))
    rows.push(await socketRow(large, 32, 150), await socketRow(large, 4, 110))
    return rows
  } finally {
    await threads.close()
  }
}

/** Ids and nodes of the tree are hashes of few bytes each, which no stream makes. */
async function smallRows(txBytes: number, threads: HashThreads): Promise<Row[]> {
  const source = blockSource(GB / 4, txBytes)
  const of = `transactions of ${txBytes} bytes`
  return [
    await readerRow(`merkle root, ${of}`, source, { verify: 'merkle' }),
    await readerRow(`both, ${of}`, source, {}),
    await readerRow(`both, ${of}, in threads`, source, { threads }),
  ]
}

async function readAll(
  source: Omit<BlockSource, 'checksum'> & { checksum: Uint8Array | undefined },
  options: Partial<BlockReaderOptions>,
): Promise<number> {
  const startMs = performance.now()
  const handlers = { onBlockChunk: () => undefined }
  const reader = new BlockReader(source, { handlers, witness: false, ...options })
  for (const slice of slicesOf(source)) {
    const wait = reader.push(slice)
    if (wait) await wait
  }
  await reader.end()
  return source.length / (performance.now() - startMs) / 1e3
}

function hashAll(source: Pick<BlockSource, 'length' | 'fill'>): Promise<number> {
  const buffer = new Uint8Array(SLICE_BYTES)
  source.fill(buffer, HEADER_BYTES)
  const hash = createHash('sha256')
  const startMs = performance.now()
  for (let at = 0; at < source.length; at += buffer.length) hash.update(buffer)
  hash.digest()
  return Promise.resolve(source.length / (performance.now() - startMs) / 1e3)
}

async function readerRow(
  what: string,
  source: Parameters<typeof readAll>[0],
  options: Partial<BlockReaderOptions>,
  target?: number,
): Promise<Row> {
  const comparison = await inTurns(
    3,
    () => readAll(source, options),
    () => hashAll(source),
  )
  const claim = `block of ${source.length / GB} GB in chunks, verified by ${what}`
  const row = { claim, unit: 'MB/s', ceilingName: 'SHA-256 of node:crypto', ...comparison }
  return target === undefined ? forInformation(row) : reaches(target, row)
}

async function costRow(bytes: number, threads: HashThreads): Promise<Row> {
  const source = blockSource(bytes, LARGE_TX_BYTES)
  const rates: number[] = []
  for (let i = 0; i < Math.max(1, Math.min(9, GB / bytes)); i++)
    rates.push(await readAll(source, { threads, largeMessageLimit: LARGE_MESSAGE_LIMIT }))
  const where =
    bytes < LARGE_MESSAGE_LIMIT ? 'below the limit: hashed in the calling thread' : 'hashed in threads'
  return forInformation({
    claim: `block of ${bytes / 1e6} MB, ${where}`,
    value: 1e3 / Math.max(...rates),
    unit: 'ns/B',
  })
}

/** A process that reads the block from a socket, whose other end is a process too. */
async function socketRow({ length, checksum }: BlockSource, chunkMiB: number, limitMb: number): Promise<Row> {
  const source = await startChild('block-stream-server', { length, txBytes: LARGE_TX_BYTES })
  const input: ReaderInput = {
    url: source.url,
    length,
    checksum: [...checksum],
    chunkBytes: chunkMiB * 2 ** 20,
  }
  const reader = await startChild('block-reader-server', input)
  const { bytesPerSecond, maxRssBytes } = JSON.parse(reader.url) as ReaderResult
  await Promise.all([reader.stop(), source.stop()])
  const rate = `${(bytesPerSecond / 1e6).toFixed(0)} MB/s`
  const claim = `resident memory, block of ${length / GB} GB over a socket at ${rate}, chunks of ${chunkMiB} MiB`
  return staysUnder(limitMb, { claim, value: maxRssBytes / 1e6, unit: 'MB' })
}

/** Where a transaction ends is in its lengths: scripts are skipped, so that long transactions say nothing about bytes. */
function scannerRows(): Row[] {
  const value = scannedPerSecond(SMALL_SCANNED_BYTES, SMALL_TX_BYTES) / GB
  const large = scannedPerSecond(LARGE_SCANNED_BYTES, LARGE_TX_BYTES)
  const claim = `transactions of ${SMALL_TX_BYTES} bytes found, alone`
  return [
    { claim, value, unit: 'GB/s', target: '>= 5 GB/s', ok: value >= 5 },
    forInformation({
      claim: `transactions of ${LARGE_TX_BYTES} bytes found, which are mostly skipped`,
      value: large / LARGE_TX_BYTES / 1e6,
      unit: 'million/s',
    }),
  ]
}

/** How many bytes of a block that is in memory are scanned, or skipped, in a second. */
function scannedPerSecond(length: number, txBytes: number): number {
  const bytes = new Uint8Array(length)
  bodyForBlock(length, txBytes).fill(bytes.subarray(HEADER_BYTES), 0)
  let best = Infinity
  for (let round = 0; round < 20; round++) {
    const startMs = performance.now()
    for (let pass = 0; pass < PASSES; pass++) {
      const scanner = new TxScanner({ kind: 'block', length, witness: false })
      for (let at = 0; at < length; at += SLICE_BYTES) scanner.push(bytes.subarray(at, at + SLICE_BYTES))
      scanner.finish()
    }
    best = Math.min(best, performance.now() - startMs)
  }
  return (1000 * PASSES * length) / best
}
