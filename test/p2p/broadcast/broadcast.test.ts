import { setMaxListeners } from 'node:events'
import { afterEach, describe, expect, test } from '@jest/globals'
import { PeerDisconnectedError, UsageError } from '../../../src/p2p/errors.js'
import { sha256d, toDisplay } from '../../../src/p2p/hash.js'
import type { PeerManager } from '../../../src/p2p/manager/peer-manager.js'
import type { Network } from '../../../src/p2p/networks/network.js'
import { INV } from '../../../src/p2p/wire/messages/inv.js'
import { encodeTx, type Tx } from '../../../src/p2p/wire/messages/tx.js'
import { MemoryNet } from '../manager/memory-net.js'
import { settle } from '../peer/support/fake-clock.js'
import type { MemoryLink } from '../peer/support/memory-node.js'
import { bsv, btc } from '../peer/support/networks.js'

const tx = (lockTime: number): Tx => ({
  version: 1,
  inputs: [
    { previousHash: new Uint8Array(32).fill(1), previousIndex: 0, script: new Uint8Array(3), sequence: 0 },
  ],
  outputs: [{ value: 1n, script: new Uint8Array(2) }],
  lockTime,
})
const rawTx = (lockTime = 0): Uint8Array => encodeTx(tx(lockTime), false)

let manager: PeerManager | undefined
afterEach(() => manager?.close())

/** A manager of nodes a, b, c …, and the links to them. */
async function connect(count: number, network: Network = bsv) {
  const net = new MemoryNet(network)
  const hosts = ['a', 'b', 'c', 'd'].slice(0, count)
  const nodes = hosts.map((host) => net.add(host))
  manager = net.manager({ peers: hosts, waitForPeers: count })
  await manager.open()
  await settle()
  return { net, manager, links: nodes.map(({ link }) => link) }
}

const linkAt = (links: readonly MemoryLink[], index: number): MemoryLink => {
  const link = links[index]
  if (link === undefined) throw new Error(`there is no link ${index}`)
  return link
}
const saw = (link: MemoryLink, command: string): number =>
  link.commands.filter((sent) => sent === command).length
const item = (raw: Uint8Array) => [{ type: INV.tx, hash: sha256d(raw) }]

