import { describe, expect, test } from '@jest/globals'
import {
  NotFoundError,
  PeerDisconnectedError,
  RejectedError,
  RequestTimeoutError,
  UsageError,
} from '../../../src/p2p/errors.js'
import { sha256d, ZERO_HASH, type Hash } from '../../../src/p2p/hash.js'
import type { Peer } from '../../../src/p2p/peer/peer.js'
import type { PeerOptions } from '../../../src/p2p/peer/options.js'
import { encodeGetHeaders } from '../../../src/p2p/wire/messages/getheaders.js'
import { encodeHeaders, packHeaders } from '../../../src/p2p/wire/messages/headers.js'
import { INV } from '../../../src/p2p/wire/messages/inv.js'
import { encodeTx, type Tx } from '../../../src/p2p/wire/messages/tx.js'
import { dial } from './support/dial.js'
import { settle } from './support/fake-clock.js'
import { MemoryNode, obliging, receive } from './support/memory-node.js'
import { bsv, btc } from './support/networks.js'

const genesisHash = sha256d(bsv.genesis)

/** Headers that follow each other, with nothing else right about them. */
function headersAfter(previous: Hash, count: number, nonce = 0): Uint8Array {
  const headers = new Uint8Array(80 * count)
  let hash = previous
  for (let index = 0; index < count; index++) {
    const header = headers.subarray(80 * index, 80 * (index + 1))
    header.set(hash, 4)
    header[76] = nonce
    hash = sha256d(header)
  }
  return headers
}

async function connect(options: Partial<PeerOptions> = {}, network = bsv) {
  const node = new MemoryNode(network, obliging())
  const dialled = dial(node, options)
  await dialled.connected
  await settle()
  return { node, link: node.link, ...dialled }
}

const tx: Tx = {
  version: 1,
  inputs: [
    { previousHash: new Uint8Array(32).fill(1), previousIndex: 0, script: new Uint8Array(3), sequence: 0 },
  ],
  outputs: [{ value: 1n, script: new Uint8Array(2) }],
  lockTime: 0,
}

