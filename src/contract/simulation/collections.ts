import { StateRequestError } from './state-requests.js'

/** Who is a member of a collection: an organisation in some role, or so many of several rules. */
export type MemberPolicy =
  | { readonly mspId: string; readonly role: string }
  | { readonly nOf: number; readonly rules: readonly MemberPolicy[] }

/** A private collection as its contract's definition has it. */
export interface Collection {
  readonly name: string
  readonly memberPolicy: MemberPolicy
  /** Whether only callers of a member organisation may read. */
  readonly memberOnlyRead: boolean
  readonly memberOnlyWrite: boolean
}

/** Contracts as they are deployed. */
export interface Definitions {
  /** Undefined or empty where the contract has no collections of its own. */
  collections(contract: string): readonly Collection[] | undefined
}

const IMPLICIT_PREFIX = '_implicit_org_'

/**
 * The collection of this name. Each organisation has one of its own without any definition; values in it are for that
 * organisation to read.
 * @throws {StateRequestError}
 */
export function collectionOf(definitions: Definitions, contract: string, name: string): Collection {
  if (name.startsWith(IMPLICIT_PREFIX) && name.length > IMPLICIT_PREFIX.length)
    return implicitCollection(name)
  const collections = definitions.collections(contract) ?? []
  if (collections.length === 0) {
    const hint = 'pass the collection configuration upon chaincode definition/instantiation'
    throw new StateRequestError(`collection config not defined for chaincode [${contract}], ${hint}`)
  }
  const found = collections.find((collection) => collection.name === name)
  if (found) return found
  throw new StateRequestError(
    `collection [${name}] not defined in the collection config for chaincode [${contract}]`,
  )
}

/** Whether a caller of this organisation alone satisfies the policy, whatever his role: clients are what calls. */
export function isMember(policy: MemberPolicy, mspId: string): boolean {
  if (!('nOf' in policy)) return policy.mspId === mspId
  return policy.rules.filter((rule) => isMember(rule, mspId)).length >= policy.nOf
}

function implicitCollection(name: string): Collection {
  const mspId = name.slice(IMPLICIT_PREFIX.length)
  return { name, memberPolicy: { mspId, role: 'MEMBER' }, memberOnlyRead: true, memberOnlyWrite: false }
}
