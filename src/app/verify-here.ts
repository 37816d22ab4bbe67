import type { VerifyAll } from '../chain/verify-all.js'
import { verifySignatures } from '../ledger/signature-checks.js'
import { SignatureVerifier } from '../wallet/signature-verifier.js'

/** Verifies signatures on the calling thread: simple, and right where nothing else waits for it. */
export function verifyHere(): VerifyAll {
  const verifier = new SignatureVerifier()
  return async (checks) => {
    await Promise.resolve()
    verifySignatures(checks, (publicKey, message, signature) =>
      verifier.verify(publicKey, message, signature),
    )
  }
}