describe('requests', () => {
  test('P2P-6 getHeaders sends its locator and 32 zero bytes, and nothing else', async () => {
    const { peer, link } = await connect()
    const answer = peer.getHeaders({ locator: [genesisHash] })
    const { body } = await receive(link, 'getheaders')
    expect(body).toEqual({ version: 70_016, hashes: [genesisHash], stop: ZERO_HASH })
    expect(encodeGetHeaders(body).length).toBe(4 + 1 + 32 + 32)
    link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(genesisHash, 3))))
    expect((await answer).count).toBe(3)
    await peer.close()
  })

  test('a request leaves at once, also where the answer to the one before has just come', async () => {
    const { peer, link } = await connect()
    const ask = () => peer.getHeaders({ locator: [genesisHash] })
    const sent = (): number => link.commands.filter((command) => command === 'getheaders').length
    const first = ask()
    const second = ask()
    expect(sent()).toBe(1)
    link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(genesisHash, 1))))
    await first
    expect(sent()).toBe(2)
    link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(genesisHash, 1))))
    await second
    void ask().catch(() => undefined)
    expect(sent()).toBe(3)
    await peer.close()
  })

  test('P2P-6 a locator of more than 101 hashes is refused', async () => {
    const { peer } = await connect()
    const locator = Array.from({ length: 102 }, () => genesisHash)
    await expect(peer.getHeaders({ locator })).rejects.toBeInstanceOf(UsageError)
    await peer.close()
  })

  test('P2P-7 a peer in low mode makes no requests, and says so at once', async () => {
    const { peer } = await connect({ mode: 'low' })
    expect(() => peer.getHeaders({ locator: [genesisHash] })).toThrow(UsageError)
    expect(() => peer.getBlock(genesisHash)).toThrow(UsageError)
    expect(() => peer.getBlockChunks(genesisHash)).toThrow(UsageError)
    expect(() => peer.getTx(genesisHash)).toThrow(UsageError)
    expect(() => peer.getAddr()).toThrow(UsageError)
    expect(() => peer.mempool()).toThrow(UsageError)
    expect(() => peer.ping()).toThrow(UsageError)
    await peer.close()
  })

  const kinds = {
    getHeaders: (peer: Peer, signal?: AbortSignal) =>
      peer.getHeaders({ locator: [genesisHash], ...(signal && { signal }) }),
    getBlock: (peer: Peer, signal?: AbortSignal) => peer.getBlock(genesisHash, { signal }),
    getBlockChunks: (peer: Peer, signal?: AbortSignal) => peer.getBlockChunks(genesisHash, { signal }).next(),
    getTx: (peer: Peer, signal?: AbortSignal) => peer.getTx(genesisHash, { signal }),
    getAddr: (peer: Peer, signal?: AbortSignal) => peer.getAddr({ signal }),
    mempool: (peer: Peer, signal?: AbortSignal) => peer.mempool({ signal }),
    ping: (peer: Peer, signal?: AbortSignal) => peer.ping({ signal }),
  }

  test.each(Object.keys(kinds) as (keyof typeof kinds)[])(
    'P2P-7 %s ends in time, by its signal and with the connection',
    async (kind) => {
      // Answers the handshake and its ping, and nothing later.
      let pings = 0
      const node = new MemoryNode(bsv, (message, link) => {
        if (message.command !== 'ping' || pings++ === 0) obliging()(message, link)
      })
      const { peer, clock, connected } = dial(node)
      await connected
      await settle()
      const before = clock.timers

      const late = kinds[kind](peer)
      late.catch(() => undefined)
      await clock.advance(29_999)
      await clock.advance(1)
      await expect(late).rejects.toBeInstanceOf(RequestTimeoutError)

      const controller = new AbortController()
      const aborted = kinds[kind](peer, controller.signal)
      aborted.catch(() => undefined)
      controller.abort(new Error('enough'))
      await expect(aborted).rejects.toThrow('enough')
      await expect(kinds[kind](peer, controller.signal)).rejects.toThrow('enough')
      await settle()
      expect(clock.timers).toBe(before)

      const cut = kinds[kind](peer)
      cut.catch(() => undefined)
      await settle()
      node.link.end()
      await expect(cut).rejects.toBeInstanceOf(PeerDisconnectedError)
      await expect(kinds[kind](peer)).rejects.toBeInstanceOf(PeerDisconnectedError)
      expect(clock.timers).toBe(0)
    },
  )

  test('P2P-8 headers that nobody asked for never answer a request', async () => {
    const { peer, link } = await connect()
    let answered = false
    const answer = peer.getHeaders({ locator: [genesisHash] }).finally(() => (answered = true))
    await receive(link, 'getheaders')
    link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(new Uint8Array(32).fill(9), 1))))
    await settle()
    expect(answered).toBe(false)
    link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(genesisHash, 2))))
    expect((await answer).count).toBe(2)
    link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(genesisHash, 1))))
    await settle()
    await peer.close()
  })

  test('P2P-8 two requests for headers are sent one after the other, and each gets its own answer', async () => {
    const { peer, link } = await connect()
    const tip = new Uint8Array(32).fill(5)
    const first = peer.getHeaders({ locator: [genesisHash] })
    const second = peer.getHeaders({ locator: [tip] })
    await receive(link, 'getheaders')
    await settle()
    expect(link.commands.filter((command) => command === 'getheaders')).toHaveLength(1)
    link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(genesisHash, 2))))
    expect((await first).count).toBe(2)
    await settle()
    expect(link.commands.filter((command) => command === 'getheaders')).toHaveLength(2)
    link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(tip, 1))))
    expect((await second).count).toBe(1)
    await peer.close()
  })

  test('P2P-8 a request behind one that fails is sent all the same', async () => {
    const { peer, link, clock } = await connect()
    const first = peer.getHeaders({ locator: [genesisHash] })
    const second = peer.getHeaders({ locator: [genesisHash] })
    first.catch(() => undefined)
    await clock.advance(30_000)
    await expect(first).rejects.toBeInstanceOf(RequestTimeoutError)
    link.sendRaw('headers', encodeHeaders(packHeaders(new Uint8Array(0))))
    expect((await second).count).toBe(0)
    await peer.close()
  })

  test('getTx takes the transaction with its id, out of any order', async () => {
    const { peer, link } = await connect()
    const raw = encodeTx(tx, false)
    const other = encodeTx({ ...tx, lockTime: 7 }, false)
    const answers = [peer.getTx(sha256d(raw)), peer.getTx(sha256d(other))]
    link.sendRaw('tx', encodeTx({ ...tx, lockTime: 8 }, false))
    link.sendRaw('tx', other)
    link.sendRaw('tx', raw)
    expect(await Promise.all(answers)).toEqual([raw, other])
    await peer.close()
  })

  test('P2P-17 getTx on BTC asks for the witness, and knows the transaction by the hash without it', async () => {
    const { peer, link } = await connect({}, btc)
    const raw = encodeTx({ ...tx, witnesses: [[new Uint8Array(5)]] }, true)
    const id = sha256d(encodeTx(tx, false))
    const answer = peer.getTx(id)
    const { body } = await receive(link, 'getdata')
    expect(body).toEqual([{ type: INV.tx + INV.witnessFlag, hash: id }])
    link.sendRaw('tx', raw)
    expect(await answer).toEqual(raw)
    await peer.close()
  })

  test('notfound and reject fail the request they name', async () => {
    const { peer, link } = await connect()
    const hash = new Uint8Array(32).fill(3)
    const missing = [peer.getTx(hash), peer.getBlock(hash)]
    link.send('notfound', [
      { type: INV.tx, hash },
      { type: INV.block, hash },
    ])
    for (const request of missing) await expect(request).rejects.toBeInstanceOf(NotFoundError)
    const refused = [peer.getTx(hash), peer.getBlock(hash)]
    link.send('reject', { message: 'getdata', code: 0x44, reason: 'too-busy', hash })
    for (const request of refused) {
      await expect(request).rejects.toBeInstanceOf(RejectedError)
      await expect(request).rejects.toMatchObject({ rejectCode: 0x44, reason: 'too-busy' })
    }
    await peer.close()
  })

  test('the same block is asked for once at a time', async () => {
    const { peer, link } = await connect()
    const first = peer.getBlock(genesisHash)
    first.catch(() => undefined)
    await expect(peer.getBlock(genesisHash)).rejects.toBeInstanceOf(UsageError)
    await settle()
    expect(link.commands.filter((command) => command === 'getdata')).toHaveLength(1)
    await peer.close()
  })

  test('mempool collects all that comes before the answer to the ping behind it', async () => {
    const node = new MemoryNode(
      bsv,
      obliging({}, (message, link) => {
        if (message.command !== 'mempool') return
        for (const byte of [1, 2])
          link.send('inv', [
            { type: INV.tx, hash: new Uint8Array(32).fill(byte) },
            { type: INV.block, hash: new Uint8Array(32).fill(byte) },
          ])
      }),
    )
    const { peer, connected } = dial(node)
    await connected
    expect((await peer.mempool()).map(({ hash }) => hash[0])).toEqual([1, 2])
    await peer.close()
  })

  test('getAddr gives the addresses, ping the milliseconds', async () => {
    const { peer, link, clock } = await connect()
    const answer = peer.getAddr()
    await receive(link, 'getaddr')
    link.send('addr', [{ time: 5, services: 1n, ip: new Uint8Array(16), port: 9 }])
    expect(await answer).toMatchObject([{ time: 5, port: 9 }])
    const from = link.received.length
    const ping = peer.ping()
    await receive(link, 'ping', from)
    expect(await ping).toBe(0)
    expect(clock.timers).toBe(1)
    await peer.close()
  })

  test('a handler may await a request', async () => {
    let count: number | undefined
    const node = new MemoryNode(
      bsv,
      obliging({}, (message, link) => {
        if (message.command === 'getheaders')
          link.sendRaw('headers', encodeHeaders(packHeaders(headersAfter(genesisHash, 4))))
      }),
    )
    const { peer, connected } = dial(node, {
      handlers: {
        async onInv(_, from) {
          count = (await from.getHeaders({ locator: [genesisHash] })).count
        },
      },
    })
    await connected
    node.link.send('inv', [{ type: INV.block, hash: genesisHash }])
    for (let turn = 0; turn < 20 && count === undefined; turn++) await settle()
    expect(count).toBe(4)
    await peer.close()
  })
})
