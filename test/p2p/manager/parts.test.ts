import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { UsageError } from '../../../src/p2p/errors.js'
import { AddressBook, BAN_SECONDS } from '../../../src/p2p/manager/address-book.js'
import { addressKey, parseAddress } from '../../../src/p2p/manager/address.js'
import { resolveSeeds } from '../../../src/p2p/manager/dns-seeds.js'
import { Gossip } from '../../../src/p2p/manager/gossip.js'
import { ReconnectSchedule } from '../../../src/p2p/manager/reconnect-schedule.js'
import { isRoutable } from '../../../src/p2p/manager/routable.js'
import { networks } from '../../../src/p2p/networks/networks.js'
import { HaveSet } from '../../../src/p2p/peer/have-set.js'
import type { TimedAddress } from '../../../src/p2p/wire/messages/addr.js'
import { FakeClock } from '../peer/support/fake-clock.js'

describe('addresses', () => {
  test.each([
    ['127.0.0.1:8444', '127.0.0.1:8444'],
    ['127.0.0.1', '127.0.0.1:8333'],
    ['Node.Example.org:1', 'node.example.org:1'],
    ['[::1]:18444', '[::1]:18444'],
    ['[2001:DB8::1]', '[2001:db8::1]:8333'],
    ['::1', '[::1]:8333'],
  ])('P2P-12 %s has the key %s', (text, key) => {
    expect(addressKey(parseAddress(text, 8333))).toBe(key)
    expect(addressKey(parseAddress(key, 1))).toBe(key)
  })

  test.each(['', ':1', 'host:0', 'host:65536', 'a b:1', '[host]:1', '[::1', '1:2:3'])(
    '%p is no address',
    (text) => {
      expect(() => parseAddress(text, 8333)).toThrow(UsageError)
    },
  )

  test.each([
    ['8.8.8.8', true],
    ['2a00:1450::1', true],
    ['10.1.2.3', false],
    ['127.0.0.1', false],
    ['192.168.0.1', false],
    ['100.64.0.1', false],
    ['169.254.1.1', false],
    ['224.0.0.1', false],
    ['0.0.0.0', false],
    ['::1', false],
    ['fe80::1', false],
    ['fc00::1', false],
    ['2001:db8::1', false],
    ['::ffff:8.8.8.8', false],
    ['name.example.org', false],
  ])('whether %s leads to a public peer: %p', (address, expected) => {
    expect(isRoutable(address)).toBe(expected)
  })
})

describe('the schedule of reconnections', () => {
  const secondsOf = (
    schedule: ReconnectSchedule,
    ends: Parameters<ReconnectSchedule['next']>[0][],
  ): number[] => ends.map((end) => schedule.next(end) / 1000)
  const even = (): number => 0.5

  test('P2P-11 handshakes that fail wait 30, 90, 180 and 600 seconds', () => {
    const schedule = new ReconnectSchedule(undefined, even)
    expect(
      secondsOf(
        schedule,
        Array.from({ length: 5 }, () => 'handshake_failed' as const),
      ),
    ).toEqual([30, 90, 180, 600, 600])
  })

  test('P2P-11 nobody listening waits for 600 seconds at once', () => {
    expect(secondsOf(new ReconnectSchedule(undefined, even), ['refused', 'refused'])).toEqual([600, 600])
  })

  test('P2P-11 a connection that was good is made again after 5 seconds, and success forgets failures', () => {
    const schedule = new ReconnectSchedule(undefined, even)
    expect(secondsOf(schedule, ['handshake_failed', 'handshake_failed'])).toEqual([30, 90])
    schedule.succeeded()
    expect(secondsOf(schedule, ['lost', 'handshake_failed'])).toEqual([5, 30])
    expect(secondsOf(schedule, ['refused', 'lost'])).toEqual([600, 5])
  })

  test('chance changes a wait by a fifth at most', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (random) => {
        const waitMs = new ReconnectSchedule(undefined, () => random).next('lost')
        expect(waitMs).toBeGreaterThanOrEqual(4000)
        expect(waitMs).toBeLessThanOrEqual(6000)
      }),
    )
  })
})

