import { createHash } from 'node:crypto'
import { BlockReader, type BlockReaderOptions } from '../src/p2p/blocks/block-reader.js'
import { HashThreads } from '../src/p2p/blocks/hash-threads.js'
import { TxScanner } from '../src/p2p/blocks/tx-scanner.js'
import { bodyForBlock } from '../test/p2p/kit/synthetic-body.js'
import { forInformation, reaches, type Row } from './row.js'
import { inTurns } from './support/measure.js'

const GB = 1e9
const SLICE_BYTES = 256 * 1024
const LARGE_TX_BYTES = 65_748
const SMALL_TX_BYTES = 400
const HEADER_BYTES = 80
const MERKLE_ROOT_OFFSET = 36

/** A block that is made as it is read, so that nothing but the reader is in memory. */
interface Source {
  readonly length: number
  readonly checksum: Uint8Array
  fill(target: Uint8Array, offset: number): void
}

/** Blocks of any size: scanned, cut, handed out and verified, against nothing but the hash that nobody can do without. */
export async function run(): Promise<Row[]> {
  const threads = new HashThreads()
  try {
    const rows = [scannerRow(LARGE_TX_BYTES), scannerRow(SMALL_TX_BYTES)]
    const large = await sourceOf(GB, LARGE_TX_BYTES)
    const small = await sourceOf(GB / 4, SMALL_TX_BYTES)
    rows.push(
      await readerRow('checksum', large, { verify: 'checksum' }, 0.6),
      await readerRow('merkle root', large, { verify: 'merkle' }, 0.6),
      await readerRow('both', large, {}),
      await readerRow('both, in threads', large, { threads }, 0.7),
      await readerRow(
        'no checksum in the header, in threads',
        { ...large, checksum: undefined },
        { threads },
        0.7,
      ),
      await readerRow('both, transactions of 400 bytes', small, {}),
      await readerRow('both, transactions of 400 bytes, in threads', small, { threads }),
    )
    for (const bytes of [1e6, 32e6, GB, 4 * GB]) rows.push(await costRow(bytes, threads))
    return rows
  } finally {
    await threads.close()
  }
}

async function sourceOf(bytes: number, txBytes: number): Promise<Source> {
  const body = bodyForBlock(bytes, txBytes)
  const header = new Uint8Array(HEADER_BYTES)
  header.set(body.merkleRoot, MERKLE_ROOT_OFFSET)
  const fill = (target: Uint8Array, offset: number): void => {
    const head = header.subarray(offset, offset + target.length)
    target.set(head)
    if (head.length < target.length)
      body.fill(target.subarray(head.length), offset + head.length - HEADER_BYTES)
  }
  const hash = createHash('sha256')
  for (const slice of slicesOf({ length: bytes, fill })) hash.update(slice)
  const checksum = createHash('sha256').update(hash.digest()).digest().subarray(0, 4)
  return { length: bytes, checksum, fill }
}

/** Views of one buffer, as a socket gives them. */
function* slicesOf({ length, fill }: Pick<Source, 'length' | 'fill'>): Generator<Uint8Array> {
  const buffer = new Uint8Array(SLICE_BYTES)
  for (let at = 0; at < length; at += buffer.length) {
    const slice = buffer.subarray(0, Math.min(buffer.length, length - at))
    fill(slice, at)
    yield slice
  }
}

async function readAll(
  source: Omit<Source, 'checksum'> & { checksum: Uint8Array | undefined },
  options: Partial<BlockReaderOptions>,
): Promise<number> {
  const startMs = performance.now()
  let chunks = 0
  const handlers = {
    onBlockChunk: () => {
      chunks++
    },
  }
  const reader = new BlockReader(source, { handlers, witness: false, ...options })
  for (const slice of slicesOf(source)) {
    const wait = reader.push(slice)
    if (wait) await wait
  }
  await reader.end()
  return source.length / (performance.now() - startMs) / 1e3
}

function hashAll(source: Pick<Source, 'length' | 'fill'>): Promise<number> {
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
  const source = await sourceOf(bytes, LARGE_TX_BYTES)
  const rates: number[] = []
  for (let i = 0; i < Math.max(1, Math.min(9, GB / bytes)); i++)
    rates.push(await readAll(source, { threads, largeMessageLimit: 4 * 2 ** 20 }))
  return forInformation({
    claim: `block of ${bytes / 1e6} MB`,
    value: 1e3 / Math.max(...rates),
    unit: 'ns/kB',
  })
}

function scannerRow(txBytes: number): Row {
  const bytes = GB
  const body = bodyForBlock(bytes, txBytes)
  const buffer = new Uint8Array(SLICE_BYTES)
  let best = 0
  for (let round = 0; round < 5; round++) {
    const scanner = new TxScanner({ kind: 'block', length: bytes, witness: false })
    scanner.push(new Uint8Array(HEADER_BYTES))
    let spentMs = 0
    for (let at = 0; at < bytes - HEADER_BYTES; at += buffer.length) {
      const slice = buffer.subarray(0, Math.min(buffer.length, bytes - HEADER_BYTES - at))
      body.fill(slice, at)
      const startMs = performance.now()
      scanner.push(slice)
      spentMs += performance.now() - startMs
    }
    scanner.finish()
    best = Math.max(best, bytes / spentMs / 1e6)
  }
  const claim = `transactions of ${txBytes} bytes found, alone`
  return { claim, value: best, unit: 'GB/s', target: '>= 5 GB/s', ok: best >= 5 }
}
