import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import { busError } from '../bus-error.js'
import type { ParameterInfo } from '../host/offered-method.js'
import type { JsonObject } from '../wire/read-scalar.js'
import { numericValue, readRange } from '../wire/subscription-range.js'

const MAX_PATTERN_LENGTH = 512
const MAX_MATCHED_LENGTH = 4_096

/** Names that programs give to whole numbers. */
const WHOLE_NUMBERS = new Set([
  'byte',
  'short',
  'int',
  'integer',
  'long',
  'biginteger',
  'uint',
  'int64',
  'uint64',
])

/** Throws a BusError when the parameters are not those a method takes. */
export type ParameterCheck = (params: JsonObject) => void

/** Builds the check from what a module registered; do this once per registration. */
export function parameterCheck(parameters: readonly ParameterInfo[]): ParameterCheck {
  const checked = parameters.filter(({ name }) => name !== '')
  if (checked.length === 0) return () => undefined
  const validate = newAjv().compile({
    type: 'object',
    required: checked.filter(({ isRequired }) => isRequired).map(({ name }) => name),
    properties: Object.fromEntries(checked.map((parameter) => [parameter.name, schemaOf(parameter)])),
  })
  return (params) => {
    if (!validate(withoutNulls(params))) throw busError('BAD_MESSAGE', faultOf(validate))
  }
}

/** The rules that the protocol has and JSON Schema has not: values may be numbers, or decimals as text. */
function newAjv(): Ajv2020 {
  return new Ajv2020({ strict: false })
    .addKeyword({ keyword: 'isWhole', validate: (_: true, value: unknown) => isWhole(value), errors: false })
    .addKeyword({ keyword: 'inRange', compile: inRange, errors: false })
    .addKeyword({ keyword: 'matches', compile: matches, errors: false })
}

function schemaOf({ type, range, pattern }: ParameterInfo): object {
  return {
    ...(WHOLE_NUMBERS.has(type.toLowerCase()) ? { isWhole: true } : {}),
    ...(range === '' ? {} : { inRange: range }),
    ...(pattern === '' ? {} : { matches: pattern }),
  }
}

/** A range that cannot be read checks nothing: real listings hold such. */
function inRange(range: string): (value: unknown) => boolean {
  const passes = readRange(range)
  if (!passes) return () => true
  return (value) => {
    const decimal = typeof value === 'object' ? undefined : numericValue(value)
    return decimal !== undefined && passes(decimal)
  }
}

/** The whole value must match. A pattern of another language that we cannot read checks nothing. */
function matches(pattern: string): (value: unknown) => boolean {
  const expression = pattern.length > MAX_PATTERN_LENGTH ? undefined : readPattern(pattern)
  if (!expression) return () => true
  return (value) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return text.length <= MAX_MATCHED_LENGTH && expression.test(text)
  }
}

function readPattern(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u')
  } catch {
    return undefined
  }
}

function isWhole(value: unknown): boolean {
  return typeof value === 'number'
    ? Number.isInteger(value)
    : typeof value === 'string' && /^[+-]?\d+$/.test(value)
}

function withoutNulls(params: JsonObject): JsonObject {
  return Object.values(params).includes(null)
    ? Object.fromEntries(Object.entries(params).filter(([, value]) => value !== null))
    : params
}

/** In the words that other managers use. */
function faultOf({ errors }: ValidateFunction): string {
  const [error] = errors ?? []
  if (!error) return 'Param wrong format'
  if (error.keyword === 'required')
    return `Param null:${(error.params as { missingProperty: string }).missingProperty}`
  return `Param wrong ${error.keyword === 'inRange' ? 'range' : 'format'}:${nameIn(error)}`
}

function nameIn({ instancePath }: ErrorObject): string {
  return instancePath.slice(1).replaceAll('~1', '/').replaceAll('~0', '~')
}
