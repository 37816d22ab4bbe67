import { describe, expect, test } from '@jest/globals'
import { dial } from './support/dial.js'
import { settle } from './support/fake-clock.js'
import { frame, MemoryNode, obliging, receive, versionOf, type MemoryLink } from './support/memory-node.js'
import { bsv } from './support/networks.js'

const pingsOf = (link: MemoryLink): number => link.commands.filter((command) => command === 'ping').length

/** Answers the handshake, and no ping. */
const muteNode = (): MemoryNode =>
  new MemoryNode(bsv, ({ command }, link) => {
    if (command !== 'version') return
    link.send('version', versionOf())
    link.send('verack', undefined)
  })

describe('the keepalive', () => {
  test('P2P-10 answers pings with the same nonce, in their order', async () => {
    const node = new MemoryNode(bsv, obliging())
    const { peer, connected } = dial(node, { handlers: { onInv: () => new Promise<void>(() => undefined) } })
    await connected
    const { link } = node
    link.send('inv', [])
    const nonces = Array.from({ length: 500 }, (_, index) => BigInt(index) << 50n)
    for (const nonce of nonces) link.send('ping', { nonce })
    for (let turn = 0; turn < 20; turn++) await settle()
    const pongs = link.received.flatMap((message) => (message.command === 'pong' ? [message.body.nonce] : []))
    expect(pongs).toEqual(nonces)
    await peer.close()
  })

  test('P2P-10 pings after the handshake, and two minutes after each answer', async () => {
    const node = new MemoryNode(bsv, obliging())
    const { peer, connected, clock } = dial(node)
    await connected
    await settle()
    expect(pingsOf(node.link)).toBe(1)
    await clock.advance(119_999)
    expect(pingsOf(node.link)).toBe(1)
    await clock.advance(1)
    expect(pingsOf(node.link)).toBe(2)
    await clock.advance(10 * 120_000)
    expect(pingsOf(node.link)).toBe(12)
    await peer.close()
    expect(clock.timers).toBe(0)
  })

  test('P2P-10 a peer that owes an answer for two minutes is closed', async () => {
    const node = muteNode()
    const { peer, connected, clock } = dial(node)
    let reason: Error | undefined
    peer.on('close', (error) => (reason = error))
    await connected
    await clock.advance(119_999)
    expect(peer.closed).toBe(false)
    await clock.advance(1)
    expect(peer.closed).toBe(true)
    expect(reason).toMatchObject({ code: 'peer_disconnected', message: 'no pong in 120000 ms' })
    expect(clock.timers).toBe(0)
  })

  test('P2P-10 the answer may wait behind a block as long as its bytes flow', async () => {
    const node = muteNode()
    const { peer, connected, clock } = dial(node)
    await connected
    const block = frame(bsv, 'block', new Uint8Array(1000).fill(1))
    // A header, a count of one transaction, and a script of which the rest of the block is the beginning.
    block.set([1], 24 + 80)
    block.set([1], 24 + 85)
    node.link.sendBytes(block.subarray(0, 24 + 80))
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60_000)
      node.link.sendBytes(block.subarray(24 + 80 + minute, 24 + 80 + minute + 1))
      await settle()
    }
    expect(peer.closed).toBe(false)
    await clock.advance(120_000)
    expect(peer.closed).toBe(true)
  })

  test('P2P-10 the answer may wait as long as our handler does', async () => {
    let release: () => void = () => undefined
    const node = muteNode()
    const { peer, connected, clock } = dial(node, {
      handlers: { onInv: () => new Promise<void>((resolve) => (release = resolve)) },
    })
    await connected
    node.link.send('inv', [])
    await clock.advance(1_000_000)
    expect(peer.closed).toBe(false)
    release()
    await settle()
    await clock.advance(119_000)
    expect(peer.closed).toBe(false)
    await clock.advance(1_000)
    expect(peer.closed).toBe(true)
  })

  test('a late answer is as good as an early one', async () => {
    const node = muteNode()
    const { peer, connected, clock } = dial(node)
    await connected
    const { body } = await receive(node.link, 'ping')
    await clock.advance(100_000)
    node.link.send('pong', body)
    await clock.advance(100_000)
    expect(peer.closed).toBe(false)
    await peer.close()
  })
})
