import { expect, test } from '@jest/globals'
import { encodeMessageHeader } from '../../../src/p2p/wire/message-header.js'
import { bodyForBlock } from '../kit/synthetic-body.js'
import { TestChain } from '../kit/test-chain.js'
import { dial } from './support/dial.js'
import { settle } from './support/fake-clock.js'
import { frame, MemoryNode, obliging } from './support/memory-node.js'
import { bsv } from './support/networks.js'

const LIMIT = 10_000
const chain = TestChain.mine(bsv, 0).mineBody(bodyForBlock(5 * LIMIT, 500))
const hash = chain.hash(1)
const raw = new Uint8Array(chain.block(1).length)
chain.block(1).fill(raw, 0)

const HEADER_BYTES = encodeMessageHeader(bsv.magic, {
  command: 'block',
  length: 0,
  checksum: new Uint8Array(4),
}).length

/** A peer, the first asker of a block gone, of which the node has sent so many bytes. */
async function leftAfter(bytes: number) {
  const node = new MemoryNode(bsv, obliging())
  const told: string[] = []
  const handlers = {
    onBlockChunk: ({ chunkNumber }: { chunkNumber: number }) => void told.push(`chunk ${chunkNumber}`),
  }
  const { peer, connected } = dial(node, { largeMessageLimit: LIMIT, handlers })
  await connected
  const left = new AbortController()
  const first = peer.fetchBlock(hash, { signal: left.signal, onPart: () => undefined })
  left.abort(new Error('left'))
  await expect(first).rejects.toThrow('left')
  const block = frame(bsv, 'block', raw)
  node.link.sendBytes(block.subarray(0, HEADER_BYTES + bytes))
  await settle()
  const parts: Uint8Array[] = []
  const second = peer.fetchBlock(hash, { onPart: ({ bytes: part }) => void parts.push(part.slice()) })
  node.link.sendBytes(block.subarray(HEADER_BYTES + bytes))
  await settle()
  return { peer, link: node.link, block, told, parts, second }
}

test('who asks for a block in the middle of it is given the whole of it, by the answer to his own question', async () => {
  const { peer, link, block, told, parts, second } = await leftAfter(2.5 * LIMIT)
  expect({ told, parts }).toEqual({ told: [1, 2, 3, 4, 5].map((number) => `chunk ${number}`), parts: [] })
  link.sendBytes(block)
  expect((await second).type).toBe('big')
  expect(Buffer.concat(parts).equals(raw)).toBe(true)
  await peer.close()
})

test('who asks for a block before its first part is whole has it from there', async () => {
  const { peer, told, parts, second } = await leftAfter(LIMIT / 2)
  expect((await second).type).toBe('big')
  expect(Buffer.concat(parts).equals(raw)).toBe(true)
  expect(told).toEqual([])
  await peer.close()
})
