import { Endorsements } from '../chain/endorsements.js'
import type { VerifyAll } from '../chain/verify-all.js'
import { SignatureVerifier } from '../wallet/signature-verifier.js'

/** Endorsements that are verified by `verifyAll` ahead, and on the calling thread where they were not. */
export function chainEndorsements(verifyAll: VerifyAll): Endorsements {
  const verifier = new SignatureVerifier()
  return new Endorsements({
    verifyAll,
    verify: (publicKey, message, signature) => verifier.verify(publicKey, message, signature),
  })
}
