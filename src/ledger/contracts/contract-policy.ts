import type { EndorsementPolicy } from '../judge-call.js'
import type { InvocationPayload } from '../payload/invocation.js'
import type { KeyWrite } from '../payload/key-access.js'
import { VALIDATION_CODE, type ValidationCode } from '../validation-code.js'
import type { WorldView } from '../world-state.js'
import { judgeAccess } from './contract-access.js'
import type { ContractDefinition } from './definition.js'
import { CallDefinitions, DefinitionMemory } from './definition-memory.js'
import { keyPolicy } from './key-metadata.js'
import { judgeDeployment } from './lifecycle.js'
import { describedNamespace, implicitOrganisation, LIFECYCLE, parseNamespace } from './namespaces.js'
import { isSatisfied, type Policy } from './policy.js'

/** The public keys whose endorsements of a call are valid signatures. Must depend on the call alone. */
export type EndorsersOf = (call: InvocationPayload) => ReadonlySet<string>

/** The policy of the chain: calls are judged by the contracts deployed in the state they meet (docs/spec/contracts.md). */
export function contractPolicy(endorsersOf: EndorsersOf): EndorsementPolicy {
  const memory = new DefinitionMemory()
  return (call, world) => {
    if (call.contract === LIFECYCLE) return judgeDeployment(call, world)
    const definitions = new CallDefinitions(memory, world)
    const access = judgeAccess(call, definitions)
    if (access !== VALIDATION_CODE.VALID) return access
    return judgeEndorsements(call, world, definitions, endorsersOf)
  }
}

function judgeEndorsements(
  call: InvocationPayload,
  world: WorldView,
  definitions: CallDefinitions,
  endorsersOf: EndorsersOf,
): ValidationCode {
  const needed = neededPolicies(call, world, definitions)
  const endorsers = endorsersOf(call)
  for (const [policy, definition] of needed) {
    if (!isSatisfied(policy, vouching(definition, endorsers)))
      return VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE
  }
  return VALIDATION_CODE.VALID
}

/** All policies that the call has to satisfy, with the definition that says whose keys endorse (CON-22, CON-23). */
function neededPolicies(
  call: InvocationPayload,
  world: WorldView,
  definitions: CallDefinitions,
): ReadonlyMap<Policy, ContractDefinition> {
  const needed = new Map<Policy, ContractDefinition>()
  let writesItsOwn = false
  for (const write of call.writes) {
    const parts = parseNamespace(write.namespace)
    const definition = parts && definitions.of(parts.contract)
    if (!definition) continue
    writesItsOwn ||= parts.contract === call.contract
    needed.set(policyOf(write, parts.collection, definition, world), definition)
  }
  const own = writesItsOwn ? undefined : definitions.of(call.contract)
  if (own) needed.set(own.endorsementPolicy, own)
  return needed
}

/** The key's own, as it stood before the call; else the collection's; else the contract's. */
function policyOf(
  { namespace, key }: KeyWrite,
  collection: string | undefined,
  definition: ContractDefinition,
  world: WorldView,
): Policy {
  const own = keyPolicy(world, describedNamespace(namespace) ?? namespace, key)
  if (own) return own
  const mspId = collection === undefined ? undefined : implicitOrganisation(collection)
  if (mspId !== undefined) return { mspId, role: 'MEMBER' }
  const found = definition.collections.find(({ name }) => name === collection)
  return found?.endorsementPolicy ?? definition.endorsementPolicy
}

/** The organisations that one of these endorsers stands for (CON-20). */
function vouching(
  { organisations }: ContractDefinition,
  endorsers: ReadonlySet<string>,
): ReadonlySet<string> {
  const vouched = new Set<string>()
  for (const { mspId, endorsers: keys } of organisations) {
    if (keys.some((key) => endorsers.has(key))) vouched.add(mspId)
  }
  return vouched
}
