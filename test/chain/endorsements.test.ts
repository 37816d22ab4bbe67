import { beforeEach, expect, test } from '@jest/globals'
import { Endorsements } from '../../src/chain/endorsements.js'
import { decodeTransaction } from '../../src/ledger/decode-transaction.js'
import { encodeTransaction } from '../../src/ledger/encode-transaction.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import {
  endorsementMessage,
  type SignatureCheck,
  verifySignatures,
} from '../../src/ledger/signature-checks.js'
import type { Transaction } from '../../src/ledger/transaction.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'
import { callOf, callPayload, recordOf, testChain } from '../ledger/make-chain.js'
import { account } from '../support/chain.js'

const chain = testChain()
const verifier = new SignatureVerifier()
const verify = (...check: Parameters<SignatureVerifier['verify']>): boolean => verifier.verify(...check)
const keyOf = (n: number): string => account(n).keys.publicKey

/** A call endorsed by these accounts; those below zero sign something else. */
function callBy(name: string, ...endorsers: readonly number[]): Transaction {
  const message = endorsementMessage(callPayload('a', name, {}))
  const endorsements = endorsers
    .map((n) => {
      const { keys } = account(Math.abs(n))
      const signed = n < 0 ? message.map((byte) => byte ^ 1) : message
      return { publicKey: keys.publicKey, signature: keys.sign(signed) }
    })
    .sort((a, b) => (a.publicKey < b.publicKey ? -1 : 1))
  return callOf(chain, 'a', name, { endorsements })
}

function payloadOf({ payload }: Transaction): InvocationPayload {
  if (payload?.kind !== 'invocation') throw new Error('no call')
  return payload
}

let asked: (readonly SignatureCheck[])[]
let verifiedHere: number
let endorsements: Endorsements

beforeEach(() => {
  asked = []
  verifiedHere = 0
  endorsements = new Endorsements({
    verifyAll: async (checks) => {
      asked.push(checks)
      await Promise.resolve()
      verifySignatures(checks, verify)
    },
    verify: (...check) => {
      verifiedHere += 1
      return verify(...check)
    },
  })
})

const endorsersOf = (transaction: Transaction): string[] =>
  [...endorsements.endorsersOf(payloadOf(transaction))].sort()

test('the endorsements of a block are verified together, and never again', async () => {
  const calls = [callBy('one', 1, 2), recordOf(chain, 'a', 'no call'), callBy('two', 3), callBy('three')]
  await endorsements.prepare(calls)
  expect(asked.map(({ length }) => length)).toEqual([3])
  expect(endorsersOf(calls[0] as Transaction)).toEqual([keyOf(1), keyOf(2)].sort())
  expect(endorsersOf(calls[2] as Transaction)).toEqual([keyOf(3)])
  expect(endorsersOf(calls[3] as Transaction)).toEqual([])
  await endorsements.prepare(calls)
  expect([asked.length, verifiedHere]).toEqual([1, 0])
})

test('a block without calls asks for nothing', async () => {
  await endorsements.prepare([recordOf(chain, 'a', 'no call')])
  expect(asked).toEqual([])
})

test('a wrong endorsement counts as absent and spoils no other', async () => {
  const [good, mixed, wrong] = [callBy('one', 1), callBy('two', 2, -3), callBy('three', -4)]
  await endorsements.prepare([good, mixed, wrong])
  expect([good, mixed, wrong].map(endorsersOf)).toEqual([[keyOf(1)], [keyOf(2)], []])
  expect(verifiedHere).toBe(0)
})

test('a call that nobody looked at ahead is answered alike, once', () => {
  const calls = [callBy('one', 1), callBy('two', 2, -3), callBy('three', -4)]
  expect(calls.map(endorsersOf)).toEqual([[keyOf(1)], [keyOf(2)], []])
  expect(calls.map(endorsersOf)).toEqual([[keyOf(1)], [keyOf(2)], []])
  expect([asked.length, verifiedHere]).toEqual([0, 4])
})

test('what was verified while it waited is not verified again in the block that brings it', async () => {
  const waiting = callBy('one', 1, -2)
  await endorsements.prepareWaiting([waiting])
  const before = asked.length
  const brought = decodeTransaction(encodeTransaction(waiting))
  await endorsements.prepare([brought])
  expect(endorsersOf(brought)).toEqual([keyOf(1)])
  expect([asked.length, verifiedHere]).toEqual([before, 0])
})

test('endorsements that this node has made are not verified here, in no block that brings them', async () => {
  const call = callBy('a', 1)
  endorsements.vouch(payloadOf(call))
  await endorsements.prepareWaiting([call])
  const brought = decodeTransaction(encodeTransaction(call))
  await endorsements.prepare([brought])
  expect(endorsersOf(brought)).toEqual([keyOf(1)])
  expect(asked).toEqual([])
  expect(verifiedHere).toBe(0)
})

test('where verifying fails for another reason than a wrong signature, that is told', async () => {
  const failing = new Endorsements({ verifyAll: () => Promise.reject(new Error('no thread')), verify })
  await expect(failing.prepare([callBy('one', 1)])).rejects.toThrow('no thread')
})
