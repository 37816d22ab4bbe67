import { ApiError } from '../../api/errors.js'
import type { Json } from '../../base/json.js'
import { policyJson } from './policy-text.js'

type Members = Readonly<Record<string, Json>>

/**
 * A private collection as the chain has it, from that very JSON or from an entry of the collections file that Fabric's
 * tools take (name, policy, blockToLive, memberOnlyRead, memberOnlyWrite, endorsementPolicy). Values go to the node's own
 * store, so requiredPeerCount and maxPeerCount say nothing here. @throws {ApiError} INVALID_PARAMS
 */
export function collectionJson(json: Json): Json {
  const given = membersOf(json)
  if ('member_policy' in given) return withDefaults(given)
  const { name, policy, blockToLive, memberOnlyRead, memberOnlyWrite, endorsementPolicy } = given
  if (policy === undefined)
    throw new ApiError('INVALID_PARAMS', `collection ${JSON.stringify(name)} has no policy`)
  return {
    name: name ?? '',
    member_policy: policyJson(policy),
    member_only_read: memberOnlyRead ?? false,
    member_only_write: memberOnlyWrite ?? false,
    block_to_live: blockToLive ?? 0,
    ...(endorsementPolicy === undefined ? {} : { endorsement_policy: signaturePolicy(endorsementPolicy) }),
  }
}

function withDefaults(given: Members): Json {
  const { member_policy: members = '', endorsement_policy: endorsement, ...rest } = given
  return {
    member_only_read: false,
    member_only_write: false,
    block_to_live: 0,
    ...rest,
    member_policy: policyJson(members),
    ...(endorsement === undefined ? {} : { endorsement_policy: policyJson(endorsement) }),
  }
}

function signaturePolicy(json: Json): Json {
  const { signaturePolicy: policy } = membersOf(json)
  if (policy === undefined)
    throw new ApiError('INVALID_PARAMS', 'an endorsementPolicy of a collection is a signaturePolicy here')
  return policyJson(policy)
}

function membersOf(json: Json): Members {
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Members
  throw new ApiError('INVALID_PARAMS', 'a collection is a JSON object')
}
