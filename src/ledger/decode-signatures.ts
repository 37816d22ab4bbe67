import type { Json } from '../base/json.js'
import { hexOf, listOf, membersOf, requireAscending } from './shape.js'
import type { Signature } from './signature.js'

/** A list of signatures sorted by public key; breaks `shapeRule` or `orderRule`. */
export function decodeSignatures(json: Json, shapeRule: string, orderRule: string): readonly Signature[] {
  const signatures = listOf(json, shapeRule, 'signatures', (item) => decodeSignature(item, shapeRule))
  requireAscending(signatures, orderRule, 'signatures', byPublicKey)
  return signatures
}

function decodeSignature(json: Json, rule: string): Signature {
  const { public_key, signature } = membersOf(json, rule, 'signature', ['public_key', 'signature'])
  return {
    publicKey: hexOf(public_key, rule, 'public_key', 64),
    signature: hexOf(signature, rule, 'signature', 128),
  }
}

function byPublicKey(a: Signature, b: Signature): number {
  if (a.publicKey === b.publicKey) return 0
  return a.publicKey < b.publicKey ? -1 : 1
}
