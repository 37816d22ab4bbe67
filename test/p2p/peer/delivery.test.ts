import { describe, expect, test } from '@jest/globals'
import { PeerDisconnectedError } from '../../../src/p2p/errors.js'
import type { Handlers } from '../../../src/p2p/peer/handlers.js'
import type { PeerMessage } from '../../../src/p2p/peer/peer-message.js'
import { encodeReject } from '../../../src/p2p/wire/messages/reject.js'
import { dial } from './support/dial.js'
import { settle } from './support/fake-clock.js'
import { frame, MemoryNode, obliging } from './support/memory-node.js'
import { bsv } from './support/networks.js'

const nonceOf = (nonce: number): Uint8Array => {
  const payload = new Uint8Array(8)
  payload[0] = nonce
  return payload
}

async function connect(handlers: Handlers = {}) {
  const node = new MemoryNode(bsv, obliging())
  const dialled = dial(node, { handlers })
  await dialled.connected
  await settle()
  return { node, link: node.link, ...dialled }
}

describe('the handlers', () => {
  test('P2P-1 are called in the order of the wire, each when the one before has resolved', async () => {
    const calls: string[] = []
    const later = async (name: string): Promise<void> => {
      calls.push(`${name} begins`)
      await settle()
      calls.push(`${name} ends`)
    }
    const { link, peer } = await connect({
      onPing: () => later('ping'),
      onFeeFilter: ({ feeRate }) => void calls.push(`fee ${feeRate}`),
      onInv: () => later('inv'),
    })
    link.send('ping', { nonce: 1n })
    link.send('feefilter', { feeRate: 5n })
    link.send('inv', [])
    link.send('feefilter', { feeRate: 6n })
    for (let turn = 0; turn < 10; turn++) await settle()
    expect(calls).toEqual(['ping begins', 'ping ends', 'fee 5', 'inv begins', 'inv ends', 'fee 6'])
    await peer.close()
  })

  test('P2P-9 that fail, a hundred in a row, are reported and stop nothing', async () => {
    let calls = 0
    const { link, peer, handlerErrors, faults } = await connect({
      onPing() {
        calls++
        if (calls % 2 === 0) throw new Error('sync')
        return Promise.reject(new Error('async'))
      },
    })
    for (let nonce = 0; nonce < 100; nonce++) link.send('ping', { nonce: BigInt(nonce) })
    for (let turn = 0; turn < 100 && calls < 100; turn++) await settle()
    await settle()
    expect(calls).toBe(100)
    expect(handlerErrors).toHaveLength(100)
    expect(link.commands.filter((command) => command === 'pong')).toHaveLength(100)
    expect({ faults, ready: peer.ready }).toEqual({ faults: [], ready: true })
    await peer.close()
  })

  test('P2P-9 a reject code that nobody knows is kept as a number', async () => {
    const codes: number[] = []
    const { link, peer } = await connect({ onReject: ({ code }) => void codes.push(code) })
    link.sendRaw('reject', encodeReject({ message: 'tx', code: 0xee, reason: 'why not' }))
    await settle()
    expect(codes).toEqual([0xee])
    await peer.close()
  })

  test('are told of commands that nobody knows, as bytes', async () => {
    const seen: [string, number][] = []
    const { link, peer } = await connect({
      onUnknown: ({ command, raw }) => void seen.push([command, raw.length]),
    })
    link.sendRaw('hdrsen', new Uint8Array(3))
    link.sendRaw('whatever', new Uint8Array(0))
    await settle()
    expect(seen).toEqual([
      ['hdrsen', 3],
      ['whatever', 0],
    ])
    await peer.close()
  })

  test('a listener of messages that fails is reported, and the handlers are told all the same', async () => {
    let told = 0
    const { link, peer, handlerErrors } = await connect({ onFeeFilter: () => void (told += 1) })
    peer.on('message', () => {
      throw new Error('listener')
    })
    link.send('feefilter', { feeRate: 1n })
    await settle()
    expect(told).toBe(1)
    expect(handlerErrors).toEqual([new Error('listener')])
    await peer.close()
  })

  test('a payload that cannot be read costs points and is not told; five of them are the end', async () => {
    let told = 0
    const { link, peer, faults } = await connect({ onInv: () => void (told += 1) })
    const nonCanonical = Uint8Array.of(0xfd, 1, 0)
    for (let count = 0; count < 4; count++) link.sendRaw('inv', nonCanonical)
    await settle()
    expect({ score: peer.score, ready: peer.ready, told }).toEqual({ score: 80, ready: true, told: 0 })
    link.sendRaw('inv', nonCanonical)
    await settle()
    expect({ score: peer.score, closed: peer.closed }).toEqual({ score: 100, closed: true })
    expect(faults.map(({ code }) => code)).toEqual(Array(5).fill('non_canonical_size'))
  })
})

