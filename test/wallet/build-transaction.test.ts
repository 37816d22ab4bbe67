import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { chainOf } from '../../src/ledger/chain.js'
import { checkTransaction } from '../../src/ledger/check-transaction.js'
import { decodeTransaction } from '../../src/ledger/decode-transaction.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import { signatureChecks, verifySignatures } from '../../src/ledger/signature-checks.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import {
  buildRecord,
  buildTransfer,
  type Funding,
  type OwnedCoin,
} from '../../src/wallet/build-transaction.js'
import { KeyPair } from '../../src/wallet/keys.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'
import { signTransaction } from '../../src/wallet/sign-transaction.js'

const keys = [1, 2, 3, 4].map((n) => new KeyPair(new Uint8Array(32).fill(n))) as [
  KeyPair,
  KeyPair,
  KeyPair,
  KeyPair,
]
const [alice, bob, carol, dora] = keys
const chain = chainOf({
  name: 'test',
  blockTime: 10,
  blockReward: 1000,
  coinbaseMaturity: 1,
  powLimitBits: 0x207fffff,
  retarget: 'none',
  halfLifeBlocks: 12,
  genesisTime: 0,
  maxFutureMs: 60_000,
  maxTransactionAgeMs: 60_000,
  maxBlockBytes: 1_000_000,
  maxTransactionBytes: 100_000,
  maxTransactionParts: 100,
})
const context = { chainId: chain.id, timestamp: 1_700_000_000_000 }

const coin = ({ address }: KeyPair, amount: number, n: number): OwnedCoin => ({
  transactionId: n.toString(16).padStart(64, '0'),
  outputIndex: n,
  amount,
  address,
})
const funding = (coins: OwnedCoin[], more: Partial<Funding> = {}): Funding => ({
  coins,
  keys,
  fee: (inputs) => 10 * inputs,
  dustLimit: 5,
  maxInputs: 100,
  changeAddress: alice.address,
  ...more,
})

/** Throws unless the chain takes the transaction as it stands on the wire. */
function acceptAsWire(transaction: Transaction): void {
  const received = decodeTransaction(encodeTransaction(transaction))
  expect(received).toEqual(transaction)
  checkTransaction(received, chain)
  const verifier = new SignatureVerifier()
  verifySignatures(signatureChecks(received), (...check) => verifier.verify(...check))
}

test('a transfer pays, returns the change last and is valid on the wire', () => {
  const coins = [coin(alice, 100, 1)]
  const transfer = buildTransfer(context, [{ address: dora.address, amount: 30 }], funding(coins))
  expect(transfer).toMatchObject({
    ...context,
    inputs: [{ transactionId: coins[0]?.transactionId, outputIndex: 1 }],
    outputs: [
      { address: dora.address, amount: 30 },
      { address: alice.address, amount: 60 },
    ],
    fee: 10,
  })
  acceptAsWire(transfer)
})

test('every owner of a spent coin signs once, sorted by public key, and nobody else', () => {
  const coins = [coin(carol, 10, 1), coin(alice, 10, 2), coin(bob, 10, 3), coin(alice, 10, 4)]
  const transfer = buildTransfer(
    context,
    [{ address: dora.address, amount: 40 }],
    funding(coins, { fee: () => 0 }),
  )
  const signers = transfer.signatures.map(({ publicKey }) => publicKey)
  expect(signers).toEqual([alice, bob, carol].map(({ publicKey }) => publicKey).sort())
  acceptAsWire(transfer)
})

test('a record without funding has one signature, no inputs and no fee', () => {
  const record = buildRecord(context, { txnType: 'order', tag: 'a', payload: { n: [1, 'x'] } }, bob)
  expect(record).toMatchObject({
    inputs: [],
    outputs: [],
    fee: 0,
    payload: { kind: 'record', invoker: bob.address },
  })
  expect(record.signatures).toHaveLength(1)
  acceptAsWire(record)
})

test.each([
  ['another account', carol, 2],
  ['the invoker', bob, 1],
])('a record whose fee %s pays has %s signed', (_who, payer, signatures) => {
  const record = buildRecord(
    context,
    { txnType: 'order', tag: '', payload: null },
    bob,
    funding([coin(payer, 50, 1)]),
  )
  expect(record).toMatchObject({ fee: 10, outputs: [{ address: alice.address, amount: 40 }] })
  expect(record.signatures).toHaveLength(signatures)
  acceptAsWire(record)
})

