import { afterEach, describe, expect, test } from '@jest/globals'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BannedError, UsageError } from '../../../src/p2p/errors.js'
import { addressKey } from '../../../src/p2p/manager/address.js'
import { readPeersFile, writePeersFile } from '../../../src/p2p/manager/peers-file.js'
import type { PeerManager } from '../../../src/p2p/manager/peer-manager.js'
import { networks } from '../../../src/p2p/networks/networks.js'
import { INV } from '../../../src/p2p/wire/messages/inv.js'
import { settle } from '../peer/support/fake-clock.js'
import { MemoryNode, versionOf } from '../peer/support/memory-node.js'
import { bsv } from '../peer/support/networks.js'
import { MemoryNet } from './memory-net.js'

const managers: PeerManager[] = []
const keep = (manager: PeerManager): PeerManager => {
  managers.push(manager)
  return manager
}
afterEach(async () => {
  await Promise.all(managers.splice(0).map((manager) => manager.close()))
})

const idsOf = (manager: PeerManager): number[] => manager.connected.map(({ id }) => id)

describe('the manager', () => {
  test('opens when as many peers are connected as it waits for', async () => {
    const net = new MemoryNet(bsv)
    net.add('a')
    net.add('b')
    const manager = keep(net.manager({ peers: ['a', 'b', 'c'], waitForPeers: 2 }))
    await manager.open()
    expect(idsOf(manager)).toEqual([1, 2])
    expect(manager.disconnected.map(addressKey)).toEqual(['c:18444'])
  })

  test('P2P-12 reaches peers by name, and by IPv6', async () => {
    const net = new MemoryNet(bsv)
    net.add('node.example.org')
    net.add('::1')
    const manager = keep(net.manager({ peers: ['node.example.org:1', '[::1]:2'], waitForPeers: 2 }))
    await manager.open()
    expect(manager.connected.map(addressKey)).toEqual(['node.example.org:1', '[::1]:2'])
  })

  test('open ends by its signal, and when the manager is closed', async () => {
    const net = new MemoryNet(bsv)
    const aborted = keep(net.manager({ peers: ['nobody'] }))
    await expect(aborted.open({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
    const closed = net.manager({ peers: ['nobody'] })
    const opening = closed.open()
    await settle()
    await closed.close()
    await expect(opening).rejects.toBeInstanceOf(UsageError)
    expect(() => closed.open()).toThrow(UsageError)
  })

  test('P2P-13 makes as many connections to each address as it is told, with ids in a row and one set of known blocks', async () => {
    const net = new MemoryNet(bsv)
    const node = net.add('a')
    net.add('b')
    const manager = keep(net.manager({ peers: ['a', 'b'], concurrency: 3, waitForPeers: 6 }))
    await manager.open()
    expect(idsOf(manager)).toEqual([1, 2, 3, 4, 5, 6])
    const hash = new Uint8Array(32).fill(7)
    node.links[0]?.send('inv', [{ type: INV.block, hash }])
    await settle()
    expect(manager.connected.map(({ haveBlocks }) => haveBlocks.has(hash))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ])
  })

  test('P2P-13 gives peers in turn, and keeps the turn when some leave and come back', async () => {
    const net = new MemoryNet(bsv)
    for (const host of ['a', 'b', 'c', 'd']) net.add(host)
    const manager = keep(net.manager({ peers: ['a', 'b', 'c', 'd'], waitForPeers: 4 }))
    await manager.open()
    const next = async (): Promise<number> => (await manager.nextPeer()).id
    expect([await next(), await next()]).toEqual([1, 2])
    net.nodes.get('c')?.link.end()
    net.nodes.get('b')?.link.end()
    await settle()
    expect([await next(), await next(), await next()]).toEqual([4, 1, 4])
    await net.clock.advance(5000)
    expect([await next(), await next(), await next(), await next()]).toEqual([1, 2, 3, 4])
  })

  test('P2P-14 passes its limits down to every peer', async () => {
    const net = new MemoryNet(bsv)
    const node = net.add('a')
    const seen: string[] = []
    const manager = keep(
      net.manager({
        peers: ['a'],
        largeMessageLimit: 200,
        maxMessageBytes: 1_048_576,
        handlers: {
          onTx: ({ raw }) => void seen.push(`tx of ${raw.length}`),
          onBigTxAborted: () => void seen.push('big tx'),
        },
      }),
    )
    await manager.open()
    for (const length of [199, 200, 201]) node.link.sendRaw('tx', new Uint8Array(length))
    await settle()
    await settle()
    expect(seen).toEqual(['tx of 199', 'big tx', 'big tx'])
    expect(node.link.received.find(({ command }) => command === 'protoconf')?.body).toMatchObject({
      maxReceiveBytes: 1_048_576,
    })
  })

  test('nextPeer waits for one that serves what is wanted, and fails when the manager closes', async () => {
    const net = new MemoryNet(bsv)
    net.add('low', { startHeight: 5 })
    const manager = net.manager({ peers: ['low'] })
    await manager.open()
    const high = manager.nextPeer({ minHeight: 10, services: 1n })
    const never = manager.nextPeer({ services: 2n ** 40n })
    const aborted = manager.nextPeer({ minHeight: 99, signal: AbortSignal.timeout(1) })
    never.catch(() => undefined)
    await expect(aborted).rejects.toThrow(/timeout/)
    net.add('high', { startHeight: 10 })
    manager.add('high')
    expect((await high).host).toBe('high')
    await manager.close()
    await expect(never).rejects.toBeInstanceOf(UsageError)
    await expect(manager.nextPeer()).rejects.toBeInstanceOf(UsageError)
  })

  test('nextPeer gives the peer with the fewest open requests, where that is wished', async () => {
    const net = new MemoryNet(bsv)
    net.add('a')
    net.add('b')
    const manager = keep(net.manager({ peers: ['a', 'b'], waitForPeers: 2 }))
    await manager.open()
    await settle()
    const [first] = manager.connected
    first?.getTx(new Uint8Array(32)).catch(() => undefined)
    expect((await manager.nextPeer({ leastLoaded: true })).host).toBe('b')
    expect((await manager.nextPeer({ leastLoaded: true })).host).toBe('b')
  })
})

describe('reconnecting', () => {
  test('P2P-11 a good connection after a failed handshake stays, and the waits start anew', async () => {
    const net = new MemoryNet(bsv)
    const node = new MemoryNode(bsv, (_, link) => link.end())
    net.nodes.set('a', node)
    const manager = keep(net.manager({ peers: ['a'], waitForPeers: 0 }))
    await manager.open()
    await settle()
    expect(node.links).toHaveLength(1)
    await net.clock.advance(29_999)
    expect(node.links).toHaveLength(1)
    const good = net.add('a')
    await net.clock.advance(1)
    expect(manager.connected).toHaveLength(1)
    await net.clock.advance(3_600_000)
    expect(good.links).toHaveLength(1)
    expect(manager.connected).toHaveLength(1)
    good.link.end()
    await net.clock.advance(4_999)
    expect(good.links).toHaveLength(1)
    await net.clock.advance(1)
    expect(good.links).toHaveLength(2)
    expect(manager.connected).toHaveLength(1)
  })

  test('P2P-11 an address where nobody listens is tried every 10 minutes', async () => {
    const net = new MemoryNet(bsv)
    const manager = keep(net.manager({ peers: ['nobody'], waitForPeers: 0 }))
    await manager.open()
    await net.clock.advance(599_000)
    expect(net.attempts).toHaveLength(1)
    await net.clock.advance(2 * 600_000)
    expect(net.attempts).toHaveLength(3)
  })

  test('P2P-11 close stops every timer and every connection, in whatever state they are', async () => {
    const net = new MemoryNet(bsv)
    net.add('good')
    net.add('silent').silent = true
    net.add('old', { version: 1 })
    const manager = net.manager({ peers: ['good', 'silent', 'old', 'nobody'] })
    await manager.open()
    await settle()
    expect(net.clock.timers).toBeGreaterThanOrEqual(4)
    await manager.close()
    await manager.close()
    expect(net.clock.timers).toBe(0)
    for (const node of net.nodes.values()) expect(node.links.every(({ closed }) => closed)).toBe(true)
    const attempts = net.attempts.length
    await net.clock.advance(86_400_000)
    expect(net.attempts).toHaveLength(attempts)
  })
})

describe('bans', () => {
  test('a peer that breaks the protocol is closed, and not tried again for a day', async () => {
    const net = new MemoryNet(bsv)
    const node = net.add('a')
    const manager = keep(net.manager({ peers: ['a'], concurrency: 2, waitForPeers: 2 }))
    const bans: string[] = []
    manager.on('ban', (address, reason) => bans.push(`${address.host}: ${reason}`))
    await manager.open()
    node.links[0]?.sendBytes(new Uint8Array(24))
    await settle()
    expect(manager.connected).toEqual([])
    expect(bans).toEqual(['a: a message does not start with the magic of the network'])
    expect(() => manager.add('a')).toThrow(BannedError)
    await net.clock.advance(86_390_000)
    expect(node.links).toHaveLength(2)
    await net.clock.advance(10_000)
    expect(node.links).toHaveLength(4)
    expect(manager.connected).toHaveLength(2)
  })

  test('a node of another network is banned', async () => {
    const net = new MemoryNet(networks.bsv.mainnet)
    net.add('a', { userAgent: '/Bitcoin Cash Node:1/' })
    const manager = keep(net.manager({ peers: ['a'], waitForPeers: 0 }))
    await manager.open()
    await settle()
    expect(manager.addressBook.isBanned({ host: 'a', port: 8333 })).toBe(true)
  })

  test('an address that is our own is forgotten', async () => {
    const net = new MemoryNet(bsv)
    const mirror = new MemoryNode(bsv, (message, link) => {
      if (message.command === 'version') link.send('version', versionOf({ nonce: message.body.nonce }))
    })
    net.nodes.set('me', mirror)
    const manager = keep(net.manager({ peers: ['me'], waitForPeers: 0 }))
    await manager.open()
    expect(manager.addressBook.size).toBe(1)
    await net.clock.advance(600_000)
    expect(mirror.links).toHaveLength(1)
    expect({ known: manager.addressBook.size, wanted: manager.disconnected }).toEqual({
      known: 0,
      wanted: [],
    })
  })
})

describe('the file of peers', () => {
  const inFolder = async (act: (path: string, folder: string) => Promise<void>): Promise<void> => {
    const folder = await mkdtemp(join(tmpdir(), 'manager-'))
    try {
      await act(join(folder, 'peers.regtest.json'), folder)
    } finally {
      await rm(folder, { recursive: true })
    }
  }
  const persisted = { usePersistedPeers: true }

  test('P2P-12 is written when peers connect, fail and are banned, and read by the next run, which skips the banned', () =>
    inFolder(async (peersFile) => {
      const net = new MemoryNet(bsv)
      net.add('good', { userAgent: '/good:1/', services: 9n })
      const bad = net.add('bad')
      const first = net.manager({
        ...persisted,
        peersFile,
        peers: ['good', 'bad', 'nobody'],
        waitForPeers: 2,
      })
      await first.open()
      bad.link.sendBytes(new Uint8Array(24))
      await settle()
      await first.close()
      const records = new Map(
        (await readPeersFile(peersFile, 1)).map((record) => [record.address.host, record]),
      )
      expect(records.get('good')).toMatchObject({ userAgent: '/good:1/', services: 9n, banned: false })
      expect(records.get('good')?.lastConnected).toBe(1_700_000_000)
      expect(records.get('bad')).toMatchObject({ banned: true, bannedUntil: 1_700_086_400 })
      expect(records.get('nobody')).toMatchObject({ lastConnected: null, failures: 1 })

      net.attempts.length = 0
      const second = keep(net.manager({ ...persisted, peersFile }))
      await second.open()
      expect(net.attempts).toEqual(['good', 'nobody'])
    }))

  test('P2P-12 lifts bans that are over', () =>
    inFolder(async (peersFile) => {
      const address = { host: 'a', port: 1 }
      await writePeersFile(peersFile, [
        { address, lastConnected: null, banned: true, bannedUntil: 1_600_000_000 },
      ])
      const net = new MemoryNet(bsv)
      net.add('a')
      const manager = keep(net.manager({ ...persisted, peersFile }))
      await manager.open()
      expect(manager.addressBook.get(address)).toMatchObject({ banned: false, lastConnected: 1_700_000_000 })
    }))

  test('P2P-12 is neither read nor written where nothing is to be kept', () =>
    inFolder(async (peersFile, folder) => {
      const net = new MemoryNet(bsv)
      net.add('a')
      const manager = net.manager({ peersFile, peers: ['a'] })
      await manager.open()
      await net.clock.advance(10_000)
      await manager.close()
      expect(await readdir(folder)).toEqual([])
    }))

  test('is written a second after a change, without a close', () =>
    inFolder(async (peersFile) => {
      const net = new MemoryNet(bsv)
      net.add('a')
      const manager = keep(net.manager({ ...persisted, peersFile, peers: ['a'] }))
      await manager.open()
      await net.clock.advance(1000)
      await manager.close()
      expect(JSON.parse(await readFile(peersFile, 'utf8'))).toHaveProperty('a:18444')
    }))
})

describe('discovery', () => {
  test('connects to no more addresses than it may, and replaces those that fail', async () => {
    const net = new MemoryNet(networks.bsv.mainnet)
    const hosts = Array.from({ length: 20 }, (_, index) => `8.8.8.${index}`)
    for (const host of hosts.slice(5)) net.add(host)
    const resolver = (): Promise<string[]> => Promise.resolve(hosts)
    const manager = keep(net.manager({ discover: { dns: true }, resolver, waitForPeers: 8 }))
    await manager.open()
    await settle()
    expect(manager.connected).toHaveLength(8)
    expect(net.attempts.length).toBeLessThanOrEqual(13)
  })

  test('asks peers for addresses, and connects to those that can be', async () => {
    const net = new MemoryNet(bsv)
    const told = (host: string) => ({
      time: 1_699_999_000,
      services: 1n,
      ip: Buffer.from(
        `00000000000000000000ffff${Buffer.from(host.split('.').map(Number)).toString('hex')}`,
        'hex',
      ),
      port: 1,
    })
    net.add('a', {}, (message, link) => {
      if (message.command === 'getaddr') link.send('addr', [told('10.0.0.1'), told('10.0.0.2')])
    })
    net.add('10.0.0.1')
    const manager = keep(net.manager({ peers: ['a'], discover: { addr: true }, waitForPeers: 2 }))
    await manager.open()
    expect(manager.connected.map(({ host }) => host)).toEqual(['a', '10.0.0.1'])
    expect(net.attempts).toContain('10.0.0.2')
  })

  test('does not listen to addresses where that is not wished', async () => {
    const net = new MemoryNet(bsv)
    const node = net.add('a')
    const manager = keep(net.manager({ peers: ['a'] }))
    await manager.open()
    node.link.send('addr', [{ time: 1, services: 1n, ip: new Uint8Array(16).fill(9), port: 1 }])
    await settle()
    expect(node.link.commands).not.toContain('getaddr')
    expect(manager.addressBook.size).toBe(1)
  })
})
