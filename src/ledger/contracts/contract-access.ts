import type { InvocationPayload } from '../payload/invocation.js'
import type { KeyWrite } from '../payload/key-access.js'
import { RuleError } from '../rule-error.js'
import { VALIDATION_CODE, type ValidationCode } from '../validation-code.js'
import type { CallDefinitions } from './definition-memory.js'
import { decodeKeyMetadata } from './key-metadata.js'
import { type ContractNamespace, implicitOrganisation, parseNamespace } from './namespaces.js'

/** Bytes of all definitions that judging one call may take: else small calls would make nodes read without end. */
const MAX_DEFINITIONS_BYTES = 65_536

const HASH = /^[0-9a-f]{64}$/

/** Whether a call of a contract touches only what there is, in the forms it has (CON-14 to CON-19, CON-29). */
export function judgeAccess(call: InvocationPayload, definitions: CallDefinitions): ValidationCode {
  if (!definitions.of(call.contract)) return VALIDATION_CODE.INVALID_CHAINCODE // CON-14
  for (const write of call.writes) {
    const code = judgeWrite(write, definitions)
    if (code !== VALIDATION_CODE.VALID) return code
  }
  for (const { namespace } of [...call.reads, ...call.rangeReads]) {
    const parts = parseNamespace(namespace)
    if (parts?.collection === undefined) continue
    const code = judgePlace(parts, definitions) // CON-16
    if (code !== VALIDATION_CODE.VALID) return code
  }
  return VALIDATION_CODE.VALID
}

function judgeWrite(write: KeyWrite, definitions: CallDefinitions): ValidationCode {
  const parts = parseNamespace(write.namespace)
  if (!parts) return VALIDATION_CODE.INVALID_WRITESET // CON-15
  const code = judgePlace(parts, definitions) // CON-16
  if (code !== VALIDATION_CODE.VALID) return code
  return isInForm(write, parts) ? VALIDATION_CODE.VALID : VALIDATION_CODE.INVALID_WRITESET
}

function judgePlace(
  { contract, collection }: ContractNamespace,
  definitions: CallDefinitions,
): ValidationCode {
  const definition = definitions.of(contract)
  if (!definition) return VALIDATION_CODE.INVALID_CHAINCODE
  if (definitions.bytes > MAX_DEFINITIONS_BYTES) return VALIDATION_CODE.INVALID_WRITESET // CON-29
  if (collection === undefined || implicitOrganisation(collection) !== undefined) return VALIDATION_CODE.VALID
  const isDefined = definition.collections.some(({ name }) => name === collection)
  return isDefined ? VALIDATION_CODE.VALID : VALIDATION_CODE.INVALID_WRITESET
}

function isInForm({ key, value }: KeyWrite, { collection, isMetadata }: ContractNamespace): boolean {
  if (collection !== undefined && !HASH.test(key)) return false // CON-17
  if (value === null) return true
  if (!isMetadata) return collection === undefined || ('hex' in value && HASH.test(value.hex)) // CON-17
  try {
    decodeKeyMetadata(value)
    return true
  } catch (error) {
    if (error instanceof RuleError) return false
    throw error
  }
}
