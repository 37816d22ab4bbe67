import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { SignatureCheck } from '../../src/ledger/signature-checks.js'

interface TestKey {
  readonly publicKey: string
  readonly privateKey: KeyObject
}

const SPKI_PREFIX_BYTES = 12

const keys: readonly TestKey[] = Array.from({ length: 10 }, () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const der = publicKey.export({ format: 'der', type: 'spki' })
  return { publicKey: der.subarray(SPKI_PREFIX_BYTES).toString('hex'), privateKey }
})

/** Valid checks, by ten keys in turn. */
export function signedChecks(count: number): SignatureCheck[] {
  return Array.from({ length: count }, (_, i) => {
    const { publicKey, privateKey } = keys[i % keys.length] as TestKey
    const message = randomBytes(32)
    return { publicKey, message, signature: sign(null, message, privateKey).toString('hex') }
  })
}

/** The same check over another message, which its signature does not cover. */
export function spoiled(check: SignatureCheck): SignatureCheck {
  return { ...check, message: randomBytes(32) }
}