test('a record may spend its whole coin on the fee', () => {
  const record = buildRecord(context, { txnType: 't', tag: '', payload: 1 }, bob, funding([coin(bob, 10, 1)]))
  expect(record).toMatchObject({ fee: 10, outputs: [] })
  acceptAsWire(record)
})

test('the same content makes the same transaction, and another chain or time another id', () => {
  const make = (more: object) =>
    buildTransfer(
      { ...context, ...more },
      [{ address: dora.address, amount: 30 }],
      funding([coin(alice, 100, 1)]),
    )
  expect(make({})).toEqual(make({}))
  expect(make({ timestamp: 1 }).id).not.toBe(make({}).id)
  expect(make({ chainId: '0'.repeat(64) }).id).not.toBe(make({}).id)
})

test('a coin without its key is named', () => {
  const coins = [coin(alice, 100, 1)]
  const pay = () =>
    buildTransfer(context, [{ address: dora.address, amount: 30 }], funding(coins, { keys: [bob] }))
  expect(pay).toThrow(`the key of ${alice.address} is not at hand`)
})

test('amounts that overflow and amounts nobody has are refused before anything is signed', () => {
  const pay = (...amounts: number[]) =>
    buildTransfer(
      context,
      amounts.map((amount) => ({ address: dora.address, amount })),
      funding([coin(alice, 100, 1)]),
    )
  expect(() => pay(Number.MAX_SAFE_INTEGER, 1)).toThrow('exceed what can exist')
  expect(() => pay(60, 60)).toThrow('30 units are missing')
})

test.each([0, -1, 0.5, NaN, Infinity, 2 ** 53])('a recipient cannot be paid %s units', (amount) => {
  const pay = () =>
    buildTransfer(context, [{ address: dora.address, amount }], funding([coin(alice, 100, 1)]))
  expect(pay).toThrow('an amount is a whole number of units, at least 1')
})

test.each(['', '0x', 'dora', dora.address.toUpperCase(), `${dora.address}0`])(
  'nothing is sent to %j',
  (address) => {
    const pay = () => buildTransfer(context, [{ address, amount: 1 }], funding([coin(alice, 100, 1)]))
    expect(pay).toThrow('is no address')
  },
)

test.each([
  ['PAY-4', { txnType: '', tag: '', payload: 1 }],
  ['PAY-5', { txnType: 't', tag: 'x'.repeat(1025), payload: 1 }],
  ['PAY-6', { txnType: 't', tag: '', payload: 0.5 }],
])('a record that breaks %s is not signed', (rule, record) => {
  let broken: unknown
  try {
    buildRecord(context, record, bob)
  } catch (error) {
    broken = error
  }
  expect(broken).toMatchObject({ name: 'RuleError', rule })
})

test('a key given twice signs once', () => {
  const { signatures } = signTransaction({ version: 1, ...context, inputs: [], outputs: [], fee: 0 }, [
    bob,
    alice,
    bob,
  ])
  expect(signatures).toHaveLength(2)
})

test('any transfer that can be funded is valid on the wire and conserves money', () => {
  const someCoins = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.integer({ min: 1, max: 1000 })), {
    minLength: 1,
    maxLength: 8,
  })
  const amounts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(someCoins, amounts, (owned, wanted) => {
      const coins = owned.map(([owner, amount], n) => coin(keys[owner] ?? alice, amount, n))
      const sum = (list: readonly { amount: number }[]) =>
        list.reduce((total, { amount }) => total + amount, 0)
      const recipients = wanted.map((amount) => ({ address: dora.address, amount }))
      fc.pre(sum(coins) >= sum(recipients) + 10 * coins.length)
      const transfer = buildTransfer(context, recipients, funding(coins))
      const spent = coins.filter(({ outputIndex }) =>
        transfer.inputs.some((input) => input.outputIndex === outputIndex),
      )
      expect(sum(spent)).toBe(sum(transfer.outputs) + transfer.fee)
      expect(transfer.outputs.slice(0, wanted.length)).toEqual(recipients)
      acceptAsWire(transfer)
    }),
    { numRuns: 50 },
  )
})
