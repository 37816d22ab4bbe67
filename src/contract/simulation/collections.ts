import type { Collection } from '../../ledger/contracts/definition.js'
import { implicitOrganisation } from '../../ledger/contracts/namespaces.js'
import type { Policy } from '../../ledger/contracts/policy.js'
import { StateRequestError } from './state-requests.js'

/** What a simulation has to know of a private collection. */
export type MemberCollection = Pick<
  Collection,
  'name' | 'memberPolicy' | 'memberOnlyRead' | 'memberOnlyWrite' | 'blockToLive'
>

/** Contracts as they are deployed in the state that a call sees. */
export interface Definitions {
  /** Undefined or empty where the contract has no collections of its own. */
  collections(contract: string): readonly MemberCollection[] | undefined
}

/**
 * The collection of this name. Each organisation has one of its own without any definition; values in it are for that
 * organisation to read.
 * @throws {StateRequestError}
 */
export function collectionOf(definitions: Definitions, contract: string, name: string): MemberCollection {
  const mspId = implicitOrganisation(name)
  if (mspId) return implicitCollection(name, mspId)
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
export function isMember(policy: Policy, mspId: string): boolean {
  if (!('nOf' in policy)) return policy.mspId === mspId
  return policy.rules.filter((rule) => isMember(rule, mspId)).length >= policy.nOf
}

function implicitCollection(name: string, mspId: string): MemberCollection {
  const memberPolicy = { mspId, role: 'MEMBER' } as const
  return { name, memberPolicy, memberOnlyRead: true, memberOnlyWrite: false, blockToLive: 0 }
}
