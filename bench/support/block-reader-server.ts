/** Reads one block from a socket, then says how that went in place of where it is. */
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { BlockReader } from '../../src/p2p/blocks/block-reader.js'
import { HashThreads } from '../../src/p2p/blocks/hash-threads.js'
import { SLICE_BYTES } from './block-source.js'
import { inputOfChild, serveParent } from './child.js'

export interface ReaderInput {
  /** The port of the other side. */
  readonly url: string
  readonly length: number
  readonly checksum: readonly number[]
  readonly chunkBytes: number
}

export interface ReaderResult {
  readonly bytesPerSecond: number
  readonly maxRssBytes: number
}

/** `maxRSS` of a process that was forked begins with what its parent had: where there is /proc, that is asked instead. */
function peakBytes(): number {
  const status = '/proc/self/status'
  const peak = existsSync(status) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(status, 'utf8'))?.[1] : undefined
  return 1024 * Number(peak ?? process.resourceUsage().maxRSS)
}

const { url, length, checksum, chunkBytes } = inputOfChild() as ReaderInput
const threads = new HashThreads()
const reader = new BlockReader(
  { length, checksum: Uint8Array.from(checksum) },
  // A handler that takes its time, so that a second chunk is filled meanwhile.
  {
    handlers: { onBlockChunk: () => new Promise((resolve) => setImmediate(resolve)) },
    witness: false,
    chunkBytes,
    largeMessageLimit: chunkBytes,
    threads,
  },
)
const startMs = performance.now()
const socket = connect({
  port: Number(url),
  host: '127.0.0.1',
  onread: { buffer: Buffer.alloc(SLICE_BYTES), callback: (bytes, buffer) => take(buffer.subarray(0, bytes)) },
})

function take(slice: Uint8Array): boolean {
  const wait = reader.push(slice)
  if (!wait) return true
  wait.then(
    () => socket.resume(),
    (error: unknown) => socket.destroy(error as Error),
  )
  return false
}

await once(socket, 'close')
await reader.end()
const result: ReaderResult = {
  bytesPerSecond: (1000 * length) / (performance.now() - startMs),
  maxRssBytes: peakBytes(),
}
serveParent(JSON.stringify(result), () => threads.close())
