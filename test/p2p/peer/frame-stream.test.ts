import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { PayloadSink } from '../../../src/p2p/blocks/payload-sink.js'
import { ProtocolError } from '../../../src/p2p/errors.js'
import { FrameStream, type FrameStreamOptions } from '../../../src/p2p/peer/frame-stream.js'
import { messageLimits } from '../../../src/p2p/wire/limits.js'
import { encodeMessageHeader } from '../../../src/p2p/wire/message-header.js'
import { frame } from './support/memory-node.js'
import { bsv, btc } from './support/networks.js'

type Event = [command: string, payload: string]

function record(options: Partial<FrameStreamOptions> = {}) {
  const events: Event[] = []
  const faults: unknown[] = []
  const stream = new FrameStream({
    network: bsv,
    limits: messageLimits('bsv'),
    openSink: () => undefined,
    onPayload: (command, payload) => void events.push([command, Buffer.from(payload).toString('hex')]),
    onFault: (error) => faults.push(error),
    ...options,
  })
  return { stream, events, faults }
}

const codeOf = async (act: () => void | Promise<void>): Promise<unknown> => {
  try {
    await act()
  } catch (error) {
    return error instanceof ProtocolError ? error.code : error
  }
  return undefined
}

const extended = (command: string, length: number): Uint8Array =>
  encodeMessageHeader(bsv.magic, { command, length })

