import type { Constructor } from './class-mapping.js'

/** A type of a parameter, a result or a property, in JSON schema. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly items?: Schema
  readonly additionalProperties?: Schema | boolean
  readonly properties?: Readonly<Record<string, Schema>>
  readonly [keyword: string]: unknown
}

/** An object type of a contract. */
export interface ObjectSchema extends Schema {
  readonly $id: string
  /** The class its instances have; only of types that a decorator declared, and never sent. */
  readonly cnstr?: Constructor
}

export type ObjectSchemas = Readonly<Record<string, ObjectSchema>>

/** What serializers get as the schema of one value, in `properties.prop`. */
export interface ValueSchema {
  readonly properties: { readonly prop: Schema }
  readonly components: { readonly schemas: ObjectSchemas }
}

const REFERENCE = '#/components/schemas/'

const PRIMITIVE = /^(string|number|boolean)$/i
const ARROW_ARRAY = /^Array<[A-z].*>$/
const BRACKET_ARRAY = /^[A-z].*(\[\])+?/
const MAP = /^Map<[A-z].*,\s?[A-z].*>$/
const MAP_START = /^Map<[A-z].*?,\s?/

/**
 * The schema of a type as decorators name it: string, number, boolean, `T[]`, `Array<T>`, `Map<string, T>`, or a class that
 * is declared with Object(). `inObject`: references in the properties of an object type are bare names.
 */
export function schemaOf(type: string, inObject = false): Schema {
  if (PRIMITIVE.test(type)) return { type: type.toLowerCase() }
  if (ARROW_ARRAY.test(type)) return arrayOf(type.replace('Array<', '').replace('>', ''), inObject)
  if (BRACKET_ARRAY.test(type)) return arrayOf(type.replace('[]', ''), inObject)
  if (MAP.test(type)) {
    const values = type.replace(MAP_START, '').replace('>', '')
    return { type: 'object', additionalProperties: schemaOf(values, inObject) }
  }
  return { $ref: inObject ? type : REFERENCE + type }
}

const arrayOf = (items: string, inObject: boolean): Schema => ({
  type: 'array',
  items: schemaOf(items, inObject),
})
