import type { Json } from '../base/json.js'

export interface Signature {
  /** Ed25519, 64 hex digits. */
  readonly publicKey: string
  /** Ed25519, 128 hex digits. */
  readonly signature: string
}

/**
 * Whether `signature` (128 hex digits) over `message` is valid for `publicKey` (64 hex digits): Ed25519 of RFC 8032.
 * False, never an exception, for a key that is no point of the curve.
 */
export type VerifySignature = (publicKey: string, message: Uint8Array, signature: string) => boolean

export function encodeSignature({ publicKey, signature }: Signature): Json {
  return { public_key: publicKey, signature }
}

/** The order of the group that Ed25519 signs in, as 64 hex digits: S counts modulo this number. */
const GROUP_ORDER = '1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed'

/**
 * Whether the signature's second half S is the one below the group order. S plus the order would satisfy a lenient
 * verifier as well, and so give anybody a second spelling of somebody's signature.
 */
export function hasCanonicalS(signature: string): boolean {
  // S is little-endian: its last byte decides but for one case in 2^124.
  const top = signature.slice(-2)
  if (top !== '10') return top < '10'
  const bytes = signature.slice(64).match(/../g) ?? []
  return bytes.reverse().join('') < GROUP_ORDER
}