describe('the stream of frames', () => {
  test('P2P-1 gives the same messages in the same order wherever reads split the bytes', async () => {
    const messages: Event[] = [
      ['verack', ''],
      ['ping', '0102030405060708'],
      ['inv', '00'],
      ['pong', '1112131415161718'],
    ]
    const bytes = Buffer.concat(
      messages.map(([command, hex]) => frame(bsv, command, Buffer.from(hex, 'hex'))),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: bytes.length })),
        fc.boolean(),
        async (cuts, slow) => {
          const events: Event[] = []
          const { stream } = record({
            onPayload: (command, payload) => {
              events.push([command, Buffer.from(payload).toString('hex')])
              return slow ? Promise.resolve() : undefined
            },
          })
          const ends = [...new Set([...cuts, bytes.length])].sort((a, b) => a - b)
          let start = 0
          for (const end of ends) {
            await stream.push(bytes.subarray(start, end))
            start = end
          }
          expect(events).toEqual(messages)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('P2P-1 takes single bytes', async () => {
    const { stream, events } = record()
    for (const byte of frame(bsv, 'ping', Buffer.alloc(8, 1))) await stream.push(Uint8Array.of(byte))
    expect(events).toEqual([['ping', '01'.repeat(8)]])
  })

  test('a read buffer may be used again: payloads are copies', async () => {
    const { stream, events } = record()
    const kept: Uint8Array[] = []
    const own = record({ onPayload: (_, payload) => void kept.push(payload) })
    const bytes = frame(bsv, 'ping', Buffer.alloc(8, 1))
    await stream.push(bytes)
    await own.stream.push(bytes)
    bytes.fill(9)
    expect(events[0]?.[1]).toBe('01'.repeat(8))
    expect(kept[0]).toEqual(new Uint8Array(8).fill(1))
  })

  test('P2P-2 another magic, a badly padded name and a message over its limit are faults that end the stream', async () => {
    const good = frame(bsv, 'ping', Buffer.alloc(8))
    const otherMagic = Buffer.from(good)
    otherMagic[0] = 0
    const badName = Buffer.from(good)
    badName[10] = 0x41
    expect(await codeOf(() => record().stream.push(otherMagic))).toBe('bad_magic')
    expect(await codeOf(() => record().stream.push(badName))).toBe('bad_command')
    for (const [command, length] of [
      ['ping', 9],
      ['verack', 1],
      ['inv', 2 ** 21 + 1],
      ['tx', 1_000_000_001],
    ] as const) {
      const header = encodeMessageHeader(bsv.magic, { command, length, checksum: new Uint8Array(4) })
      expect([command, await codeOf(() => record().stream.push(header))]).toEqual([
        command,
        'oversize_message',
      ])
    }
  })

  test('P2P-2 nothing is allocated for a message that is too long', async () => {
    const before = process.memoryUsage().arrayBuffers
    const header = encodeMessageHeader(bsv.magic, {
      command: 'ping',
      length: 0xffff_fffe,
      checksum: new Uint8Array(4),
    })
    expect(await codeOf(() => record().stream.push(header))).toBe('oversize_message')
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000)
  })

  test('P2P-3 a wrong checksum costs the message, not the stream', async () => {
    const { stream, events, faults } = record()
    const bad = frame(bsv, 'ping', Buffer.alloc(8, 1))
    bad[30] = 0xff
    await stream.push(Buffer.concat([bad, frame(bsv, 'pong', Buffer.alloc(8, 2))]))
    expect(events).toEqual([['pong', '02'.repeat(8)]])
    expect(faults).toMatchObject([{ code: 'bad_checksum', score: 10 }])
  })

  test('P2P-3 an extended header has no checksum to be wrong, whatever the size', async () => {
    const { stream, events, faults } = record()
    await stream.push(Buffer.concat([extended('ping', 8), Buffer.alloc(8, 3)]))
    expect(events).toEqual([['ping', '03'.repeat(8)]])
    expect(faults).toEqual([])
  })

  test('P2P-3 a payload above 4 GiB is streamed', async () => {
    const length = 2 ** 32 + 12_345
    let pushed = 0
    let ended = false
    const sink: PayloadSink = {
      push: (slice) => void (pushed += slice.length),
      end: () => Promise.resolve(void (ended = true)),
      abort: () => Promise.reject(new Error('aborted')),
    }
    const headers: unknown[] = []
    const { stream, events } = record({
      openSink: (command, header) => {
        headers.push(header)
        return command === 'block' ? sink : undefined
      },
    })
    await stream.push(extended('block', length))
    const slice = new Uint8Array(2 ** 26)
    for (let left = length; left > 0; left -= Math.min(left, slice.length))
      await stream.push(slice.subarray(0, Math.min(left, slice.length)))
    await stream.push(frame(bsv, 'verack', new Uint8Array(0)))
    expect({ pushed, ended }).toEqual({ pushed: length, ended: true })
    expect(headers[0]).toEqual({ length, checksum: undefined })
    expect(events).toEqual([['verack', '']])
  })

  test('P2P-3 BTC has no extended headers', async () => {
    const header = encodeMessageHeader(btc.magic, { command: 'block', length: 10 })
    const { stream } = record({ network: btc, limits: messageLimits('btc') })
    expect(await codeOf(() => stream.push(header))).toBe('extended_header_not_allowed')
  })

  test('a sink that takes its time holds back all that follows', async () => {
    const order: string[] = []
    let release: () => void = () => undefined
    const sink: PayloadSink = {
      push: () => new Promise((resolve) => (release = () => resolve(void order.push('taken')))),
      end: () => Promise.resolve(void order.push('end')),
      abort: () => Promise.resolve(),
    }
    const { stream } = record({
      openSink: (command) => (command === 'block' ? sink : undefined),
      onPayload: (command) => void order.push(command),
    })
    const pushed = stream.push(
      Buffer.concat([frame(bsv, 'block', Buffer.alloc(100)), frame(bsv, 'verack', Buffer.alloc(0))]),
    )
    await new Promise((resolve) => setImmediate(resolve))
    expect(order).toEqual([])
    release()
    await pushed
    expect(order).toEqual(['taken', 'end', 'verack'])
  })

  test('a sink that fails is told nothing more, and the stream goes on behind its payload', async () => {
    const calls: string[] = []
    const sink: PayloadSink = {
      push: () => {
        calls.push('push')
        throw new ProtocolError('bad_block', 'bad')
      },
      end: () => Promise.resolve(void calls.push('end')),
      abort: () => Promise.resolve(void calls.push('abort')),
    }
    const { stream, events, faults } = record({
      openSink: (command) => (command === 'block' ? sink : undefined),
    })
    const block = frame(bsv, 'block', Buffer.alloc(100))
    await stream.push(block.subarray(0, 60))
    await stream.push(Buffer.concat([block.subarray(60), frame(bsv, 'verack', Buffer.alloc(0))]))
    expect(calls).toEqual(['push'])
    expect(faults).toMatchObject([{ code: 'bad_block' }])
    expect(events).toEqual([['verack', '']])
  })

  test('a payload that the connection cuts off is aborted with the reason', async () => {
    const reasons: Error[] = []
    const sink: PayloadSink = {
      push: () => undefined,
      end: () => Promise.reject(new Error('ended')),
      abort: (reason) => Promise.resolve(void reasons.push(reason)),
    }
    const { stream } = record({ openSink: () => sink })
    await stream.push(frame(bsv, 'block', Buffer.alloc(100)).subarray(0, 60))
    await stream.end(new Error('gone'))
    expect(reasons).toEqual([new Error('gone')])
  })
})
