import { type KeyObject, sign, verify } from 'node:crypto'
import { hasLowS, withLowS } from './ecdsa-low-s.js'

/** A kind of key that signs calls; every language's contracts can read certificates of these. */
interface SignatureScheme {
  /** As node:crypto names it; undefined for Ed25519. */
  readonly curve: string | undefined
  /** Digests that clients use with it, the usual one first. */
  readonly digests: readonly (string | null)[]
}

const ED25519: SignatureScheme = { curve: undefined, digests: [null] }
const P256: SignatureScheme = { curve: 'prime256v1', digests: ['sha256'] }
/** Fabric's clients hash with SHA-256 unless told otherwise, and their guide tells them SHA-384. */
const P384: SignatureScheme = { curve: 'secp384r1', digests: ['sha256', 'sha384'] }

/** Undefined for keys that are of no use here. */
function schemeOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): SignatureScheme | undefined {
  if (asymmetricKeyType === 'ed25519') return ED25519
  if (asymmetricKeyType !== 'ec') return undefined
  return [P256, P384].find(({ curve }) => curve === asymmetricKeyDetails?.namedCurve)
}

/** Tells whether a signature over a message is by one key. Works on another thread; never rejects. */
export type VerifyMessage = (message: Uint8Array, signature: Uint8Array) => Promise<boolean>

/** Undefined where the key is neither P-256 nor P-384 nor Ed25519. */
export function verifierOf(publicKey: KeyObject): VerifyMessage | undefined {
  const scheme = schemeOf(publicKey)
  if (!scheme) return undefined
  const { curve, digests } = scheme
  return async (message, signature) => {
    if (curve !== undefined && !hasLowS(signature, curve)) return false
    for (const digest of digests) if (await isSignedWith(digest, message, publicKey, signature)) return true
    return false
  }
}

/** Keeps the main thread free: a signature takes as long as the rest of reading a call. */
function isSignedWith(
  digest: string | null,
  message: Uint8Array,
  publicKey: KeyObject,
  signature: Uint8Array,
): Promise<boolean> {
  return new Promise((resolve) => {
    // An error is a signature that cannot even be read.
    verify(digest, message, publicKey, signature, (error, valid) => resolve(error === null && valid))
  })
}

/** Signs as Fabric's clients do: ECDSA in DER with the smaller S, or Ed25519. The key is of a kind {@link verifierOf} knows. */
export function signMessage(privateKey: KeyObject, message: Uint8Array): Uint8Array {
  const { curve, digests } = schemeOf(privateKey) ?? ED25519
  const signature = sign(digests[0], message, privateKey)
  return curve === undefined ? signature : withLowS(signature, curve)
}
