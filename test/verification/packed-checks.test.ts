import { expect, test } from '@jest/globals'
import { CHECK_BYTES, packChecks, unpackChecks } from '../../src/verification/packed-checks.js'
import { SignatureVerifier } from '../../src/wallet/signature-verifier.js'
import { signedChecks } from './signed-checks.js'

const plain = (checks: Iterable<{ publicKey: string; message: Uint8Array; signature: string }>) =>
  [...checks].map(({ publicKey, message, signature }) => [publicKey, [...message], signature])

test('checks come out of their bytes as they went in', () => {
  const checks = signedChecks(5)
  const packed = packChecks(checks)
  expect(packed.byteLength).toBe(5 * CHECK_BYTES)
  expect(plain(unpackChecks(packed))).toEqual(plain(checks))
})

test('a check whose hex is malformed is refused after the journey as before it', () => {
  const verifier = new SignatureVerifier()
  const [good, ...rest] = signedChecks(5)
  if (!good) throw new Error('there is a check')
  const malformed = [
    { ...good, publicKey: good.publicKey.toUpperCase().replace(/^./, 'A') },
    { ...good, publicKey: good.publicKey.slice(2) },
    { ...good, signature: `${good.signature}00` },
    { ...good, signature: good.signature.replace(/..$/, 'zz') },
  ]
  const arrived = [...unpackChecks(packChecks([...malformed, ...rest]))]
  const answers = arrived.map((each) => verifier.verify(each.publicKey, each.message, each.signature))
  expect(answers).toEqual([false, false, false, false, true, true, true, true])
})
