import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { blocksOf } from '../../src/p2p/headers/blocks-of.js'
import { followTip } from '../../src/p2p/headers/follow-tip.js'
import { HeadersStore } from '../../src/p2p/headers/headers-store.js'
import { syncHeaders } from '../../src/p2p/headers/sync-headers.js'
import { NotFoundError } from '../../src/p2p/errors.js'
import { fromDisplay, sha256d, toDisplay, ZERO_HASH } from '../../src/p2p/hash.js'
import { downloadBlocks } from '../../src/p2p/manager/download-blocks.js'
import type { PeerManagerOptions } from '../../src/p2p/manager/options.js'
import { PeerManager } from '../../src/p2p/manager/peer-manager.js'
import { networks } from '../../src/p2p/networks/networks.js'
import { Peer } from '../../src/p2p/peer/peer.js'
import { REJECT_CODES } from '../../src/p2p/wire/messages/reject.js'
import { Bcoin } from '../p2p/kit/bcoin.js'
import { afterThisTest, temporaryFolder } from '../support/cleanup.js'
import { terrarium } from '../support/terrarium.js'
import { waitFor } from '../support/wait-for.js'

// The first run installs bcoin.
jest.setTimeout(120_000)

/** The networks whose rules bcoin follows under their magics; blocks of BSV are those without witnesses. */
const both = [
  ['bsv', networks.bsv.regtest],
  ['btc', networks.btc.regtest],
] as const

