import fc, { type Arbitrary } from 'fast-check'
import { type KnownCommand, type MessageBodies } from '../../../src/p2p/wire/codec.js'
import type { Family } from '../../../src/p2p/wire/family.js'
import { EMPTY_COMMANDS } from '../../../src/p2p/wire/messages/empty.js'
import { packHeaders } from '../../../src/p2p/wire/messages/headers.js'
import type { Tx } from '../../../src/p2p/wire/messages/tx.js'

const bytes = (length: number): Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length })
const upTo = (maxLength: number): Arbitrary<Uint8Array> => fc.uint8Array({ maxLength })
const manyOf = (length: number): Arbitrary<Uint8Array> => fc.nat(3).chain((count) => bytes(count * length))
const u8 = fc.nat(0xff)
const u16 = fc.nat(0xffff)
const u32 = fc.nat(0xffff_ffff)
const i32 = fc.integer()
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const hash = bytes(32)
const latin1 = (maxLength: number): Arbitrary<string> =>
  fc.array(u8, { maxLength }).map((codes) => String.fromCharCode(...codes))
const list = <T>(item: Arbitrary<T>): Arbitrary<T[]> => fc.array(item, { maxLength: 4 })

const address = { services: u64, ip: bytes(16), port: u16 }
const items = list(fc.record({ type: u32, hash }))
const locator = fc.record({ version: u32, hashes: list(hash), stop: hash })

const addressV2 = fc
  .record({ id: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 255), other: upTo(20) })
  .chain(({ id, other }) => {
    const length = [0, 4, 16, 10, 32, 32, 16][id]
    const of = length === undefined ? fc.constant(other) : bytes(length)
    return fc.record({ time: u32, services: u64, network: fc.constant(id), address: of, port: u16 })
  })

const input = fc.record({ previousHash: hash, previousIndex: u32, script: upTo(300), sequence: u32 })
const output = fc.record({ value: i64, script: upTo(30) })

function txOf(family: Family): Arbitrary<Tx> {
  const plain = fc.record({
    version: i32,
    inputs: fc.array(input, { minLength: 1, maxLength: 3 }),
    outputs: list(output),
    lockTime: u32,
  })
  if (family !== 'btc') return plain
  const stack = fc.array(upTo(80), { minLength: 1, maxLength: 3 })
  const withWitness = plain.chain((tx) =>
    fc
      .array(stack, { minLength: tx.inputs.length, maxLength: tx.inputs.length })
      .map((witnesses) => ({ ...tx, witnesses })),
  )
  return fc.oneof(plain, withWitness)
}

function versionOf(family: Family): Arbitrary<MessageBodies['version']> {
  const required = {
    version: i32,
    services: u64,
    time: i64,
    receiver: fc.record(address),
    sender: fc.record(address),
    nonce: u64,
    userAgent: latin1(256),
    startHeight: i32,
    relay: fc.boolean(),
  }
  if (family !== 'bsv') return fc.record(required)
  return fc.record(
    { ...required, associationId: upTo(129) },
    { requiredKeys: Object.keys(required) as 'nonce'[] },
  ) as Arbitrary<MessageBodies['version']>
}

const policies = fc.option(list(fc.constantFrom('Default', 'BlockPriority')), { nil: undefined })

/** Something to say in every message. */
export function bodiesOf(family: Family): { [Command in KnownCommand]: Arbitrary<MessageBodies[Command]> } {
  const tx = txOf(family)
  const empty = Object.fromEntries(EMPTY_COMMANDS.map((command) => [command, fc.constant(undefined)]))
  return {
    ...(empty as Record<(typeof EMPTY_COMMANDS)[number], Arbitrary<undefined>>),
    version: versionOf(family),
    ping: fc.record({ nonce: u64 }),
    pong: fc.record({ nonce: u64 }),
    addr: list(fc.record({ time: u32, ...address })),
    addrv2: list(addressV2),
    inv: items,
    getdata: items,
    notfound: items,
    getblocks: locator,
    getheaders: locator,
    headers: manyOf(80).map(packHeaders),
    tx,
    reject: fc.oneof(
      fc.record({ message: latin1(12), code: u8, reason: latin1(111) }),
      fc.record({ message: latin1(12), code: u8, reason: latin1(111), hash }),
    ),
    feefilter: fc.record({ feeRate: i64 }),
    sendcmpct: fc.record({ announce: fc.boolean(), version: u64 }),
    cmpctblock: fc.record({
      header: bytes(80),
      nonce: u64,
      shortIds: manyOf(6),
      prefilled: list(fc.record({ skipped: u32, tx })),
    }),
    getblocktxn: fc.record({ hash, skipped: list(u32) }),
    blocktxn: fc.record({ hash, txs: list(tx) }),
    merkleblock: fc.record({
      header: bytes(80),
      txCount: fc.integer({ min: 3, max: 2 ** 32 - 1 }),
      hashes: manyOf(32),
      flags: upTo(9),
    }),
    mempool: family === 'bsv' ? fc.oneof(fc.constant({}), fc.record({ age: i64 })) : fc.constant({}),
    protoconf: fc
      .record({ maxReceiveBytes: fc.integer({ min: 1_048_576, max: 2 ** 32 - 1 }), streamPolicies: policies })
      .map(({ maxReceiveBytes, streamPolicies }) =>
        streamPolicies === undefined ? { maxReceiveBytes } : { maxReceiveBytes, streamPolicies },
      ),
    authch: fc.record({ version: u32, challenge: bytes(32) }),
    authresp: fc.record({ publicKey: bytes(33), nonce: u64, signature: upTo(72) }),
    createstrm: fc.record({ associationId: upTo(129), streamType: u8, policy: latin1(40) }),
    streamack: fc.record({ associationId: upTo(129), streamType: u8 }),
  }
}

/** Where the payload of a message may end earlier, because the fields that follow are optional. */
export function mayEndAt(command: KnownCommand, payload: Uint8Array, length: number): boolean {
  if (command === 'version') return length >= 46
  if (command === 'reject') return length === payload.length - 32
  return command === 'mempool' && length === 0
}
