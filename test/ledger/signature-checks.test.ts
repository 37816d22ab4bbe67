import { expect, test } from '@jest/globals'
import { bytesToHex } from '@noble/hashes/utils.js'
import { decodeBlock } from '../../src/ledger/decode-block.js'
import { decodeTransaction } from '../../src/ledger/decode-transaction.js'
import type { InvocationPayload } from '../../src/ledger/payload/invocation.js'
import {
  blockSignatureChecks,
  endorsementChecks,
  endorsementMessage,
  signatureChecks,
  signatureMessage,
  verifySignatures,
} from '../../src/ledger/signature-checks.js'
import type { Json } from '../../src/base/json.js'
import {
  changed,
  keyOf,
  ruleBrokenBy,
  type TransactionVector,
  vectorJson,
  vectors,
  verifyEd25519,
} from './fixtures.js'

const { transactions } = vectors('transactions') as { transactions: TransactionVector[] }

test.each(transactions)('TX-22 is kept by $name', ({ transaction, id, signature_message }) => {
  const checks = signatureChecks(decodeTransaction(transaction))
  expect(checks).toHaveLength((transaction['signatures'] as Json[]).length)
  expect(bytesToHex(signatureMessage(id))).toBe(signature_message)
  verifySignatures(checks, verifyEd25519)
})

const json = vectorJson('a transfer that spends from three addresses')

test.each<[string, (string | number)[], Json]>([
  ['another amount', ['outputs', 0, 'amount'], 1],
  ['another recipient', ['outputs', 0, 'address'], keyOf(9).address],
  ['another fee', ['fee'], 2],
  ['another chain', ['chain_id'], '00'.repeat(32)],
  ['another input', ['inputs', 1, 'output_index'], 3],
  ['a flipped bit', ['signatures', 1, 'signature'], '00'.repeat(64)],
])('TX-22 is broken by signatures for %s', (_what, path, value) => {
  const checks = signatureChecks(decodeTransaction(changed(json, path, value)))
  expect(ruleBrokenBy(() => verifySignatures(checks, verifyEd25519))).toBe('TX-22')
})

test('TX-22 is broken by a signature over the bare id', () => {
  const transaction = decodeTransaction(vectorJson('a transfer of one input'))
  const publicKey = transaction.signatures[0]?.publicKey as string
  const signature = keyOf(1).sign(Buffer.from(transaction.id, 'hex'))
  const checks = signatureChecks({ ...transaction, signatures: [{ publicKey, signature }] })
  expect(ruleBrokenBy(() => verifySignatures(checks, verifyEd25519))).toBe('TX-22')
})

test('a block lists the signatures of all its transactions', () => {
  const { blocks } = vectors('blocks') as { blocks: { block: Json }[] }
  const checks = blocks.map(({ block }) => blockSignatureChecks(decodeBlock(block)))
  expect(checks.map((each) => each.length)).toEqual([0, 3])
  verifySignatures(checks.flat(), verifyEd25519)
})

test('endorsements sign the call without its endorsements', () => {
  const vector = transactions.find((each) => each.name === 'an invocation') as TransactionVector
  const call = decodeTransaction(vector.transaction).payload as InvocationPayload
  expect(bytesToHex(endorsementMessage(call))).toBe(vector.endorsement_message)
  expect(endorsementChecks(call)).toHaveLength(2)
  verifySignatures(endorsementChecks(call), verifyEd25519)
  const forged = endorsementChecks({ ...call, writes: [] })
  expect(ruleBrokenBy(() => verifySignatures(forged, verifyEd25519))).toBe('TX-22')
})
