import { expect, test } from '@jest/globals'
import { chainOf } from '../../src/ledger/chain.js'
import { checkTransaction, isCoinbase } from '../../src/ledger/check-transaction.js'
import type { RecordPayload } from '../../src/ledger/payload/record.js'
import { sealTransaction } from '../../src/ledger/seal-transaction.js'
import type { Transaction, UnsignedTransaction } from '../../src/ledger/transaction.js'
import { chain, keyOf, ruleBrokenBy, settings, signed, transfer } from './fixtures.js'

const [ann, bob, eve] = [keyOf(1), keyOf(2), keyOf(3)]

function broken(transaction: Transaction, on = chain): string | undefined {
  return ruleBrokenBy(() => checkTransaction(transaction, on))
}

function record(
  payload: Partial<RecordPayload> = {},
  changes: Partial<UnsignedTransaction> = {},
): UnsignedTransaction {
  const full = {
    kind: 'record',
    txnType: 'order',
    tag: '',
    payload: 1,
    invoker: ann.address,
    ...payload,
  } as const
  return transfer({ inputs: [], outputs: [], fee: 0, payload: full, ...changes })
}

function outpoints(count: number): UnsignedTransaction['inputs'] {
  return Array.from({ length: count }, (_, outputIndex) => ({ transactionId: '22'.repeat(32), outputIndex }))
}

test('a signed transfer keeps every rule', () => {
  expect(broken(signed(transfer(), ann))).toBeUndefined()
})

test('TX-11 is broken by a transaction for another chain', () => {
  const other = chainOf({ ...settings, name: 'other' })
  expect(broken(signed(transfer(), ann), other)).toBe('TX-11')
})

test('TX-12 bounds the canonical JSON to the byte', () => {
  const transaction = signed(transfer(), ann)
  const limited = (maxTransactionBytes: number) => ({
    ...chain,
    settings: { ...settings, maxTransactionBytes },
  })
  expect(broken(transaction, limited(transaction.bytes))).toBeUndefined()
  expect(broken(transaction, limited(transaction.bytes - 1))).toBe('TX-12')
})

test('TX-13 bounds the number of inputs and of outputs', () => {
  const output = { address: bob.address, amount: 1 }
  expect(
    broken(signed(transfer({ inputs: outpoints(200), outputs: Array(200).fill(output) as never }), ann)),
  ).toBeUndefined()
  expect(broken(signed(transfer({ inputs: outpoints(201) }), ann))).toBe('TX-13')
  expect(broken(signed(transfer({ outputs: Array(201).fill(output) as never }), ann))).toBe('TX-13')
})

test('TX-14 is broken by naming an output twice', () => {
  expect(broken(signed(transfer({ inputs: [...outpoints(3), ...outpoints(1)] }), ann))).toBe('TX-14')
})

test('TX-15 is broken by a sum that overflows', () => {
  const output = (amount: number) => ({ address: bob.address, amount })
  const most = Number.MAX_SAFE_INTEGER
  expect(broken(signed(transfer({ outputs: [output(most)], fee: 0 }), ann))).toBeUndefined()
  expect(broken(signed(transfer({ outputs: [output(most)], fee: 1 }), ann))).toBe('TX-15')
  expect(broken(signed(transfer({ outputs: [output(most), output(most)], fee: most }), ann))).toBe('TX-15')
})

test('TX-16 asks for one to as many signatures as there are inputs', () => {
  expect(broken(signed(transfer()))).toBe('TX-16')
  expect(broken(signed(transfer(), ann, bob))).toBe('TX-16')
  expect(broken(signed(transfer({ inputs: outpoints(2) }), ann, bob))).toBeUndefined()
})

test('TX-16 allows one signature more for an invoker', () => {
  const inputs = outpoints(1)
  expect(broken(signed(record({}, { inputs }), ann, bob))).toBeUndefined()
  expect(broken(signed(record({}, { inputs }), ann, bob, eve))).toBe('TX-16')
})

test('TX-17 is broken by money from nowhere', () => {
  expect(broken(signed(transfer({ inputs: [], outputs: [], fee: 0 }), ann))).toBe('TX-17')
  expect(broken(signed(record({}, { outputs: [{ address: ann.address, amount: 1 }] }), ann))).toBe('TX-17')
  expect(broken(signed(record({}, { fee: 1 }), ann))).toBe('TX-17')
})

test('TX-18 asks for exactly one signature where nothing is spent', () => {
  expect(broken(signed(record(), ann))).toBeUndefined()
  expect(broken(signed(record()))).toBe('TX-18')
  expect(broken(signed(record(), ann, bob))).toBe('TX-18')
})

test('TX-19 is broken by a record in the name of somebody who has not signed', () => {
  expect(broken(signed(record(), eve))).toBe('TX-19')
  expect(broken(signed(record({}, { inputs: outpoints(1) }), eve))).toBe('TX-19')
})

test('TX-20 is broken by a coinbase with inputs, a fee or a signature', () => {
  const payload = { kind: 'coinbase', height: 1 } as const
  const coinbase = transfer({ inputs: [], fee: 0, payload })
  expect(broken(signed(coinbase))).toBeUndefined()
  expect(broken(signed({ ...coinbase, inputs: outpoints(1) }))).toBe('TX-20')
  expect(broken(signed({ ...coinbase, fee: 1 }))).toBe('TX-20')
  expect(broken(signed(coinbase, ann))).toBe('TX-20')
  expect([signed(coinbase), signed(transfer(), ann)].map(isCoinbase)).toEqual([true, false])
})

const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

/** The signature with its second half, a little-endian number, replaced by what `change` makes of it. */
function withS(signature: string, change: (s: bigint) => bigint): string {
  const reversed = (hex: string) => (hex.match(/../g) ?? []).reverse().join('')
  const s = BigInt(`0x${reversed(signature.slice(64))}`)
  return signature.slice(0, 64) + reversed(change(s).toString(16).padStart(64, '0'))
}

test('TX-21 is broken by a signature that was made malleable by adding the group order', () => {
  const { signatures, ...rest } = signed(transfer(), ann)
  const malleated = (change: (s: bigint) => bigint) =>
    sealTransaction(
      rest,
      signatures.map((each) => ({ ...each, signature: withS(each.signature, change) })),
    )
  expect(broken(malleated((s) => s + GROUP_ORDER))).toBe('TX-21')
  expect(broken(malleated(() => GROUP_ORDER))).toBe('TX-21')
  expect(broken(malleated(() => 2n ** 256n - 1n))).toBe('TX-21')
  expect(broken(malleated(() => GROUP_ORDER - 1n))).toBeUndefined()
})
