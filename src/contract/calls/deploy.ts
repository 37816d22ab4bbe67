import { createHash, randomBytes } from 'node:crypto'
import { ApiError } from '../../api/errors.js'
import type { DeployParams } from '../../api/schemas/contract.js'
import type { Json } from '../../base/json.js'
import { type ContractDefinition, decodeDefinition } from '../../ledger/contracts/definition.js'
import { deployment } from '../../ledger/contracts/lifecycle.js'
import { encodePolicy, majorityOf } from '../../ledger/contracts/policy.js'
import type { WorldView } from '../../ledger/world-state.js'
import type { KeyPair } from '../../wallet/keys.js'
import type { CallTransaction } from '../gateway/gateway-calls.js'
import { callTransaction } from './call-transaction.js'
import { collectionJson } from './collection-config.js'
import { policyJson } from './policy-text.js'

/** An organisation that this node is part of. */
export interface HostedOrganisation {
  readonly mspId: string
  /** PEM. */
  readonly rootCertificate: string
}

export interface DeploySurroundings {
  readonly chainId: string
  readonly organisations: readonly HostedOrganisation[]
  readonly keys: KeyPair
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/** The definition that the params stand for, what they leave out filled in. @throws {ApiError} @throws {RuleError} */
export function definitionFor(
  params: DeployParams,
  before: ContractDefinition | undefined,
  { organisations, keys }: DeploySurroundings,
): ContractDefinition {
  requireMayDeploy(params, before, keys)
  const version = params.version ?? '1.0'
  const hosted = organisations.map(({ mspId }) => ({ msp_id: mspId }))
  const parts = (params.organisations ?? hosted).map((each) => organisationJson(each, organisations, keys))
  const mspIds = parts.map(({ msp_id }) => msp_id)
  if (mspIds.length === 0) throw refused('the node hosts no organisation; name those that run the contract')
  const policy = params.endorsement_policy
  return decodeDefinition({
    name: params.name,
    id: params.id ?? `${params.name}:${version}`,
    version,
    sequence: (before?.sequence ?? 0) + 1,
    init_required: params.init_required ?? false,
    organisations: parts,
    endorsement_policy: policy === undefined ? encodePolicy(majorityOf(mspIds)) : policyJson(policy as Json),
    collections: (params.collections ?? []).map((each) => collectionJson(each as Json)),
    owner: keys.address,
  })
}

/** The transaction that puts a definition on the chain, in the state `world`. */
export function deployTransaction(
  world: WorldView,
  definition: ContractDefinition,
  { chainId, organisations, keys, nowMs }: DeploySurroundings,
): CallTransaction {
  const callId = createHash('sha256').update(randomBytes(24)).update(keys.publicKey).digest('hex')
  const mspId = organisations[0]?.mspId ?? definition.organisations[0]?.mspId ?? 'node'
  const creator = { mspId, credentials: keys.publicKey }
  const payload = { ...deployment(world, definition), callId, creator, invoker: keys.address }
  return callTransaction(payload, { chainId, timestamp: nowMs }, keys)
}

function requireMayDeploy(
  { name, sequence }: DeployParams,
  before: ContractDefinition | undefined,
  { address }: KeyPair,
): void {
  const next = (before?.sequence ?? 0) + 1
  if (before && before.owner !== address)
    throw refused(`${name} belongs to ${before.owner}: only its node deploys it anew`, {
      owner: before.owner,
    })
  if (sequence !== undefined && sequence !== next)
    throw refused(`the next sequence of ${name} is ${next}, not ${sequence}`, { sequence: next })
}

function organisationJson(
  { msp_id, endorsers, root_certificates }: NonNullable<DeployParams['organisations']>[number],
  hosted: readonly HostedOrganisation[],
  { publicKey }: KeyPair,
) {
  const own = hosted.find(({ mspId }) => mspId === msp_id)
  return {
    msp_id,
    endorsers: endorsers ?? (own ? [publicKey] : []),
    root_certificates: root_certificates ?? (own ? [own.rootCertificate] : []),
  }
}

function refused(message: string, details: Readonly<Record<string, unknown>> = {}): ApiError {
  return new ApiError('DEPLOYMENT_REFUSED', message, details)
}
