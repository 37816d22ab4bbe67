import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { BlockHandlers } from '../../../src/p2p/blocks/block-events.js'
import { BlockReader, type BlockReaderOptions } from '../../../src/p2p/blocks/block-reader.js'
import { ProtocolError, TooLargeError } from '../../../src/p2p/errors.js'
import { sha256d } from '../../../src/p2p/hash.js'
import { joined, noise, slices } from './kit/bytes.js'
import { type MadeBlock, makeBlock, makeTx, txOfSize } from './kit/make-block.js'
import { readBlock, recorder } from './kit/recorder.js'

const blockOf = (sizes: readonly number[]): MadeBlock => makeBlock(sizes.map((size, i) => txOfSize(size, i)))
const limit = (largeMessageLimit: number): Partial<BlockReaderOptions> => ({ largeMessageLimit })

async function read(block: MadeBlock, cuts: readonly number[], options: Partial<BlockReaderOptions> = {}, takesParts = true) {
  const recorded = recorder(takesParts)
  await readBlock(block, cuts, { handlers: recorded.handlers, witness: false, ...options })
  return recorded
}

/** What a block fails of, after its handlers were told. */
async function fault(block: Pick<MadeBlock, 'raw' | 'checksum'>, options: Partial<BlockReaderOptions> = {}): Promise<string> {
  for (const largeMessageLimit of [100, 1_000_000]) {
    const { handlers, aborted, blocks } = recorder()
    const error: unknown = await readBlock(block, [70], { handlers, witness: false, largeMessageLimit, ...options }).catch(
      (reason: unknown) => reason,
    )
    if (error === undefined) return 'none'
    expect(aborted).toEqual([error])
    expect(blocks).toEqual([])
    if (largeMessageLimit > 100) return error instanceof ProtocolError ? error.code : 'no fault of the peer'
  }
  return ''
}

test('P2P-15 the reference vector is cut as it must be, under every split', async () => {
  const block = blockOf(Array.from({ length: 16 }, () => 65_748))
  expect(block.raw.length).toBe(1_052_049)
  for (const cuts of [[1_052_049], [500_000], [65_536], [1000], [7, 250_001, 3]]) {
    const { events, blocks } = await read(block, cuts, limit(500_000))
    expect(events.map(({ bytes }) => bytes.length)).toEqual([460_317, 525_984, 65_748])
    expect(events.flatMap(({ offsets }) => offsets)).toEqual(block.offsets)
    expect(block.offsets.slice(0, 2).concat(block.offsets.at(-1) ?? 0)).toEqual([81, 65_829, 986_301])
    expect(events.map(({ number, count, base }) => [number, count, base])).toEqual([
      [1, 3, 0],
      [2, 3, 460_317],
      [3, 3, 986_301],
    ])
    expect(Buffer.compare(joined(events.map(({ bytes }) => bytes)), block.raw)).toBe(0)
    expect(blocks).toMatchObject([{ type: 'big', size: 1_052_049, txCount: 16, hash: block.hash, header: block.header }])
    expect([...(blocks[0]?.txOffsets ?? [])]).toEqual(block.offsets)
  }
})

test('P2P-15 chunks are cut after the last whole transaction and put together they are the block', async () => {
  const size = fc.integer({ min: 61, max: 900 })
  const cuts = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1 })
  await fc.assert(
    fc.asyncProperty(fc.array(size, { minLength: 2, maxLength: 12 }), cuts, fc.integer({ min: 90, max: 600 }), async (sizes, lengths, chunkBytes) => {
      const block = blockOf(sizes)
      const { events, blocks } = await read(block, lengths, { largeMessageLimit: 100, chunkBytes }, false)
      expect(events).toHaveLength(Math.ceil(block.raw.length / chunkBytes))
      expect(joined(events.map(({ bytes }) => bytes))).toEqual(block.raw)
      events.forEach(({ base = 0, bytes, offsets = [], number }) => {
        // The model: of the bytes that have come, all whole transactions.
        const come = Math.min(number * chunkBytes, block.raw.length)
        const ends = [...block.offsets, block.raw.length]
        expect(base + bytes.length).toBe(ends.filter((end) => end <= come).at(-1) ?? 0)
        expect(offsets).toEqual(block.offsets.filter((at) => at >= base && at < base + bytes.length))
      })
      expect(blocks).toHaveLength(1)
    }),
    { numRuns: 25 },
  )
})

test.each([
  ['limit - 1', 1, 'small'],
  ['limit', 0, 'big'],
  ['limit + 1', -1, 'big'],
])('P2P-14 a block of the size %s', async (_name, below, type) => {
  const block = blockOf([100, 200, 300])
  const { blocks, events } = await read(block, [64], limit(block.raw.length + below))
  expect(blocks).toMatchObject([{ type, size: block.raw.length, txCount: 3, hash: block.hash }])
  expect([...(blocks[0]?.txOffsets ?? [])]).toEqual(block.offsets)
  expect(events).toHaveLength(type === 'small' ? 0 : below === 0 ? 1 : 2)
  if (blocks[0]?.type === 'small') expect(blocks[0].raw).toEqual(block.raw)
})