describe.each(both)('P2P-25 with bcoin and the magic of %s', (family, network) => {
  let bcoin: Bcoin
  let lastAddress = 1

  /** Each from a local address of its own, since bcoin bans by address. */
  const target = () => ({ network, localAddress: `127.0.0.${++lastAddress}` })

  async function connect(options: Partial<PeerManagerOptions> = {}): Promise<PeerManager> {
    const manager = new PeerManager({
      ...target(),
      peers: [`127.0.0.1:${bcoin.port}`],
      usePersistedPeers: false,
      ...options,
    })
    afterThisTest(() => manager.close())
    await manager.open()
    return manager
  }

  async function openStore(): Promise<HeadersStore> {
    const store = await HeadersStore.open({ network, directory: await temporaryFolder() })
    afterThisTest(() => store.close())
    return store
  }

  beforeAll(async () => {
    bcoin = await Bcoin.start(network)
    await bcoin.mine(110)
  })

  afterAll(() => bcoin.close())

  test('headers are fetched, and those of the next run from where the last one ended', async () => {
    const [manager, store] = [await connect(), await openStore()]
    const { added, tip } = await syncHeaders(manager, store)
    expect({ added, height: tip.height }).toEqual({ added: 110, height: 110 })
    const ids = Array.from({ length: 110 }, (_, index) => store.header(index + 1)?.id)
    expect(ids).toEqual(await bcoin.hashes(1, 110))
    await bcoin.mine(5)
    expect(await syncHeaders(manager, store)).toMatchObject({ added: 5, tip: { height: 115 } })
  })

  test('the tip is followed block by block, and over a reorg of which bcoin announces the end alone', async () => {
    const [manager, store] = [await connect(), await openStore()]
    await syncHeaders(manager, store)
    const changes = followTip(manager, store)
    const mined = changes.next()
    const before = await bcoin.mine(1)
    expect((await mined).value).toMatchObject({ tip: { height: before.height, id: before.hash } })
    const old = (await bcoin.hashes(before.height - 2, before.height)).reverse()

    const moved = changes.next()
    const after = await bcoin.reorg(3)
    const { tip, reorg } = (await moved).value ?? {}
    expect(tip).toMatchObject({ height: before.height + 1, id: after.hash })
    expect(reorg?.commonHeight).toBe(before.height - 3)
    expect(reorg?.disconnected.map(toDisplay)).toEqual(old)
    expect(reorg?.connected.map(toDisplay)).toEqual(await bcoin.hashes(before.height - 2, after.height))
    await changes.return()
  })

  test('a block is fetched whole, in parts, and not where there is none', async () => {
    const { height, hash } = await bcoin.mine(1)
    const peer = await (await connect()).nextPeer()
    const block = await peer.getBlock(fromDisplay(hash))
    expect(toDisplay(sha256d(block.header))).toBe(hash)
    // Under the magic of BSV the witness of the coinbase stays away.
    if (family === 'btc') expect(Buffer.compare(block.raw, await bcoin.block(height))).toBe(0)

    const streamed = await (await connect({ largeMessageLimit: 100 })).nextPeer()
    const parts: Uint8Array[] = []
    for await (const { bytes } of streamed.getBlockChunks(block.hash)) parts.push(Uint8Array.from(bytes))
    expect(parts.length).toBeGreaterThan(1)
    expect(Buffer.compare(Buffer.concat(parts), block.raw)).toBe(0)

    await expect(peer.getBlock(ZERO_HASH)).rejects.toBeInstanceOf(NotFoundError)
  })

  test('all blocks are downloaded over several connections, each once and in order', async () => {
    const [manager, store] = [await connect({ concurrency: 3, waitForPeers: 3 }), await openStore()]
    const { tip } = await syncHeaders(manager, store)
    const heights: number[] = []
    await downloadBlocks(manager, {
      items: blocksOf(store, 1),
      ordered: true,
      onBlock: ({ hash, txCount }, { height }) => {
        expect([toDisplay(hash), txCount]).toEqual([store.header(height)?.id, 1])
        heights.push(height)
      },
    })
    expect(heights).toEqual(Array.from({ length: tip.height }, (_, index) => index + 1))
  })

  test('a broadcast ends once another connection hears of it; what spends the same is refused with its code', async () => {
    const manager = await connect({ concurrency: 2, waitForPeers: 2 })
    const { raw, txid } = await bcoin.spend(1)
    const outcome = await manager.broadcast(raw, { waitMs: 30_000 })
    expect(outcome).toEqual({
      txid,
      requestedBy: [expect.any(Number)],
      relayingPeerIds: [expect.any(Number)],
    })
    expect(outcome.relayingPeerIds).not.toEqual(outcome.requestedBy)
    expect(await bcoin.mempool()).toEqual([txid])
    const peer = await manager.nextPeer()
    expect(Buffer.compare(await peer.getTx(fromDisplay(txid)), raw)).toBe(0)

    const second = await bcoin.spend(1, 20_000)
    expect(await manager.broadcast(second.raw, { waitMs: 30_000 })).toMatchObject({
      txid: second.txid,
      rejected: { code: REJECT_CODES.DUPLICATE, reason: 'bad-txns-inputs-spent' },
      relayingPeerIds: [],
    })
  })

  test('a transaction with a wrong signature is refused with its code', async () => {
    const manager = await connect()
    const { raw } = await bcoin.spend(2)
    // A byte of the signature, past its encoding: it stays well-formed.
    const forged = Uint8Array.from(raw, (byte, index) => (index === 60 ? byte ^ 1 : byte))
    expect((await manager.broadcast(forged, { waitMs: 30_000 })).rejected).toMatchObject({
      code: REJECT_CODES.NONSTANDARD,
      reason: 'mandatory-script-verify-flag',
    })
  })

  test('a hundred connections leave no socket, no timer and no listener behind', async () => {
    const options = { ...target(), host: '127.0.0.1', port: bcoin.port }
    const [before, joined] = [openThings(), await bcoin.peers()]
    for (let cycle = 0; cycle < 100; cycle++) {
      const peer = new Peer(options)
      await peer.connect()
      await peer.close()
      expect(peer.eventNames()).toEqual([])
      // It takes a few at a time only.
      if (cycle % 10 === 9)
        await waitFor('bcoin to see every connection end', async () => (await bcoin.peers()) <= joined)
    }
    await waitFor('everything to be closed', () => openThings() <= before)
  })

  test('terrarium p2p fetches its headers and a block, and lists it', async () => {
    const cwd = await temporaryFolder()
    const at = ['--network', network.name, '--peer', `127.0.0.1:${bcoin.port}`, '--json']
    const tip = await bcoin.tip()
    const fetched = await terrarium(['p2p', 'headers', ...at], { cwd })
    expect(fetched).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(fetched.stdout)).toMatchObject({ ...tip, added: tip.height })
    expect(await readdir(join(cwd, 'p2p'))).toContain(`headers.${network.name}`)
    const one = await terrarium(['p2p', 'block', String(tip.height), '--out', '.', ...at], { cwd })
    expect(JSON.parse(one.stdout)).toMatchObject({ ...tip, tx_count: 1 })
    const raw = await readFile(join(cwd, `${tip.hash}.block`))
    expect(toDisplay(sha256d(raw.subarray(0, 80)))).toBe(tip.hash)
    const { stdout } = await terrarium(['p2p', 'peers', ...at], { cwd })
    expect(JSON.parse(stdout)).toEqual([
      expect.objectContaining({
        address: `127.0.0.1:${bcoin.port}`,
        user_agent: expect.stringContaining('bcoin'),
        protocol: 70_015,
        height: tip.height,
      }),
    ])
  })
})

function openThings(): number {
  const kinds = ['Timeout', 'TCPSocketWrap', 'TCPWRAP']
  return process.getActiveResourcesInfo().filter((kind) => kinds.includes(kind)).length
}
