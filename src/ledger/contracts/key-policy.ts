import { ensure } from '../shape.js'
import { utf8Text } from '../text.js'
import { isMspId, type Policy, PolicyBudget, ROLES, type SignedBy } from './policy.js'
import { ProtobufMessage } from './protobuf-message.js'

/** The metadata entry of a key that holds its policy. */
export const VALIDATION_PARAMETER = 'VALIDATION_PARAMETER'

/** The largest policy of a key, in bytes. */
const MAX_BYTES = 2048

const NOTHING = new Uint8Array()

/**
 * Reads what Fabric's libraries write as the policy of a key: a SignaturePolicyEnvelope in protobuf.
 * @throws {RuleError} CON-19
 */
export function decodeKeyPolicy(bytes: Uint8Array): Policy {
  ensure(bytes.length <= MAX_BYTES, 'CON-19', `the policy of a key takes more than ${MAX_BYTES} bytes`)
  const envelope = message(bytes, 1, 2, 3)
  ensure((envelope.number(1) ?? 0) === 0, 'CON-19', 'the policy of a key has a version nobody knows')
  const identities = envelope.list(3).map(decodePrincipal)
  return decodeRule(envelope.bytes(2) ?? NOTHING, identities, new PolicyBudget('CON-19'), 0)
}

function decodeRule(
  bytes: Uint8Array,
  identities: readonly SignedBy[],
  budget: PolicyBudget,
  depth: number,
): Policy {
  budget.take(depth)
  const rule = message(bytes, 1, 2)
  const [signedBy, nOutOf] = [rule.number(1), rule.bytes(2)]
  ensure((signedBy === undefined) !== (nOutOf === undefined), 'CON-19', 'a rule is not of one kind')
  if (nOutOf === undefined) {
    const identity = identities[signedBy ?? 0]
    ensure(identity !== undefined, 'CON-19', 'a rule names an identity that is not there')
    return identity
  }
  const group = message(nOutOf, 1, 2)
  const rules = group.list(2).map((part) => decodeRule(part, identities, budget, depth + 1))
  const nOf = group.number(1) ?? 0
  ensure(nOf <= rules.length, 'CON-19', 'a rule asks for more than there are')
  return { nOf, rules }
}

function decodePrincipal(bytes: Uint8Array): SignedBy {
  const principal = message(bytes, 1, 2)
  ensure((principal.number(1) ?? 0) === 0, 'CON-19', 'an identity is no role')
  const role = message(principal.bytes(2) ?? NOTHING, 1, 2)
  const mspId = utf8Text(role.bytes(1) ?? NOTHING)
  const name = ROLES[role.number(2) ?? 0]
  ensure(isMspId(mspId) && name !== undefined, 'CON-19', 'an identity names no organisation or no role')
  return { mspId, role: name }
}

function message(bytes: Uint8Array, ...known: readonly number[]): ProtobufMessage {
  return new ProtobufMessage(bytes, 'CON-19', known)
}
