import { assert } from '../base/errors.js'
import type { SignatureCheck } from '../ledger/signature-checks.js'

const KEY_BYTES = 32
const MESSAGE_BYTES = 32
const SIGNATURE_BYTES = 64
const SIGNATURE_AT = KEY_BYTES + MESSAGE_BYTES

/** Bytes of one packed check: public key 32, message 32, signature 64. */
export const CHECK_BYTES = SIGNATURE_AT + SIGNATURE_BYTES

const KEY = /^[0-9a-f]{64}$/
const SIGNATURE = /^[0-9a-f]{128}$/

/**
 * Checks as bytes in a buffer of their own, to be handed to another thread without a copy. Bytes cannot show that a key or
 * a signature was no lower-case hex of its length: such a check stays zero, a key of small order that no verifier takes.
 */
export function packChecks(checks: readonly SignatureCheck[]): ArrayBuffer {
  const buffer = new ArrayBuffer(checks.length * CHECK_BYTES)
  const bytes = Buffer.from(buffer)
  for (const [i, { publicKey, message, signature }] of checks.entries()) {
    assert(message.length === MESSAGE_BYTES, 'a signed message has 32 bytes')
    if (!KEY.test(publicKey) || !SIGNATURE.test(signature)) continue
    const at = i * CHECK_BYTES
    bytes.write(publicKey, at, 'hex')
    bytes.set(message, at + KEY_BYTES)
    bytes.write(signature, at + SIGNATURE_AT, 'hex')
  }
  return buffer
}

/** The checks that {@link packChecks} packed; their messages are views into `buffer`. */
export function* unpackChecks(buffer: ArrayBuffer): Generator<SignatureCheck> {
  const bytes = Buffer.from(buffer)
  for (let at = 0; at < bytes.length; at += CHECK_BYTES) {
    yield {
      publicKey: bytes.toString('hex', at, at + KEY_BYTES),
      message: bytes.subarray(at + KEY_BYTES, at + SIGNATURE_AT),
      signature: bytes.toString('hex', at + SIGNATURE_AT, at + CHECK_BYTES),
    }
  }
}
