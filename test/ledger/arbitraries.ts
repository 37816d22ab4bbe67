import fc, { type Arbitrary } from 'fast-check'
import type { Json } from '../../src/base/json.js'
import { MAX_MONEY } from '../../src/ledger/amount.js'
import type { Binary } from '../../src/ledger/payload/binary.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import type { Payload } from '../../src/ledger/payload/payload.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import { MAX_U32 } from '../../src/ledger/shape.js'
import type { Signature } from '../../src/ledger/signature.js'
import { compareUtf8 } from '../../src/ledger/text.js'
import { MAX_TIMESTAMP } from '../../src/ledger/timestamps.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { chain } from './fixtures.js'

export function hex(bytes: number): Arbitrary<string> {
  return fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((each) => Buffer.from(each).toString('hex'))
}

const address = hex(20).map((digits) => `0x${digits}`)
const u32 = fc.integer({ min: 0, max: MAX_U32 })
const text = fc.string({ unit: 'binary', maxLength: 20 })
const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 })

/** Any JSON that can be hashed. */
const hashable: Arbitrary<Json> = fc.letrec<{ any: Json }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false),
    fc.maxSafeInteger(),
    text,
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(text, tie('any'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).any

const signatures: Arbitrary<readonly Signature[]> = fc
  .uniqueArray(fc.record({ publicKey: hex(32), signature: hex(64) }), {
    selector: (each) => each.publicKey,
    maxLength: 3,
  })
  .map((list) => list.sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1)))

const binary: Arbitrary<Binary> = fc.oneof(
  text.map((each) => ({ text: each })),
  fc.uint8Array({ maxLength: 10 }).map((each) => ({ hex: Buffer.from(each).toString('hex') })),
)

const version = fc.record({ height: u32, index: u32 })

/** Accesses in the order the rules ask for. */
function keyed<T extends { namespace: string; key: string }>(access: Arbitrary<T>): Arbitrary<readonly T[]> {
  return fc
    .uniqueArray(access, { selector: (each) => JSON.stringify([each.namespace, each.key]), maxLength: 4 })
    .map((list) => list.sort((a, b) => compareUtf8(a.namespace, b.namespace) || compareUtf8(a.key, b.key)))
}

const results = fc
  .uniqueArray(fc.record({ key: text, version }), { selector: (each) => each.key, maxLength: 4 })
  .map((list) => list.sort((a, b) => compareUtf8(a.key, b.key)))

const invocation: Arbitrary<InvocationPayload> = fc.record(
  {
    kind: fc.constant('invocation' as const),
    contract: name,
    callId: hex(32),
    args: fc.array(binary, { maxLength: 3 }),
    creator: fc.record({ mspId: name, credentials: name }),
    invoker: address,
    reads: keyed(fc.record({ namespace: name, key: text, version: fc.option(version) })),
    rangeReads: fc.array(
      fc.record({
        namespace: name,
        start: fc.constant(''),
        end: fc.constant(''),
        exhausted: fc.boolean(),
        results,
      }),
      { maxLength: 2 },
    ),
    writes: keyed(fc.record({ namespace: name, key: text, value: fc.option(binary) })),
    response: fc.record({ status: fc.integer({ min: 0, max: 399 }), message: text, payload: binary }),
    event: fc.record({ name, payload: binary }),
    endorsements: signatures,
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      'kind',
      'contract',
      'callId',
      'args',
      'creator',
      'invoker',
      'reads',
      'rangeReads',
      'writes',
      'response',
      'endorsements',
    ],
  },
)

const payload: Arbitrary<Payload> = fc.oneof(
  fc.record({ kind: fc.constant('coinbase' as const), height: u32 }),
  fc.record({
    kind: fc.constant('record' as const),
    txnType: name,
    tag: text,
    payload: hashable,
    invoker: address,
  }),
  fc.record({
    kind: fc.constant('output' as const),
    txnType: name,
    tag: text,
    payload: hashable,
    invoker: address,
    contract: name,
    invokedBy: name,
  }),
  invocation,
)

/** Any transaction of the right shape; it need not be well-formed. */
export const anyTransaction: Arbitrary<Transaction> = fc
  .tuple(
    fc.record(
      {
        version: fc.constant(1 as const),
        chainId: fc.oneof(fc.constant(chain.id), hex(32)),
        timestamp: fc.integer({ min: 0, max: MAX_TIMESTAMP }),
        inputs: fc.array(fc.record({ transactionId: hex(32), outputIndex: u32 }), { maxLength: 3 }),
        outputs: fc.array(fc.record({ address, amount: fc.integer({ min: 1, max: MAX_MONEY }) }), {
          maxLength: 3,
        }),
        fee: fc.integer({ min: 0, max: MAX_MONEY }),
        payload,
      },
      {
        noNullPrototype: true,
        requiredKeys: ['version', 'chainId', 'timestamp', 'inputs', 'outputs', 'fee'],
      },
    ),
    signatures,
  )
  .map(([unsigned, list]) => sealTransaction(unsigned, list))

/** Where every value inside `json` stands, the whole (an empty path) left out. */
export function pathsIn(json: Json): (string | number)[][] {
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([step, inner]) => [
    [step],
    ...pathsIn(inner).map((rest) => [step, ...rest]),
  ])
}
