/** Schemas that have a title, by that title. */
export type NamedSchemas = Record<string, unknown>

/**
 * The schema with every part that has a title replaced by a reference to it; the parts are added to `named`. Two parts of
 * one title are the same.
 */
export function hoist(schema: unknown, named: NamedSchemas): unknown {
  if (Array.isArray(schema)) return schema.map((part) => hoist(part, named))
  if (typeof schema !== 'object' || schema === null) return schema
  const hoisted = Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, hoist(part, named)]))
  const { title } = schema as { title?: unknown }
  if (typeof title !== 'string') return hoisted
  named[title] = hoisted
  return { $ref: `#/components/schemas/${title}` }
}
