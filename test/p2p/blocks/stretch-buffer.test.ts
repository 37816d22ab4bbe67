import { expect, test } from '@jest/globals'
import { BlockReader } from '../../../src/p2p/blocks/block-reader.js'
import { BufferPool } from '../../../src/p2p/blocks/buffer-pool.js'
import { bodyForBlock } from '../kit/synthetic-body.js'
import { TestChain } from '../kit/test-chain.js'
import { bsv } from '../peer/support/networks.js'

const CHUNK = 10_000

class WatchedPool extends BufferPool {
  readonly given = new Set<Uint8Array>()

  override take(bytes: number): Uint8Array {
    const buffer = super.take(bytes)
    this.given.add(buffer)
    return buffer
  }
}

test('P2P-19 the chunks of a block take turns in two buffers, wherever the transactions before them end', async () => {
  const block = TestChain.mine(bsv, 0).mineBody(bodyForBlock(50 * CHUNK, 610)).block(1)
  const buffers = new WatchedPool()
  let chunks = 0
  const reader = new BlockReader(
    { length: block.length, checksum: await block.checksum() },
    {
      handlers: {
        async onBlockChunk() {
          await new Promise((resolve) => setImmediate(resolve))
          chunks++
        },
      },
      witness: false,
      largeMessageLimit: CHUNK,
      chunkBytes: CHUNK,
      buffers,
    },
  )
  const slice = new Uint8Array(3000)
  for (let at = 0; at < block.length; at += slice.length) {
    const part = slice.subarray(0, Math.min(slice.length, block.length - at))
    block.fill(part, at)
    await reader.push(part)
  }
  await reader.end()
  expect({ chunks, buffers: buffers.given.size }).toEqual({ chunks: 50, buffers: 2 })
})
