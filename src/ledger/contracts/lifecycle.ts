import type { InvocationPayload } from '../payload/invocation.js'
import type { KeyWrite } from '../payload/key-access.js'
import { RuleError } from '../rule-error.js'
import { VALIDATION_CODE, type ValidationCode } from '../validation-code.js'
import type { WorldView } from '../world-state.js'
import {
  type ContractDefinition,
  definitionKey,
  definitionText,
  readDefinition,
  readDefinitionText,
} from './definition.js'
import { LIFECYCLE } from './namespaces.js'

/** What of a call says that it deploys a contract. */
export type Deployment = Pick<
  InvocationPayload,
  'kind' | 'contract' | 'args' | 'reads' | 'rangeReads' | 'writes' | 'response' | 'endorsements'
>

/**
 * The call that gives a name this definition, under the next sequence, in the state `world`. What it lacks is who calls,
 * and the call's id. It needs no endorsement; the invoker has to be the owner of the definition there is, or of this one
 * where it is the first. @throws {RuleError} when it is no definition that the chain takes
 */
export function deployment(world: WorldView, definition: Omit<ContractDefinition, 'sequence'>): Deployment {
  const key = definitionKey(definition.name)
  const before = world.worldValue(LIFECYCLE, key)
  const sequence = (readDefinition(world, definition.name)?.sequence ?? 0) + 1
  const text = definitionText({ ...definition, sequence })
  readDefinitionText(text)
  return {
    kind: 'invocation',
    contract: LIFECYCLE,
    args: [{ text: 'deploy' }, { text: definition.name }],
    reads: [{ namespace: LIFECYCLE, key, version: before?.version ?? null }],
    rangeReads: [],
    writes: [{ namespace: LIFECYCLE, key, value: { text } }],
    response: { status: 200, message: '', payload: { text: '' } },
    endorsements: [],
  }
}

/** Whether a call of the system contract `_lifecycle` may do what it does (CON-10 to CON-13). */
export function judgeDeployment(call: InvocationPayload, world: WorldView): ValidationCode {
  const definition = deployedBy(call.writes)
  if (!definition) return VALIDATION_CODE.INVALID_WRITESET
  const before = readDefinition(world, definition.name)
  if (call.invoker !== (before ?? definition).owner) return VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE
  const isNext = definition.sequence === (before?.sequence ?? 0) + 1
  return isNext ? VALIDATION_CODE.VALID : VALIDATION_CODE.INVALID_OTHER_REASON
}

/** The definition that is the one thing these writes leave (CON-10). */
function deployedBy([write, ...others]: readonly KeyWrite[]): ContractDefinition | undefined {
  if (!write || others.length > 0) return undefined
  const { namespace, key, value } = write
  if (namespace !== LIFECYCLE || value === null || !('text' in value)) return undefined
  try {
    const definition = readDefinitionText(value.text)
    return key === definitionKey(definition.name) ? definition : undefined
  } catch (error) {
    if (error instanceof RuleError) return undefined
    throw error
  }
}
