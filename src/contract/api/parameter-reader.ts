import type { ErrorObject, ValidateFunction } from 'ajv'
import { Ajv } from 'ajv'
import type { ParameterDescription, TransactionDescription } from './decorated.js'
import type { Serializer } from './json-serializer.js'
import { JSONSerializer } from './json-serializer.js'
import type { ObjectSchemas, Schema, ValueSchema } from './schema.js'

interface Reader {
  readonly schema: ValueSchema
  /** Undefined where every value the serializer makes is valid. */
  readonly validate: ValidateFunction | undefined
}

/** Makes the arguments of one transaction function from what was sent. */
export class ParameterReader {
  readonly #parameters: readonly ParameterDescription[] | undefined
  readonly #required: number
  readonly #serializer: Serializer
  readonly #schemas: ObjectSchemas
  readonly #readers: Reader[] = []

  constructor({ parameters }: TransactionDescription, serializer: Serializer, schemas: ObjectSchemas) {
    this.#parameters = parameters
    this.#required = parameters ? requiredCount(parameters) : 0
    this.#serializer = serializer
    this.#schemas = schemas
  }

  /** @throws {Error} for too few or too many, and for what is not of its type */
  read(args: readonly Buffer[], loggerPrefix: string): unknown[] {
    const parameters = this.#parameters
    if (!parameters) return args.map((arg) => arg.toString())
    if (args.length > parameters.length || args.length < this.#required) {
      throw new Error(`Expected ${parameters.length} parameters, but ${args.length} have been supplied`)
    }
    return args.map((arg, index) => this.#readOne(index, arg, loggerPrefix))
  }

  #readOne(index: number, arg: Buffer, loggerPrefix: string): unknown {
    const { schema, validate } = this.#reader(index)
    const { value, validateData } = this.#serializer.fromBuffer(arg, schema, loggerPrefix)
    if (validate && !validate({ prop: validateData ?? value })) {
      const causes = (validate.errors ?? []).map(causeText)
      throw new Error(`Unable to validate parameter due to ${JSON.stringify(causes)}`)
    }
    return value
  }

  /** Made at first use: a type that does not exist fails the calls that need it, and no others. */
  #reader(index: number): Reader {
    const known = this.#readers[index]
    if (known) return known
    const prop = this.#parameters?.[index]?.schema ?? {}
    if (!prop.type && !prop.$ref) throw new Error(`Incorrect type information ${JSON.stringify(prop)}`)
    const schema = { properties: { prop }, components: { schemas: this.#schemas } }
    const reader = { schema, validate: this.#needsValidation(prop) ? compile(schema) : undefined }
    this.#readers[index] = reader
    return reader
  }

  /** The plain types are what our own serializer makes of them, or it throws. */
  #needsValidation(schema: Schema): boolean {
    const isPlain = Object.keys(schema).length === 1 && PLAIN_TYPES.has(schema.type ?? '')
    return !(isPlain && this.#serializer.fromBuffer === JSONSerializer.prototype.fromBuffer)
  }
}

const PLAIN_TYPES: ReadonlySet<string> = new Set(['string', 'number', 'boolean'])

/** Those that may be left out are the last ones. */
function requiredCount(parameters: readonly ParameterDescription[]): number {
  return parameters.map(({ required }) => required !== false).lastIndexOf(true) + 1
}

function compile(schema: ValueSchema): ValidateFunction {
  // Classes have no place in a schema.
  const plain = JSON.parse(JSON.stringify(schema)) as object
  const ajv = new Ajv({
    useDefaults: true,
    allErrors: true,
    strict: false,
    validateSchema: false,
    logger: false,
  })
  try {
    return ajv.compile(plain)
  } catch (error) {
    if (error instanceof Ajv.MissingRefError) throw new Error(missingType(error.message), { cause: error })
    throw error
  }
}

/** Our validator calls the whole schema '', the one of Fabric '#'. */
const missingType = (message: string): string => (message.endsWith(' id ') ? `${message}#` : message)

/** In the words of the validator that Fabric has: clients see them. */
function causeText({ keyword, message = '', params }: ErrorObject): string {
  const { limit, propertyName } = params as { limit?: number; propertyName?: string }
  switch (keyword) {
    case 'maxLength':
      return `should NOT be longer than ${limit} characters`
    case 'minLength':
      return `should NOT be shorter than ${limit} characters`
    case 'anyOf':
      return 'should match some schema in anyOf'
    case 'contains':
      return 'should contain a valid item'
    case 'propertyNames':
      return `property name '${propertyName}' is invalid`
    default:
      return message.replace(/^must /, 'should ')
  }
}