test.each([
  ['first', [3000, 100, 100]],
  ['middle', [100, 3000, 100]],
  ['last', [100, 100, 3000]],
  ['only', [3000]],
  ['first and last', [3000, 100, 2000]],
])('P2P-16 a transaction larger than the limit comes in parts: %s', async (_name, sizes) => {
  const block = blockOf(sizes)
  for (const cuts of [[1], [37], [1000], [10_000]]) {
    const { events, blocks } = await read(block, cuts, limit(500))
    expect(joined(events.map(({ bytes }) => bytes))).toEqual(block.raw)
    expect(events.filter(({ type }) => type === 'chunk').map(({ number }) => number)).toEqual(
      Array.from({ length: Math.ceil(block.raw.length / 500) }, (_, i) => i + 1),
    )
    for (const [tx, size] of sizes.entries()) {
      const parts = events.filter(({ type, txIndex }) => type === 'part' && txIndex === tx)
      expect(joined(parts.map(({ bytes }) => bytes)).length).toBe(size > 500 ? size : 0)
      expect(parts.map(({ number }) => number)).toEqual(parts.map((_, i) => i + 1))
      expect(parts.map(({ isLast }) => isLast)).toEqual(parts.map((_, i) => i === parts.length - 1))
    }
    expect(blocks).toHaveLength(1)
  }
})

test('P2P-16 without a handler of parts a large transaction is put together, up to the limit of transactions', async () => {
  const block = blockOf([100, 3000, 100])
  const { events } = await read(block, [37], limit(500), false)
  expect(events.map(({ bytes }) => bytes.length)).toEqual([181, 0, 0, 0, 0, 0, 3100])
  const { handlers, aborted } = recorder(false)
  const options = { handlers, witness: false, largeMessageLimit: 500, maxTxBytes: 2999 }
  await expect(readBlock(block, [37], options)).rejects.toBeInstanceOf(TooLargeError)
  expect(aborted).toHaveLength(1)
})

test('P2P-17 blocks with witnesses have the merkle root of their stripped transactions, however they are split', async () => {
  const txs = [
    makeTx({ inputs: [0], outputs: [20, 38], witness: [[32]] }, 1),
    makeTx({ inputs: [23, 0], outputs: [22], witness: [[71, 33], []] }, 2),
    makeTx({ inputs: [106], outputs: [25, 25] }, 3),
  ]
  const block = makeBlock(txs)
  for (let size = 1; size <= block.raw.length; size++) {
    const { blocks } = await read(block, [size], { witness: true })
    expect(blocks).toHaveLength(1)
  }
  expect(await fault(block, { witness: false })).not.toBe('none')
})

test('P2P-18 a block that is not sound is aborted with a fault', async () => {
  const txs = [txOfSize(100), txOfSize(150, 2), txOfSize(80, 3)]
  const block = makeBlock(txs)
  const withChecksum = (raw: Uint8Array) => ({ raw, checksum: sha256d(raw).slice(0, 4) })
  expect(await fault(block)).toBe('none')
  expect(await fault(makeBlock(txs, { count: 4 }))).toBe('truncated_message')
  expect(await fault(makeBlock(txs, { count: 2 }))).toBe('trailing_bytes')
  expect(await fault(withChecksum(block.raw.subarray(0, -1)))).toBe('truncated_message')
  expect(await fault(withChecksum(joined([block.raw, Uint8Array.of(1)])))).toBe('trailing_bytes')
  expect(await fault(makeBlock(txs, { root: noise(32, 9) }))).toBe('bad_block')
  const changed = block.raw.slice()
  changed.set([changed.at(-1) === 1 ? 2 : 1], changed.length - 1)
  expect(await fault(withChecksum(changed))).toBe('bad_block')
  expect(await fault(block, { isWanted: () => false })).toBe('unrequested_block')
  expect(await fault(block, { isWanted: (hash) => Buffer.compare(hash, block.hash) === 0 })).toBe('none')
})

test('P2P-18 a block that repeats its last transactions is refused, though its merkle root is right', async () => {
  const txs = [1, 2, 3].map((seed) => txOfSize(100, seed))
  const twins = [...txs, txs[2] as (typeof txs)[number]]
  expect(await fault(makeBlock(twins))).toBe('bad_block')
})

test('P2P-3 a wrong checksum is refused; without one the transactions are hashed whatever the options', async () => {
  const block = blockOf([100, 200])
  expect(await fault({ raw: block.raw, checksum: Uint8Array.of(1, 2, 3, 4) })).toBe('bad_checksum')
  expect(await fault({ raw: block.raw, checksum: Uint8Array.of(1, 2, 3, 4) }, { verify: 'checksum' })).toBe('bad_checksum')
  const { handlers, aborted } = recorder()
  const wrong = makeBlock([txOfSize(100)], { root: noise(32, 9) })
  const reader = new BlockReader({ length: wrong.raw.length, checksum: undefined }, { handlers, witness: false, verify: 'checksum' })
  await reader.push(wrong.raw)
  await expect(reader.end()).rejects.toMatchObject({ code: 'bad_block' })
  expect(aborted).toHaveLength(1)
})

