import { describe, expect, test } from '@jest/globals'
import { once } from 'node:events'
import { UsageError } from '../../../src/p2p/errors.js'
import { ForeignPeerError } from '../../../src/p2p/peer/handshake.js'
import { networks } from '../../../src/p2p/networks/networks.js'
import { Peer } from '../../../src/p2p/peer/peer.js'
import type { Network } from '../../../src/p2p/networks/network.js'
import { dial } from './support/dial.js'
import { FakeClock, settle } from './support/fake-clock.js'
import { frame, MemoryNode, obliging, receive, versionOf, type MemoryLink } from './support/memory-node.js'
import { bsv, btc } from './support/networks.js'

const shaking = async (network: Network) => {
  const node = new MemoryNode(network)
  const dialled = dial(node)
  await receive(await opened(node), 'version')
  return { node, link: node.link, ...dialled }
}

const ready = async () => {
  const node = new MemoryNode(bsv, obliging())
  const dialled = dial(node)
  await dialled.connected
  return { link: node.link, ...dialled }
}

async function opened(node: MemoryNode): Promise<MemoryLink> {
  await settle()
  return node.link
}

describe('the handshake', () => {
  test('P2P-4 is done when both version and verack came, in that order', async () => {
    const { link, peer, connected } = await shaking(bsv)
    link.send('version', versionOf({ startHeight: 5 }))
    await settle()
    expect(peer.ready).toBe(false)
    link.send('verack', undefined)
    await connected
    expect(peer.ready).toBe(true)
    expect(peer.version?.startHeight).toBe(5)
    await peer.close()
  })

  test('P2P-4 BSV is sent version, verack, then protoconf once, sendheaders and ping', async () => {
    const { link, peer, connected } = await shaking(bsv)
    link.send('version', versionOf())
    link.send('verack', undefined)
    await connected
    link.send('verack', undefined)
    await settle()
    expect(link.commands).toEqual(['version', 'verack', 'protoconf', 'sendheaders', 'ping'])
    const { body } = await receive(link, 'protoconf')
    expect(body.maxReceiveBytes).toBe(2 * 1024 * 1024)
    await peer.close()
  })

  test('P2P-4 BTC is sent wtxidrelay and sendaddrv2 between version and verack', async () => {
    const { link, peer, connected } = await shaking(btc)
    link.send('version', versionOf())
    link.send('wtxidrelay', undefined)
    link.send('sendaddrv2', undefined)
    link.send('verack', undefined)
    await connected
    expect(link.commands).toEqual(['version', 'wtxidrelay', 'sendaddrv2', 'verack', 'sendheaders', 'ping'])
    expect(peer.wtxidRelay).toBe(true)
    await peer.close()
  })

  test('P2P-4 an older BTC node is not sent what it does not know', async () => {
    const { link, peer, connected } = await shaking(btc)
    link.send('version', versionOf({ version: 70_015 }))
    link.send('verack', undefined)
    await connected
    expect(link.commands).toEqual(['version', 'verack', 'sendheaders', 'ping'])
    expect(peer.wtxidRelay).toBe(false)
    await peer.close()
  })

  test('P2P-4 a message before the version is a fault and is not looked at', async () => {
    const { link, faults, connected, peer } = await shaking(bsv)
    link.send('verack', undefined)
    link.send('version', versionOf())
    await settle()
    expect(faults).toMatchObject([{ code: 'missing_version', score: 1 }])
    expect(peer.ready).toBe(false)
    link.send('verack', undefined)
    await connected
    await peer.close()
  })

  test('P2P-4 a second version costs a point and changes nothing', async () => {
    const { link, faults, connected, peer } = await shaking(bsv)
    link.send('version', versionOf({ startHeight: 1 }))
    link.send('version', versionOf({ startHeight: 2 }))
    link.send('verack', undefined)
    await connected
    expect(faults).toMatchObject([{ code: 'duplicate_version', score: 1 }])
    expect(peer.version?.startHeight).toBe(1)
    expect(link.commands.filter((command) => command === 'verack')).toHaveLength(1)
    await peer.close()
  })

  test('P2P-4 a second protoconf costs a point', async () => {
    const { link, faults, connected, peer } = await shaking(bsv)
    link.send('version', versionOf())
    link.send('verack', undefined)
    link.send('protoconf', { maxReceiveBytes: 2_000_000 })
    await connected
    expect(faults).toEqual([])
    link.send('protoconf', { maxReceiveBytes: 2_000_000 })
    await settle()
    expect(faults).toMatchObject([{ code: 'unexpected_message' }])
    await peer.close()
  })

  test('P2P-4 our own nonce shows that we are connected to ourselves', async () => {
    const { link, connected, peer } = await shaking(bsv)
    const { body } = await receive(link, 'version')
    link.send('version', versionOf({ nonce: body.nonce }))
    await expect(connected).rejects.toMatchObject({ code: 'self_connection' })
    expect(peer.score).toBe(0)
  })

  test('P2P-4 an obsolete version is refused', async () => {
    const { link, connected } = await shaking(bsv)
    link.send('version', versionOf({ version: 31_799 }))
    await expect(connected).rejects.toMatchObject({ code: 'obsolete_version' })
  })

  test('P2P-4 a node of another network with the same magic is refused by its user agent', async () => {
    const { link, connected, peer } = await shaking(networks.bsv.mainnet)
    link.send('version', versionOf({ userAgent: '/Bitcoin ABC:0.21/' }))
    await expect(connected).rejects.toBeInstanceOf(ForeignPeerError)
    expect(peer.closed).toBe(true)
    expect(link.commands).toEqual(['version'])
  })

  test('P2P-4 a silent peer is given up after 15 seconds', async () => {
    const { clock, connected, peer } = await shaking(bsv)
    await clock.advance(14_999)
    expect(peer.closed).toBe(false)
    await clock.advance(1)
    await expect(connected).rejects.toMatchObject({ code: 'handshake_timeout' })
    expect(clock.timers).toBe(0)
  })

  test.each(['version', 'verack'] as const)(
    'P2P-4 a peer that sends nothing but its %s is given up too',
    async (sent) => {
      const { clock, connected, link, peer } = await shaking(bsv)
      if (sent === 'version') link.send('version', versionOf())
      else link.send('verack', undefined)
      await settle()
      expect(peer.ready).toBe(false)
      await clock.advance(15_000)
      await expect(connected).rejects.toMatchObject({ code: 'handshake_timeout' })
    },
  )

  test('an address that does not answer is given up after 10 seconds', async () => {
    const node = new MemoryNode(bsv)
    node.silent = true
    const { clock, connected, peer } = dial(node)
    await clock.advance(10_000)
    await expect(connected).rejects.toMatchObject({ code: 'request_timeout' })
    expect(peer.opened).toBe(false)
    expect(clock.timers).toBe(0)
  })

  test('a refused connection rejects with the reason', async () => {
    const node = new MemoryNode(bsv)
    node.refuses = true
    await expect(dial(node).connected).rejects.toThrow(/cannot connect to memory:18444: connect ECONNREFUSED/)
  })

  test('a signal ends an attempt', async () => {
    const node = new MemoryNode(bsv)
    const controller = new AbortController()
    const peer = new Peer({ host: 'memory', network: bsv, transport: node.transport, clock: new FakeClock() })
    const connected = peer.connect({ signal: controller.signal })
    connected.catch(() => undefined)
    await settle()
    controller.abort(new Error('enough'))
    await expect(connected).rejects.toThrow('enough')
    expect(node.link.closed).toBe(true)
  })

  test('a peer connects once', async () => {
    const { peer } = dial(new MemoryNode(bsv, obliging()))
    await expect(peer.connect()).rejects.toBeInstanceOf(UsageError)
    await peer.close()
    await expect(peer.connect()).rejects.toBeInstanceOf(UsageError)
  })

  test('P2P-2 bytes of another network end the connection with a typed error and the full score', async () => {
    const { link, connected, peer, faults } = await shaking(bsv)
    link.sendBytes(frame(btc, 'verack', new Uint8Array(0)))
    await expect(connected).rejects.toMatchObject({ name: 'ProtocolError', code: 'bad_magic' })
    expect(faults).toHaveLength(1)
    expect(peer.score).toBe(100)
    expect(link.closed).toBe(true)
  })

  test.each([
    ['a name with junk behind its end', 'bad_command', Buffer.from('ping\0junk\0\0\0'), 8],
    [
      'a payload longer than its command may have',
      'oversize_message',
      Buffer.from('inv'.padEnd(12, '\0')),
      2 ** 21 + 1,
    ],
  ])(
    'P2P-2 %s ends the connection of a ready peer, with the full score',
    async (_, code, command, length) => {
      const { peer, link } = await ready()
      const closed = once(peer, 'close')
      const header = Buffer.alloc(24)
      header.set(bsv.magic)
      header.set(command, 4)
      header.writeUInt32LE(length, 16)
      link.sendBytes(header)
      expect(await closed).toMatchObject([{ name: 'ProtocolError', code }])
      expect({ score: peer.score, closed: link.closed }).toEqual({ score: 100, closed: true })
    },
  )
})
