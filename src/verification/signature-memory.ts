import { createHash } from 'node:crypto'
import { BoundedSet } from '../base/bounded-set.js'
import type { VerifyAll } from '../chain/verify-all.js'
import type { SignatureCheck } from '../ledger/signature-checks.js'

/** Signatures of pending transactions that are remembered, the oldest forgotten first: about 10 MB. */
const CAPACITY = 100_000

/**
 * Remembers which signatures of pending transactions were found valid, so that the block that brings them need not verify
 * them again. What is remembered is a hash over key, message and signature: the same transaction under another signature
 * is verified anew.
 */
export class SignatureMemory {
  readonly #verify: VerifyAll
  readonly #valid: BoundedSet

  constructor(verify: VerifyAll, capacity = CAPACITY) {
    this.#verify = verify
    this.#valid = new BoundedSet(capacity)
  }

  /** For what may wait for a block: remembers what it finds valid. */
  readonly verifyAndRemember: VerifyAll = async (checks) => {
    const unknown = checks
      .map((check) => ({ check, key: keyOf(check) }))
      .filter(({ key }) => !this.#valid.has(key))
    await this.#verify(unknown.map(({ check }) => check))
    for (const { key } of unknown) this.#valid.add(key)
  }

  /** Signatures that are known to be valid, for this node has made them. */
  readonly remember = (checks: readonly SignatureCheck[]): void => {
    for (const check of checks) this.#valid.add(keyOf(check))
  }

  /** For blocks: verifies only what is not remembered, and remembers nothing. */
  readonly verifyUnknown: VerifyAll = (checks) =>
    this.#verify(this.#valid.size === 0 ? checks : checks.filter((check) => !this.#valid.has(keyOf(check))))
}

function keyOf({ publicKey, message, signature }: SignatureCheck): string {
  // The message has a fixed length and the separators are no hex digits, so no two checks are the same text.
  return createHash('sha256').update(`${publicKey}:${signature}:`).update(message).digest('base64')
}
