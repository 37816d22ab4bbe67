import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import type { TSchema } from '@sinclair/typebox'
import { canonicalIp } from '../base/ip.js'
import { isCoins } from '../ledger/amount-of-coins.js'

// Neither coerceTypes nor useDefaults: both rewrite what the caller sent (null would become 0).
// The schemas are ours, so they are not held against the schema of schemas; and the code is not tidied for readers: both
// take longer than compiling the schemas does.
const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  allErrors: false,
  allowUnionTypes: true,
  verbose: true,
  meta: false,
  validateSchema: false,
  code: { optimize: false },
})
  .addFormat('ip', { type: 'string', validate: (text: string) => canonicalIp(text) !== undefined })
  .addFormat('coins', { type: 'number', validate: isCoins })

/** Checks a value against its schema: undefined when it fits, else one readable sentence and the path of the fault. */
export type Validator = (value: unknown) => Fault | undefined

export interface Fault {
  readonly message: string
  /** JSON pointer of the value at fault. */
  readonly path: string
}

/**
 * The validator of a schema; make it once, when a table is built. It compiles itself when it is first used: a node has
 * many schemas, needs few of them to start, and should answer at once.
 */
export function compile(schema: TSchema): Validator {
  let validate: ValidateFunction | undefined
  return (value) => {
    validate ??= ajv.compile(schema)
    return validate(value) ? undefined : faultOf(validate.errors ?? [])
  }
}

function faultOf(errors: readonly ErrorObject[]): Fault {
  const error = errors.at(-1)
  if (!error) return { message: 'does not fit its schema', path: '' }
  const path = error.instancePath
  return { message: `${nameOf(path)} ${sentence(error)}`, path }
}

function nameOf(path: string): string {
  return path === '' ? 'the request' : path.slice(1).replaceAll('/', '.')
}

function sentence(error: ErrorObject): string {
  const params = error.params as Record<string, unknown>
  switch (error.keyword) {
    case 'additionalProperties':
      return `has an unknown key ${JSON.stringify(params['additionalProperty'])}`
    case 'required':
      return `lacks the key ${JSON.stringify(params['missingProperty'])}`
    case 'dependentRequired':
      return `lacks the key ${JSON.stringify(params['missingProperty'])}`
    case 'format':
      return FORMAT_TEXTS[String(params['format'])] ?? error.message ?? 'has the wrong form'
    case 'anyOf':
      return `must be ${alternatives(error.schema)}`
    default:
      return error.message ?? 'does not fit its schema'
  }
}

const FORMAT_TEXTS: Readonly<Record<string, string>> = {
  ip: 'must be a literal IPv4 or IPv6 address, such as 127.0.0.1 or ::1',
  coins: 'must have at most eight decimals',
}

function alternatives(schema: unknown): string {
  if (!Array.isArray(schema)) return 'one of its alternatives'
  return (schema as { const?: unknown; type?: string; description?: string }[])
    .map(
      (one) =>
        one.description ?? (one.const === undefined ? `a ${one.type ?? 'value'}` : JSON.stringify(one.const)),
    )
    .join(' or ')
}
