import { type ErrorObject, type ValidateFunction, Ajv } from 'ajv'
import { ApiError } from '../../api/errors.js'
import { LruMap } from '../../wallet/lru-map.js'
import { type ContractMetadata, findFunction, type FunctionMetadata } from './contract-metadata.js'

type Parameter = NonNullable<FunctionMetadata['parameters']>[number]
type Schema = Readonly<Record<string, unknown>>

/** Functions whose parameters are compiled; a contract has a few dozen. */
const COMPILED = 500

/**
 * Arguments in the form that contracts read: texts as they are, all other JSON as JSON text. Held against what the contract
 * says of its functions, where it says anything.
 */
export class CallArguments {
  readonly #validators = new WeakMap<ContractMetadata, LruMap<ValidateFunction>>()

  /** @throws {ApiError} INVALID_PARAMS naming what does not fit */
  encode(
    functionName: string,
    args: readonly unknown[],
    metadata: ContractMetadata | undefined,
  ): readonly Uint8Array[] {
    const parameters = metadata && this.#parametersOf(functionName, metadata)
    if (metadata && parameters) {
      if (args.length !== parameters.length) throw wrongCount(functionName, parameters, args.length)
      for (const [i, parameter] of parameters.entries())
        this.#check(functionName, i, parameter, args[i], metadata)
    }
    return args.map((arg) => Buffer.from(textOf(arg)))
  }

  /** Undefined where the contract takes whatever comes. */
  #parametersOf(functionName: string, metadata: ContractMetadata): readonly Parameter[] | undefined {
    const found = findFunction(metadata, functionName)
    // A contract may answer to functions it does not list (unknownTransaction), so this is for the contract to judge.
    return found?.parameters
  }

  #check(
    functionName: string,
    index: number,
    parameter: Parameter,
    arg: unknown,
    metadata: ContractMetadata,
  ): void {
    const validate = this.#validator(`${functionName}\0${index}`, parameter, metadata)
    const value = readText(textOf(arg), parameter.schema)
    if (validate(value)) return
    const what = `argument ${index + 1} of ${functionName} (${parameter.name})`
    throw new ApiError('INVALID_PARAMS', `${what} ${sentence(validate.errors)}`, { path: `/args/${index}` })
  }

  #validator(key: string, { schema }: Parameter, metadata: ContractMetadata): ValidateFunction {
    let compiled = this.#validators.get(metadata)
    if (!compiled) this.#validators.set(metadata, (compiled = new LruMap(COMPILED)))
    let validate = compiled.get(key)
    if (!validate) {
      validate = compile(schema, metadata)
      compiled.set(key, validate)
    }
    return validate
  }
}

/** What the contract will make of a text. */
function readText(text: string, schema: Schema): unknown {
  if (schema['type'] === 'string') return text
  if (schema['type'] === 'number' || schema['type'] === 'integer') {
    return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text)
  }
  if (schema['type'] === 'boolean') {
    const word = text.trim().toLowerCase()
    return word === 'true' || word === 'false' ? word === 'true' : text
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function textOf(arg: unknown): string {
  return typeof arg === 'string' ? arg : JSON.stringify(arg)
}

/** Accepts what it cannot compile: the contract judges its arguments itself. */
function compile(schema: Schema, metadata: ContractMetadata): ValidateFunction {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: false })
  const components = plain(metadata.components?.schemas ?? {}) as Schema
  try {
    return ajv.compile({ components: { schemas: components }, allOf: [plain(schema) as Schema] })
  } catch {
    return ajv.compile({})
  }
}

/**
 * The schema with every reference to a named one in full: inside named schemas contracts write the bare name, which means
 * something only beside the `$id` of each.
 */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(([key]) => key !== '$id' && key !== 'discriminator')
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? `#/components/schemas/${value.split('/').at(-1) ?? ''}`
        : plain(value),
    ]),
  )
}

function wrongCount(functionName: string, parameters: readonly Parameter[], given: number): ApiError {
  const names = parameters.map(({ name }) => name).join(', ')
  const noun = parameters.length === 1 ? 'argument' : 'arguments'
  const counted = parameters.length === 0 ? 'no arguments' : `${parameters.length} ${noun} (${names})`
  return new ApiError('INVALID_PARAMS', `${functionName} takes ${counted}, not ${given}`, {
    path: '/args',
    expected: parameters.length,
    given,
  })
}

function sentence(errors: readonly ErrorObject[] | null | undefined): string {
  const error = errors?.find(({ keyword }) => keyword !== 'allOf') ?? errors?.[0]
  if (!error) return 'does not fit its schema'
  const at = error.instancePath === '' ? '' : `${error.instancePath.slice(1).replaceAll('/', '.')} `
  return `${at}${error.message ?? 'does not fit its schema'}`
}
