import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'

const MESSAGES = 64

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const signed = Array.from({ length: MESSAGES }, () => {
  const message = randomBytes(32)
  return { message, signature: sign(null, message, privateKey) }
})

export const RAW_VERIFY = 'Ed25519 verifies of node:crypto on one thread'

/** Verifies so many signatures with a key that is imported already, and does nothing else. */
export function verifyRaw(count: number): void {
  for (let i = 0; i < count; i++) {
    const { message, signature } = signed[i % MESSAGES] as (typeof signed)[number]
    if (!verify(null, message, publicKey, signature)) throw new Error('a signature is wrong')
  }
}

/** Verifies a second. */
export function rawVerifyRate(count = 5000): number {
  const start = performance.now()
  verifyRaw(count)
  return (1000 * count) / (performance.now() - start)
}
