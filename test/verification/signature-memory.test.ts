import { expect, test } from '@jest/globals'
import { RuleError } from '../../src/ledger/rule-error.js'
import { type SignatureCheck, verifySignatures } from '../../src/ledger/signature-checks.js'
import { SignatureMemory } from '../../src/verification/signature-memory.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'
import { signedChecks, spoiled } from './signed-checks.js'

function memoryOf(capacity?: number): { memory: SignatureMemory; verified: SignatureCheck[] } {
  const verifier = new SignatureVerifier()
  const verified: SignatureCheck[] = []
  const memory = new SignatureMemory((checks) => {
    verified.push(...checks)
    return new Promise((resolve) => {
      verifySignatures(checks, (...args) => verifier.verify(...args))
      resolve()
    })
  }, capacity)
  return { memory, verified }
}

test('a signature that was found valid in the pool is not verified again with its block', async () => {
  const { memory, verified } = memoryOf()
  const checks = signedChecks(5)
  await memory.verifyAndRemember(checks.slice(0, 3))
  await memory.verifyUnknown(checks)
  expect(verified).toEqual(checks)
  await memory.verifyAndRemember(checks.slice(0, 3))
  expect(verified).toHaveLength(5)
})

test('a signature that this node has made is not verified here at all', async () => {
  const { memory, verified } = memoryOf()
  const [own, other] = signedChecks(2) as [SignatureCheck, SignatureCheck]
  memory.remember([own])
  await memory.verifyAndRemember([own, other])
  expect(verified).toEqual([other])
  await expect(memory.verifyUnknown([spoiled(own)])).rejects.toThrow(RuleError)
})

test('blocks leave nothing behind, so that a long import does not push out what waits', async () => {
  const { memory, verified } = memoryOf()
  const [check] = signedChecks(1) as [SignatureCheck]
  await memory.verifyUnknown([check])
  await memory.verifyUnknown([check])
  expect(verified).toEqual([check, check])
})

test('TX-22: another message, key or signature is another check, whatever is remembered', async () => {
  const { memory } = memoryOf()
  const [good, other] = signedChecks(2) as [SignatureCheck, SignatureCheck]
  await memory.verifyAndRemember([good, other])
  const wrong = [
    spoiled(good),
    { ...good, publicKey: other.publicKey },
    { ...good, signature: other.signature },
    { ...good, signature: good.signature.toUpperCase() },
  ]
  for (const each of wrong) await expect(memory.verifyUnknown([good, each])).rejects.toThrow(RuleError)
})

test('what is wrong is not remembered, nor what came with it', async () => {
  const { memory, verified } = memoryOf()
  const [good, other] = signedChecks(2) as [SignatureCheck, SignatureCheck]
  await expect(memory.verifyAndRemember([good, spoiled(other)])).rejects.toThrow(RuleError)
  await memory.verifyUnknown([good])
  expect(verified).toHaveLength(3)
})

test('the memory is bounded: the oldest is verified again', async () => {
  const { memory, verified } = memoryOf(2)
  const checks = signedChecks(3)
  await memory.verifyAndRemember(checks)
  await memory.verifyUnknown(checks)
  expect(verified).toEqual([...checks, checks[0]])
})
