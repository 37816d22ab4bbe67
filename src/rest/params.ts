import type { TSchema } from '@sinclair/typebox'
import type { Request } from 'express'
import { ApiError } from '../api/errors.js'

/** Turns the text of a path segment or a query value into what the schema admits. */
type Reader = (text: unknown) => unknown

/** Takes the texts of the path's parameters in their order. */
export type ParamsReader = (request: Request, pathValues: readonly string[]) => unknown

/** Collects the flat params of one method from path, body and query; where they name the same key, in this order of rank. */
export function paramsReader(
  schema: TSchema,
  pathParams: readonly string[],
  takesQuery: boolean,
): ParamsReader {
  const properties = (schema['properties'] ?? {}) as Record<string, TSchema>
  const readers = new Map(Object.entries(properties).map(([key, property]) => [key, readerFor(property)]))
  const read = (key: string, value: unknown): unknown => readers.get(key)?.(value) ?? value
  return (request, pathValues) => {
    const params: Record<string, unknown> = {}
    if (request.url.includes('?')) {
      if (!takesQuery) throw new ApiError('INVALID_PARAMS', 'this operation takes a body and no query')
      for (const [key, value] of Object.entries(request.query)) define(params, key, read(key, value))
    }
    for (const [key, value] of Object.entries(objectBody(request.body))) define(params, key, value)
    pathParams.forEach((key, i) => define(params, key, read(key, pathValues[i])))
    return params
  }
}

/** A key called __proto__ must stay a key, for the schema to refuse; others need not pay for that. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') target[key] = value
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true })
}

function objectBody(body: unknown): object {
  if (body === undefined) return {}
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw new ApiError('INVALID_PARAMS', 'the body must be a JSON object')
}

/** Numbers and booleans are read from text only where the schema admits them; all other text stays text. */
function readerFor(schema: TSchema): Reader {
  const types = typesOf(schema)
  const admitsNumber = types.has('integer') || types.has('number')
  const admitsBoolean = types.has('boolean')
  return (text) => {
    if (typeof text !== 'string') return text
    if (admitsNumber && /^-?(0|[1-9]\d{0,15})(\.\d{1,8})?$/.test(text)) return Number(text)
    if (admitsBoolean && (text === 'true' || text === 'false')) return text === 'true'
    return text
  }
}

function typesOf(schema: TSchema): Set<string> {
  const alternatives = (schema['anyOf'] ?? [schema]) as TSchema[]
  return new Set(alternatives.map((one) => String(one['type'])))
}
