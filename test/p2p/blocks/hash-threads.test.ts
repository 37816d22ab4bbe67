import { afterAll, expect, test } from '@jest/globals'
import { BlockReader } from '../../../src/p2p/blocks/block-reader.js'
import { HashThreads } from '../../../src/p2p/blocks/hash-threads.js'
import { noise, slices } from './kit/bytes.js'
import { type MadeBlock, makeBlock, txOfSize } from './kit/make-block.js'
import { recorder } from './kit/recorder.js'

const threads = new HashThreads()
afterAll(() => threads.close())

/** Large enough for every slab of a thread to come round. */
const txs = Array.from({ length: 90 }, (_, i) => txOfSize(70_000, i))
const good = makeBlock(txs)

async function read(block: Pick<MadeBlock, 'raw' | 'checksum'>, pool = threads) {
  const recorded = recorder()
  const options = { handlers: recorded.handlers, witness: false, largeMessageLimit: 1_000_000, threads: pool }
  const reader = new BlockReader({ length: block.raw.length, checksum: block.checksum }, options)
  const run = async (): Promise<void> => {
    for (const slice of slices(block.raw, [300_000])) await reader.push(slice)
    await reader.end()
  }
  const error: unknown = await run().catch((reason: unknown) => reason)
  return { ...recorded, error, reader }
}

test('threads find the same as the calling thread, several blocks at a time', async () => {
  const wrong = makeBlock(txs, { root: noise(32, 1) })
  const [a, b, c, d] = await Promise.all([
    read(good),
    read({ raw: good.raw, checksum: Uint8Array.of(1, 2, 3, 4) }),
    read(wrong),
    read(good),
  ])
  expect([a.error, a.blocks.length, d.error, d.blocks.length]).toEqual([undefined, 1, undefined, 1])
  expect(b.error).toMatchObject({ code: 'bad_checksum' })
  expect(c.error).toMatchObject({ code: 'bad_block' })
  expect([b, c].map(({ aborted }) => aborted.length)).toEqual([1, 1])
})

test('a block that is aborted while threads hash it leaves them free', async () => {
  const { handlers, aborted } = recorder()
  const options = { handlers, witness: false, largeMessageLimit: 1_000_000, threads }
  const reader = new BlockReader({ length: good.raw.length, checksum: good.checksum }, options)
  const pushed = reader.push(good.raw.subarray(0, -1))
  expect(pushed).toBeInstanceOf(Promise)
  await reader.abort(new Error('lost'))
  await pushed
  expect(aborted).toHaveLength(1)
  expect((await read(good)).blocks).toHaveLength(1)
})

test('threads that end take their blocks with them', async () => {
  const pool = new HashThreads({ threads: 1 })
  const reading = read(good, pool)
  await pool.close()
  const { error, aborted } = await reading
  expect(error).toMatchObject({ message: 'the hashing threads were closed' })
  expect(aborted).toHaveLength(1)
  await expect(read(good, pool)).rejects.toMatchObject({ code: 'usage' })
})