describe('the address book', () => {
  const addressOf = (index: number) => ({ host: `9.9.${index >> 8}.${index & 255}`, port: 1 })

  test('holds no more than 5,000, and lets go of the least useful', () => {
    const clock = new FakeClock()
    const book = new AddressBook(clock)
    book.connected(addressOf(0), undefined)
    for (let index = 1; index < 6000; index++) book.add(addressOf(index), index)
    expect(book.size).toBe(5000)
    expect(book.get(addressOf(0))).toBeDefined()
    expect(book.get(addressOf(1))).toBeUndefined()
    expect(book.get(addressOf(5999))).toBeDefined()
  })

  test('a ban ends after a day', async () => {
    const clock = new FakeClock()
    const book = new AddressBook(clock)
    book.ban(addressOf(1), 'bad blocks')
    expect(book.get(addressOf(1))).toMatchObject({ banned: true, banReason: 'bad blocks' })
    await clock.advance(BAN_SECONDS * 1000 - 1000)
    expect(book.isBanned(addressOf(1))).toBe(true)
    expect(book.candidate(() => true)).toBeUndefined()
    await clock.advance(1000)
    expect(book.isBanned(addressOf(1))).toBe(false)
    expect(book.get(addressOf(1))).not.toHaveProperty('banReason')
  })

  test('the best candidate has not failed, and was connected to or heard of last', () => {
    const book = new AddressBook(new FakeClock())
    book.add(addressOf(1), 100)
    book.add(addressOf(2), 200)
    book.failed(addressOf(3), 0)
    expect(book.candidate(() => true)).toEqual(addressOf(2))
    book.connected(addressOf(1), undefined)
    expect(book.candidate(() => true)).toEqual(addressOf(1))
    book.failed(addressOf(1), 1000)
    expect(book.candidate((key) => !key.startsWith('9.9.0.2:'))).toEqual(addressOf(3))
  })
})

describe('addresses that peers tell of', () => {
  const told = (...entries: [ip: string, port?: number, services?: bigint][]) => ({
    command: 'addr' as const,
    body: entries.map(([ip, port = 8333, services = 1n]): TimedAddress => {
      const mapped = Buffer.from(
        `00000000000000000000ffff${Buffer.from(ip.split('.').map(Number)).toString('hex')}`,
        'hex',
      )
      return { time: 1_699_999_000, services, ip: mapped, port }
    }),
  })
  const many = (count: number) =>
    told(...Array.from({ length: count }, (_, index): [string] => [`8.8.${index >> 8}.${index & 255}`]))

  test('are taken when we asked, up to a thousand', () => {
    const gossip = new Gossip(new FakeClock(), false)
    gossip.asked()
    expect(gossip.hear(many(1000))).toHaveLength(1000)
  })

  test('are ignored when there are more than ten that we did not ask for', () => {
    const gossip = new Gossip(new FakeClock(), false)
    expect(gossip.hear(many(11))).toEqual([])
    expect(gossip.hear(many(1))).toHaveLength(1)
  })

  test('are taken one in ten seconds otherwise', async () => {
    const clock = new FakeClock()
    const gossip = new Gossip(clock, false)
    expect(gossip.hear(many(10))).toHaveLength(1)
    expect(gossip.hear(many(10))).toHaveLength(0)
    await clock.advance(30_000)
    expect(gossip.hear(many(10))).toHaveLength(3)
  })

  test('are worth something only with a public address, a port and the whole chain', () => {
    const entries = told(['10.0.0.1'], ['8.8.8.8', 0], ['8.8.4.4', 8333, 4n], ['1.1.1.1'])
    const gossip = new Gossip(new FakeClock(), false)
    gossip.asked()
    expect(gossip.hear(entries).map(({ address }) => address.host)).toEqual(['1.1.1.1'])
    const test = new Gossip(new FakeClock(), true)
    test.asked()
    expect(test.hear(entries).map(({ address }) => address.host)).toEqual(['10.0.0.1', '1.1.1.1'])
  })

  test('come in long form as well', () => {
    const gossip = new Gossip(new FakeClock(), false)
    gossip.asked()
    const entry = { time: 1, services: 1n, port: 8333 }
    const ip6 = Buffer.from('2a001450000000000000000000000001', 'hex')
    const heard = gossip.hear({
      command: 'addrv2',
      body: [
        { ...entry, network: 1, address: Uint8Array.of(8, 8, 8, 8) },
        { ...entry, network: 2, address: ip6 },
        { ...entry, network: 4, address: new Uint8Array(32) },
      ],
    })
    expect(heard.map(({ address }) => addressKey(address))).toEqual(['8.8.8.8:8333', '[2a00:1450::1]:8333'])
  })
})

test('seeds are asked by name; those that fail are told, the others do', async () => {
  const network = networks.bsv.mainnet
  const failed: string[] = []
  const [first] = network.dnsSeeds
  const found = await resolveSeeds(
    network,
    (name) =>
      name === first ? Promise.reject(new Error('no such name')) : Promise.resolve(['8.8.8.8', '127.0.0.1']),
    (seed) => failed.push(seed),
  )
  expect(failed).toEqual([first])
  expect(found).toEqual(Array(network.dnsSeeds.length - 1).fill({ host: '8.8.8.8', port: network.port }))
})

test('the set of known blocks forgets the oldest', () => {
  const have = new HaveSet(3)
  const hashes = [1, 2, 3, 4].map((byte) => new Uint8Array(32).fill(byte))
  for (const hash of hashes) have.add(hash)
  expect(hashes.map((hash) => have.has(hash))).toEqual([false, true, true, true])
  expect(have.size).toBe(3)
})