describe('backpressure', () => {
  test('a handler that does not resolve stops the reading at a thousand messages; it goes on afterwards', async () => {
    let release: () => void = () => undefined
    let told = 0
    const gate = new Promise<void>((resolve) => (release = resolve))
    const { link, peer } = await connect({
      onFeeFilter() {
        told++
        return gate
      },
    })
    const fee = frame(bsv, 'feefilter', new Uint8Array(8))
    for (let count = 0; count < 3000; count++) link.sendBytes(fee)
    await settle()
    expect(told).toBe(1)
    expect(link.unreadBytes).toBeGreaterThan(1900 * fee.length)
    release()
    for (let turn = 0; turn < 2000 && told < 3000; turn++) await settle()
    expect(told).toBe(3000)
    expect(link.unreadBytes).toBe(0)
    await peer.close()
  })

  test('four MiB that wait are enough, however few the messages', async () => {
    const { link, peer } = await connect({ onUnknown: () => new Promise<void>(() => undefined) })
    const big = frame(bsv, 'whatever', new Uint8Array(2 ** 20))
    for (let count = 0; count < 20; count++) link.sendBytes(big)
    await settle()
    expect(link.unreadBytes).toBeGreaterThanOrEqual(13 * big.length)
    await peer.close()
  })

  test('a peer that does not read its answers is not read either', async () => {
    const { link, peer } = await connect()
    link.writable = false
    for (let nonce = 0; nonce < 50; nonce++) link.sendRaw('ping', nonceOf(nonce))
    await settle()
    expect(link.commands.filter((command) => command === 'pong')).toHaveLength(1)
    expect(link.unreadBytes).toBe(49 * 32)
    link.drain()
    await settle()
    await settle()
    expect(link.commands.filter((command) => command === 'pong')).toHaveLength(50)
    await peer.close()
  })

  test('send resolves when more may follow, and fails when the connection ends', async () => {
    const { link, peer } = await connect()
    link.writable = false
    let sent = 0
    const first = peer.send('ping', { nonce: 1n }).then(() => sent++)
    await settle()
    expect(sent).toBe(0)
    link.drain()
    await first
    link.writable = false
    const second = peer.send('ping', { nonce: 2n })
    second.catch(() => undefined)
    await settle()
    await peer.close()
    await expect(second).rejects.toBeInstanceOf(PeerDisconnectedError)
    await expect(peer.send('ping', { nonce: 3n })).rejects.toBeInstanceOf(PeerDisconnectedError)
  })
})

describe('messages as an iterator', () => {
  test('come in the order of the wire and end with the connection', async () => {
    const { link, peer } = await connect()
    const seen: string[] = []
    const reading = (async () => {
      for await (const message of peer.messages()) seen.push(message.command)
    })()
    link.send('feefilter', { feeRate: 1n })
    link.send('inv', [])
    link.sendRaw('whatever', new Uint8Array(0))
    await settle()
    link.end()
    await reading
    expect(seen).toEqual(['feefilter', 'inv', 'unknown'])
  })

  test('are not lost when the connection ends before they are read', async () => {
    const { link, peer } = await connect()
    const messages = peer.messages()
    link.send('feefilter', { feeRate: 1n })
    link.send('inv', [])
    link.end()
    await settle()
    const seen: PeerMessage[] = []
    for await (const message of messages) seen.push(message)
    expect(seen.map(({ command }) => command)).toEqual(['feefilter', 'inv'])
  })

  test('stop the reading while too many are unread, until they are read or nobody wants them', async () => {
    const { link, peer } = await connect()
    const messages = peer.messages({ capacity: 2 })
    const fee = frame(bsv, 'feefilter', new Uint8Array(8))
    for (let count = 0; count < 1500; count++) link.sendBytes(fee)
    await settle()
    const before = link.unreadBytes
    expect(before).toBeGreaterThan(400 * fee.length)
    for (let count = 0; count < 10; count++) expect((await messages.next()).done).toBe(false)
    await settle()
    expect(link.unreadBytes).toBe(before - 10 * fee.length)
    await messages.return?.()
    for (let turn = 0; turn < 500 && link.unreadBytes > 0; turn++) await settle()
    expect(link.unreadBytes).toBe(0)
    await peer.close()
  })
})