describe('P2P-24 a broadcast', () => {
  test('is announced to one, served when asked for, and done when somebody else has it', async () => {
    const { manager, links } = await connect(3)
    const raw = rawTx()
    const result = manager.broadcast(raw)
    await settle()
    expect(links.map((link) => saw(link, 'inv'))).toEqual([1, 0, 0])
    expect(saw(linkAt(links, 0), 'tx')).toBe(0)
    linkAt(links, 0).send('getdata', item(raw))
    await settle()
    expect(linkAt(links, 0).received.at(-1)).toEqual({ command: 'tx', body: { raw } })
    linkAt(links, 2).send('inv', item(raw))
    expect(await result).toEqual({ txid: toDisplay(sha256d(raw)), requestedBy: [1], relayingPeerIds: [3] })
  })

  test('is not proved by whoever has it from us', async () => {
    const { manager, links, net } = await connect(2)
    const raw = rawTx()
    const result = manager.broadcast(raw)
    await settle()
    linkAt(links, 0).send('getdata', item(raw))
    linkAt(links, 0).send('inv', item(raw))
    await net.clock.advance(15_000)
    expect(await result).toMatchObject({ requestedBy: [1], relayingPeerIds: [] })
  })

  test('waits for as many relays as wished, and no longer than wished', async () => {
    const { manager, links, net } = await connect(4)
    const raw = rawTx()
    let done = false
    const result = manager.broadcast(raw, { minRelays: 3, waitMs: 1000 }).finally(() => (done = true))
    await settle()
    for (const index of [1, 2, 2]) linkAt(links, index).send('inv', item(raw))
    await net.clock.advance(999)
    expect(done).toBe(false)
    await net.clock.advance(1)
    expect((await result).relayingPeerIds).toEqual([2, 3])
  })

  test('is told to several, one of them left to listen, each time to others', async () => {
    const { manager, links } = await connect(3)
    const first = manager.broadcast(rawTx(1), { peers: 10, waitMs: 1 })
    const second = manager.broadcast(rawTx(2), { waitMs: 1 })
    for (const result of [first, second]) result.catch(() => undefined)
    await settle()
    expect(links.map((link) => saw(link, 'inv'))).toEqual([1, 2, 0])
  })

  test('is pushed where that is wished', async () => {
    const { manager, links } = await connect(2)
    const raw = rawTx()
    const result = manager.broadcast(raw, { push: true })
    await settle()
    expect([saw(linkAt(links, 0), 'inv'), saw(linkAt(links, 0), 'tx')]).toEqual([0, 1])
    linkAt(links, 1).send('inv', item(raw))
    expect((await result).relayingPeerIds).toEqual([2])
  })

  test('is served once to each peer, however often it asks', async () => {
    const { manager, links } = await connect(2)
    const raw = rawTx()
    manager.broadcast(raw).catch(() => undefined)
    await settle()
    linkAt(links, 0).send('getdata', Array(1000).fill(item(raw)[0]))
    linkAt(links, 0).send('getdata', item(raw))
    await settle()
    expect(saw(linkAt(links, 0), 'tx')).toBe(1)
  })

  test('ends at once when it is rejected; DUPLICATE is a rejection too, and unknown codes are kept', async () => {
    const { manager, links } = await connect(2)
    for (const [index, code] of [0x12, 0x40, 0xee].entries()) {
      const raw = rawTx(index)
      const result = manager.broadcast(raw)
      linkAt(links, 0).send('reject', { message: 'tx', code, reason: 'no', hash: sha256d(raw) })
      expect((await result).rejected).toEqual({ peerId: 1, code, reason: 'no' })
    }
  })

  test('is not ended by a reject of something else', async () => {
    const { manager, links, net } = await connect(2)
    const result = manager.broadcast(rawTx())
    await settle()
    const link = linkAt(links, 0)
    link.send('reject', { message: 'tx', code: 0x10, reason: 'no', hash: new Uint8Array(32) })
    link.send('reject', { message: 'block', code: 0x10, reason: 'no', hash: sha256d(rawTx()) })
    link.send('reject', { message: 'ping', code: 1, reason: 'error parsing message' })
    // Nothing was sent to it yet that it could have failed to read.
    link.send('reject', { message: 'tx', code: 1, reason: 'error parsing message' })
    await net.clock.advance(15_000)
    expect(await result).not.toHaveProperty('rejected')
  })

  test.each(['tx', ''])(
    'that a peer cannot read is the only one it was sent, where the reject has no hash and names %p',
    async (message) => {
      const { manager, links } = await connect(2)
      const reject = { message, code: 1, reason: 'error parsing message' }
      const result = manager.broadcast(rawTx(), { push: true })
      await settle()
      linkAt(links, 0).send('reject', reject)
      expect((await result).rejected).toEqual({ peerId: 1, code: 1, reason: 'error parsing message' })
    },
  )

  test('is not blamed for a reject without a hash when it is one of two', async () => {
    const { manager, links, net } = await connect(2)
    const results = [rawTx(1), rawTx(2)].map((raw) => {
      const result = manager.broadcast(raw, { push: true })
      return result
    })
    await settle()
    for (const link of links) link.send('getdata', [...item(rawTx(1)), ...item(rawTx(2))])
    await settle()
    linkAt(links, 0).send('reject', { message: 'tx', code: 1, reason: 'error parsing message' })
    await net.clock.advance(15_000)
    for (const result of results) expect(await result).not.toHaveProperty('rejected')
  })

  test.each([new Uint8Array(0), rawTx().subarray(0, 20), Uint8Array.of(...rawTx(), 0)])(
    'of bytes that are no transaction is refused here, and not sent',
    async (raw) => {
      const { manager, links } = await connect(2)
      const rejected = { peerId: undefined, code: 1, reason: 'error parsing message' }
      expect(await manager.broadcast(raw)).toMatchObject({ rejected, requestedBy: [] })
      await settle()
      expect(links.map((link) => saw(link, 'inv'))).toEqual([0, 0])
      const sent = manager.broadcast(raw, { checkMalformed: false, push: true, waitMs: 1 })
      sent.catch(() => undefined)
      await settle()
      expect(links.reduce((sum, link) => sum + saw(link, 'tx'), 0)).toBe(1)
    },
  )

  test('of the same transaction twice at a time is a misuse; afterwards it is not', async () => {
    const { manager, net } = await connect(1)
    const first = manager.broadcast(rawTx(), { waitMs: 10 })
    await expect(manager.broadcast(rawTx())).rejects.toBeInstanceOf(UsageError)
    await net.clock.advance(10)
    await first
    const again = manager.broadcast(rawTx(), { waitMs: 10 })
    await net.clock.advance(10)
    await again
  })

  test('needs a peer, and ends by its signal and with the manager', async () => {
    const { manager, net } = await connect(1)
    const controller = new AbortController()
    const aborted = manager.broadcast(rawTx(1), { signal: controller.signal })
    aborted.catch(() => undefined)
    controller.abort(new Error('enough'))
    await expect(aborted).rejects.toThrow('enough')
    const closed = manager.broadcast(rawTx(2))
    closed.catch(() => undefined)
    await settle()
    await manager.close()
    await expect(closed).rejects.toBeInstanceOf(UsageError)
    await expect(manager.broadcast(rawTx(3))).rejects.toBeInstanceOf(UsageError)
    expect(net.clock.timers).toBe(0)
    const lonely = new MemoryNet(bsv).manager({ waitForPeers: 0 })
    await lonely.open()
    await expect(lonely.broadcast(rawTx())).rejects.toBeInstanceOf(PeerDisconnectedError)
    await lonely.close()
  })

  test('is told to another peer when the one that was told leaves before it asks', async () => {
    const { manager, links } = await connect(3)
    const result = manager.broadcast(rawTx())
    await settle()
    linkAt(links, 0).end()
    await settle()
    expect(links.map((link) => saw(link, 'inv'))).toEqual([1, 1, 0])
    linkAt(links, 2).send('inv', item(rawTx()))
    expect((await result).relayingPeerIds).toEqual([3])
  })

  test('on BTC is named by either of its ids', async () => {
    const { manager, links } = await connect(2, btc)
    const raw = encodeTx({ ...tx(0), witnesses: [[new Uint8Array(5)]] }, true)
    const txid = sha256d(rawTx())
    const result = manager.broadcast(raw)
    await settle()
    linkAt(links, 0).send('getdata', [{ type: INV.tx + INV.witnessFlag, hash: txid }])
    linkAt(links, 1).send('inv', [{ type: INV.witnessTxId, hash: sha256d(raw) }])
    expect(await result).toEqual({ txid: toDisplay(txid), requestedBy: [1], relayingPeerIds: [2] })
  })

  test('leaves nothing behind, ten thousand times', async () => {
    const { manager, links, net } = await connect(2)
    const timers = net.clock.timers
    const controller = new AbortController()
    setMaxListeners(0, controller.signal)
    const listeners = manager.eventNames().length
    for (let round = 0; round < 100; round++) {
      const raws = Array.from({ length: 100 }, (_, index) => rawTx(100 * round + index))
      const results = raws.map((raw) => manager.broadcast(raw, { signal: controller.signal }))
      await settle()
      for (const link of links) link.send('inv', raws.flatMap(item))
      await Promise.all(results)
    }
    expect(net.clock.timers).toBe(timers)
    expect(manager.eventNames()).toHaveLength(listeners)
    const again = manager.broadcast(rawTx(0), { waitMs: 1 })
    await net.clock.advance(1)
    await again
  })
})
