import { scrypt } from 'node:crypto'

/** Block size and parallelism of scrypt, fixed by version 1 of the wallet file. */
export const SCRYPT_R = 8
export const SCRYPT_P = 1

/** The usual cost: 128 MiB and a good third of a second. Little for the owner, much for who tries a dictionary. */
export const DEFAULT_SCRYPT_N = 2 ** 17

/** The cost that a file from a stranger may put on us: 256 MiB. */
const MAX_SCRYPT_N = 2 ** 18

const KEY_BYTES = 32

/** Whether `n` can be a cost of scrypt and is one worth paying. */
export function isScryptN(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 2 && n <= MAX_SCRYPT_N && Math.log2(n) % 1 === 0
}

/** The 32-byte key of a passphrase. Worked out on the thread pool, so the event loop goes on. */
export function deriveFileKey(passphrase: string, salt: Uint8Array, n: number): Promise<Buffer> {
  // Another keyboard may compose the same letters differently.
  const password = passphrase.normalize('NFKC')
  const options = { N: n, r: SCRYPT_R, p: SCRYPT_P, maxmem: scryptMemory(n) }
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, options, (error, key) => {
      if (error) reject(error)
      else resolve(key)
    })
  })
}

/** What OpenSSL counts against its limit. */
function scryptMemory(n: number): number {
  return 128 * SCRYPT_R * (n + 2 + SCRYPT_P)
}
