import type { TSchema } from '@sinclair/typebox'

/**
 * What is wrong with the shape of a value, going by keys and types alone; undefined when nothing is. Cheaper than
 * compiling the schema, for files of our own that a test holds against all of it.
 */
export function misfit(value: unknown, schema: TSchema, path = ''): string | undefined {
  const properties = schema['properties'] as Record<string, TSchema> | undefined
  if (!properties)
    return isOfType(value, schema['type']) ? undefined : `${path} is no ${String(schema['type'])}`
  if (typeof value !== 'object' || value === null) return `${path || 'the file'} is no object`
  for (const [key, property] of Object.entries(properties)) {
    const inner = `${path}${path && '.'}${key}`
    if (!(key in value)) return `${inner} is missing`
    const fault = misfit((value as Record<string, unknown>)[key], property, inner)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Schemas without a type, such as alternatives, take anything here. */
function isOfType(value: unknown, type: unknown): boolean {
  if (type === undefined) return true
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'array') return Array.isArray(value)
  return typeof value === type
}
