import { afterEach, describe, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { NotFoundError, PeerDisconnectedError, TooLargeError } from '../../../src/p2p/errors.js'
import { sha256d } from '../../../src/p2p/hash.js'
import type { PeerOptions } from '../../../src/p2p/peer/options.js'
import { Peer } from '../../../src/p2p/peer/peer.js'
import { encodeTx } from '../../../src/p2p/wire/messages/tx.js'
import { FakeNode, type FakeNodeOptions } from '../kit/fake-node.js'
import { payloadOf, type Payload } from '../kit/payload.js'
import { bodyForBlock } from '../kit/synthetic-body.js'
import { TestChain } from '../kit/test-chain.js'
import { bsv } from './support/networks.js'

const LIMIT = 100_000
const SMALL = 1
const BIG = 2

const chain = TestChain.mine(bsv, 0)
  .mineBody(bodyForBlock(LIMIT - 1, 300))
  .mineBody(bodyForBlock(5 * LIMIT, 1000))

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function connect(options: Partial<PeerOptions> = {}, node: Partial<FakeNodeOptions> = {}) {
  const fake = await FakeNode.start({ network: bsv, chain, ...node })
  const peer = new Peer({
    host: fake.host,
    port: fake.port,
    network: bsv,
    largeMessageLimit: LIMIT,
    ...options,
  })
  const handlerErrors: unknown[] = []
  peer.on('handlerError', (error) => handlerErrors.push(error))
  closers.push(
    () => peer.close(),
    () => fake.close(),
  )
  await peer.connect()
  return { fake, peer, handlerErrors }
}

function bytesOf(payload: Payload): Uint8Array {
  const bytes = new Uint8Array(payload.length)
  payload.fill(bytes, 0)
  return bytes
}

const ask = (peer: Peer, height: number): Promise<void> =>
  peer.send('getdata', [{ type: 2, hash: chain.hash(height) }])

describe('blocks over a socket', () => {
  test('getBlock gives a whole block, which no handler is told of', async () => {
    let told = 0
    const { peer } = await connect({ handlers: { onBlock: () => void (told += 1) } })
    const block = await peer.getBlock(chain.hash(SMALL))
    expect(block.raw).toEqual(bytesOf(chain.block(SMALL)))
    expect(block.hash).toEqual(chain.hash(SMALL))
    expect(peer.haveBlocks.has(chain.hash(SMALL))).toBe(true)
    await peer.ping()
    expect(told).toBe(0)
  })

  test('getBlock refuses a block above the limit, and the connection goes on', async () => {
    const { peer } = await connect()
    await expect(peer.getBlock(chain.hash(BIG))).rejects.toBeInstanceOf(TooLargeError)
    expect((await peer.getBlock(chain.hash(SMALL))).size).toBe(LIMIT - 1)
  })

  test('P2P-15 getBlockChunks gives the bytes of a block of any size in order', async () => {
    const { peer } = await connect({}, { script: { writeBytes: [1, 7, 70_000] } })
    for (const height of [SMALL, BIG]) {
      const parts: Uint8Array[] = []
      for await (const part of peer.getBlockChunks(chain.hash(height))) parts.push(part.bytes.slice())
      expect(parts.length).toBe(height === SMALL ? 1 : 5)
      expect(Buffer.concat(parts).equals(bytesOf(chain.block(height)))).toBe(true)
    }
  })

  test('a block that its asker leaves halfway is thrown away, and the connection goes on', async () => {
    const { peer } = await connect({ handlers: { onBlockChunk: () => expect(true).toBe(false) } })
    for await (const part of peer.getBlockChunks(chain.hash(BIG))) {
      expect(part.bytes.length).toBeGreaterThan(0)
      break
    }
    expect((await peer.getBlock(chain.hash(SMALL))).size).toBe(LIMIT - 1)
  })

  test('a block that nobody has is not found', async () => {
    const { peer } = await connect({}, { script: { notFound: () => true } })
    await expect(peer.getBlock(chain.hash(SMALL))).rejects.toBeInstanceOf(NotFoundError)
    await expect(peer.getBlockChunks(chain.hash(SMALL)).next()).rejects.toBeInstanceOf(NotFoundError)
  })

  test('P2P-1 blocks are told in their place between other messages, chunk by chunk', async () => {
    const told: string[] = []
    const { peer, fake } = await connect({
      handlers: {
        onInv: () => void told.push('inv'),
        onBlock: ({ type }) => void told.push(type),
        async onBlockChunk({ chunkNumber }) {
          await new Promise((resolve) => setImmediate(resolve))
          told.push(`chunk ${chunkNumber}`)
        },
      },
    })
    const connection = await fake.connection()
    void connection.send('inv', [])
    void connection.sendPayload('block', chain.block(BIG))
    void connection.send('inv', [])
    void connection.sendPayload('block', chain.block(SMALL))
    await peer.ping()
    const chunks = [1, 2, 3, 4, 5].map((number) => `chunk ${number}`)
    expect(told).toEqual(['inv', ...chunks, 'big', 'inv', 'small'])
  })

  test('P2P-18 a block that the connection cuts off is aborted, for handlers and for whoever asked', async () => {
    const aborted: Error[] = []
    const drop = { dropAfterBytes: 200_000 }
    const { peer } = await connect(
      { handlers: { onBlockAborted: ({ reason }) => void aborted.push(reason) } },
      { script: drop },
    )
    await ask(peer, BIG)
    await once(peer, 'close')
    await new Promise((resolve) => setImmediate(resolve))
    expect(aborted).toHaveLength(1)
    expect(aborted[0]).toBeInstanceOf(PeerDisconnectedError)

    const other = await connect({}, { script: drop })
    const read = async (): Promise<void> => {
      for await (const part of other.peer.getBlockChunks(chain.hash(BIG))) expect(part).toBeDefined()
    }
    await expect(read()).rejects.toBeInstanceOf(PeerDisconnectedError)
  })

  test('P2P-9 a handler that fails on a chunk costs that block alone', async () => {
    const told: string[] = []
    const { peer, handlerErrors } = await connect({
      handlers: {
        onBlockChunk() {
          throw new Error('no room')
        },
        onBlockAborted: () => void told.push('aborted'),
        onBlock: ({ type }) => void told.push(type),
      },
    })
    await ask(peer, BIG)
    await ask(peer, SMALL)
    await peer.ping()
    expect(told).toEqual(['aborted', 'small'])
    expect(handlerErrors).toEqual([new Error('no room')])
    expect(peer.score).toBe(0)
  })

  test('P2P-18 a corrupt block costs the full score, even under a right checksum', async () => {
    const { peer, fake } = await connect()
    const bytes = bytesOf(chain.block(SMALL))
    bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1
    const answer = peer.getBlock(chain.hash(SMALL))
    answer.catch(() => undefined)
    const closed = once(peer, 'close')
    void (await fake.connection()).sendPayload('block', payloadOf(bytes))
    await closed
    await expect(answer).rejects.toMatchObject({ code: 'bad_block' })
    expect(peer.score).toBe(100)
  })

  test('P2P-18 a block that is not wanted is refused before it is read', async () => {
    const { peer } = await connect({ isWantedBlock: () => false })
    await ask(peer, BIG)
    await peer.ping()
    expect(peer.score).toBe(20)
    expect((await peer.getBlock(chain.hash(SMALL))).size).toBe(LIMIT - 1)
  })

  test('P2P-19 a reader that stops is not flooded: no more than two chunks and the buffers of the system are read', async () => {
    const { peer } = await connect({ largeMessageLimit: 1_000_000 }, { chain: hugeChain })
    const before = peer.traffic.bytesIn
    const chunks = peer.getBlockChunks(hugeChain.hash(1))
    await chunks.next()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(peer.traffic.bytesIn - before).toBeLessThan(4_000_000)
    let rest = 0
    for await (const { bytes } of chunks) rest += bytes.length
    expect(rest).toBeGreaterThan(28_000_000)
  })

  test('P2P-16 a transaction above the limit is streamed to the handlers, or given whole to whoever asked for it', async () => {
    const raw = bigTx()
    const parts: number[] = []
    let ended: Uint8Array | undefined
    const streaming = await connect({
      handlers: {
        onTxChunk: ({ bytes }) => void parts.push(bytes.length),
        onBigTx: ({ txid }) => void (ended = txid),
      },
    })
    void (await streaming.fake.connection()).sendPayload('tx', payloadOf(raw))
    await streaming.peer.ping()
    expect(parts.reduce((sum, length) => sum + length, 0)).toBe(raw.length)
    expect(ended).toEqual(sha256d(raw))

    const asking = await connect({}, { script: { silent: ['getdata'] } })
    const answer = asking.peer.getTx(sha256d(raw))
    await asking.fake.received('getdata')
    void (await asking.fake.connection()).sendPayload('tx', payloadOf(raw))
    expect(Buffer.from(await answer).equals(raw)).toBe(true)
  })
})

const hugeChain = TestChain.mine(bsv, 0).mineBody(bodyForBlock(30_000_000, 100_000))

/** With a script that is longer than the limit. */
function bigTx(): Uint8Array {
  const input = {
    previousHash: new Uint8Array(32).fill(1),
    previousIndex: 0,
    script: new Uint8Array(3 * LIMIT),
    sequence: 0,
  }
  return encodeTx(
    { version: 1, inputs: [input], outputs: [{ value: 1n, script: new Uint8Array(1) }], lockTime: 0 },
    false,
  )
}