test('a block larger than allowed, or too small to be one, is refused before its first byte', () => {
  const options = { handlers: {}, witness: false, maxBlockBytes: 1000 }
  const open = (length: number) => () => new BlockReader({ length, checksum: undefined }, options)
  expect(open(1001)).toThrow(expect.objectContaining({ code: 'oversize_message' }))
  expect(open(80)).toThrow(expect.objectContaining({ code: 'truncated_message' }))
  expect(open(1000)).not.toThrow()
})

/** Handlers that take chunks only when told to. */
function slow(): { handlers: BlockHandlers; order: string[]; finish: () => void } {
  const order: string[] = []
  let waiting: (() => void) | undefined
  const handlers: BlockHandlers = {
    onBlockChunk: async ({ chunkNumber }) => {
      order.push(`start ${chunkNumber}`)
      await new Promise<void>((resolve) => (waiting = resolve))
      order.push(`end ${chunkNumber}`)
    },
    onBlock: () => {
      order.push('block')
    },
    onBlockAborted: () => {
      order.push('aborted')
    },
  }
  return { handlers, order, finish: () => waiting?.() }
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('P2P-19 one chunk is filled while a handler has another, and no more is read', async () => {
  const block = blockOf([100, 100, 100, 100])
  const { handlers, order, finish } = slow()
  const options = { handlers, witness: false, largeMessageLimit: 200 }
  const reader = new BlockReader({ length: block.raw.length, checksum: block.checksum }, options)
  const [first, second, third] = [...slices(block.raw, [200])] as [Uint8Array, Uint8Array, Uint8Array]
  expect(reader.push(first)).toBeUndefined()
  expect(order).toEqual(['start 1'])
  const pushed = reader.push(second)
  expect(pushed).toBeInstanceOf(Promise)
  await soon()
  expect(order).toEqual(['start 1'])
  finish()
  await pushed
  expect(order).toEqual(['start 1', 'end 1', 'start 2'])
  const last = reader.push(third)
  finish()
  await last
  const end = reader.end()
  await soon()
  expect(order.at(-1)).toBe('start 3')
  finish()
  await end
  expect(order.slice(-2)).toEqual(['end 3', 'block'])
})

test('P2P-19 of chunks above 16 MiB there is one at a time: nothing is read while a handler has it', async () => {
  const chunkBytes = 17 * 2 ** 20
  const block = makeBlock([{ raw: txOfSize(chunkBytes - 81).raw, txid: new Uint8Array(32) }, txOfSize(100)])
  const { handlers, order, finish } = slow()
  const options = { handlers, witness: false, largeMessageLimit: chunkBytes, verify: 'checksum' } as const
  const reader = new BlockReader({ length: block.raw.length, checksum: block.checksum }, options)
  const pushed = reader.push(block.raw.subarray(0, chunkBytes))
  expect(pushed).toBeInstanceOf(Promise)
  expect(order).toEqual(['start 1'])
  finish()
  await pushed
  const last = reader.push(block.raw.subarray(chunkBytes))
  finish()
  await last
  await reader.end()
  expect(order).toEqual(['start 1', 'end 1', 'start 2', 'end 2', 'block'])
})

test('a connection that is lost in the middle aborts the block once its handler has let go, and nothing follows', async () => {
  const block = blockOf([100, 100, 100, 100])
  const { handlers, order, finish } = slow()
  const options = { handlers, witness: false, largeMessageLimit: 200 }
  const reader = new BlockReader({ length: block.raw.length, checksum: block.checksum }, options)
  const pushed = reader.push(block.raw)
  const aborted = reader.abort(new Error('lost'))
  await soon()
  expect(order).toEqual(['start 1'])
  finish()
  await aborted
  await pushed
  expect(order).toEqual(['start 1', 'end 1', 'aborted'])
  await reader.end()
  await reader.push(block.raw)
  await reader.abort(new Error('again'))
  expect(order).toHaveLength(3)
})

test.each(['at once', 'later'])('a handler that fails %s aborts the block with its own error', async (when) => {
  const block = blockOf([100, 100, 100, 100])
  const { handlers, aborted } = recorder()
  const error = new Error('the disk is full')
  const failing: BlockHandlers = {
    ...handlers,
    onBlockChunk: () => {
      if (when === 'at once') throw error
      return Promise.reject(error)
    },
  }
  await expect(readBlock(block, [50], { handlers: failing, witness: false, largeMessageLimit: 200 })).rejects.toBe(error)
  expect(aborted).toEqual([error])
})

test.each([
  ['all', [81, 181, 281, 381], [[81], [181, 281], [381]]],
  ['chunk', [], [[81], [181, 281], [381]]],
  ['none', [], [[], [], []]],
] as const)('offsets are reported as wanted: %s', async (txOffsets, ofBlock, ofChunks) => {
  const { events, blocks } = await read(blockOf([100, 100, 100, 100]), [33], { ...limit(200), txOffsets })
  expect([...(blocks[0]?.txOffsets ?? [])]).toEqual(ofBlock)
  expect(events.map(({ offsets }) => offsets)).toEqual(ofChunks)
})
