import { toInstance, toPlain } from './class-mapping.js'
import type { ObjectSchemas, Schema, ValueSchema } from './schema.js'

/** An argument, as the contract gets it and as its schema is to judge it. */
export interface Deserialized {
  readonly value: unknown
  /** Where it is not the value itself. */
  readonly validateData?: unknown
}

/** Translates between what contracts work with and what is sent. */
export interface Serializer {
  toBuffer(result: unknown, schema?: Schema, loggerPrefix?: string): Uint8Array | undefined
  fromBuffer(data: Uint8Array, schema: ValueSchema, loggerPrefix?: string): Deserialized
}

/** Text, numbers and booleans as they are, everything else as JSON. */
export class JSONSerializer implements Serializer {
  /** Undefined for a result that is undefined or null. @throws {Error} where a text or number is due and the result is none */
  toBuffer(result: unknown, schema: Schema = {}, _loggerPrefix?: string): Buffer | undefined {
    if (result === undefined || result === null) return undefined
    if ((schema.type === 'string' || schema.type === 'number') && typeof result !== schema.type) {
      throw new Error(`Returned value is ${typeof result} does not match schema type of ${schema.type}`)
    }
    if (typeof result === 'string') return Buffer.from(result)
    if (typeof result === 'number' || typeof result === 'boolean') return Buffer.from(String(result))
    return Buffer.from(JSON.stringify(toPlain(result)))
  }

  /** @throws {Error} for bytes that are not of the type */
  fromBuffer(data: Uint8Array, fullSchema: ValueSchema, _loggerPrefix?: string): Deserialized {
    if (!(data as Uint8Array | undefined)) throw new Error('Buffer needs to be supplied')
    if (!(fullSchema as ValueSchema | undefined)) throw new Error('Schema has not been specified')
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8')
    return deserialize(text, fullSchema.properties.prop, fullSchema.components.schemas)
  }
}

function deserialize(text: string, schema: Schema, schemas: ObjectSchemas): Deserialized {
  if (schema.$ref) return { value: referenced(text, schema.$ref, schemas) }
  switch (schema.type) {
    case 'string':
      return { value: text }
    case 'number':
      return { value: toNumber(text) }
    case 'boolean':
      return { value: toBoolean(text) }
    case 'array':
      return { value: toItems(text, schema.items ?? {}, schemas) }
    case 'object':
      return toObject(text, schema)
    default:
      return { value: anyValue(text) }
  }
}

function toNumber(text: string): number {
  const value = Number(text)
  if (Number.isNaN(value)) throw new Error('fromBuffer could not convert data to number')
  return value
}

function toBoolean(text: string): boolean {
  const word = text.trim().toLowerCase()
  if (word !== 'true' && word !== 'false') {
    throw new Error('fromBuffer could not convert data to boolean')
  }
  return word === 'true'
}

/** Items are read from their JSON: a text among them keeps its quotes, as in Fabric. */
function toItems(text: string, items: Schema, schemas: ObjectSchemas): unknown[] {
  const list: unknown = JSON.parse(text)
  // The texts are those that contracts and clients of Fabric get.
  if (list === null) throw new TypeError("Cannot read properties of null (reading 'map')")
  if (!Array.isArray(list)) throw new TypeError('jsonForValidation.map is not a function')
  return list.map((item) => deserialize(JSON.stringify(item), items, schemas).value)
}

function referenced(text: string, reference: string, schemas: ObjectSchemas): unknown {
  const type = schemas[reference.split('/').pop() ?? '']?.cnstr
  return type ? toInstance(type, JSON.parse(text)) : anyValue(text)
}

/** A Map where the schema tells of values alone, as it does for `Map<string, T>`. */
function toObject(text: string, { properties, additionalProperties }: Schema): Deserialized {
  const plain: unknown = JSON.parse(text)
  const isMap = properties === undefined && typeof additionalProperties === 'object'
  if (!isMap || typeof plain !== 'object' || plain === null || Array.isArray(plain)) return { value: plain }
  return { value: new Map(Object.entries(plain)), validateData: plain }
}

/** JSON where it is some, otherwise the text. */
function anyValue(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  if (value === null) return text
  const { type, data } = value as { type?: unknown; data?: unknown }
  return type === 'Buffer' ? Buffer.from(data as number[]) : value
}
