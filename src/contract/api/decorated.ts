import 'reflect-metadata'
import type { ObjectSchema, Schema } from './schema.js'

/*
 * What decorators note down, under the names and at the places Fabric's contract API has for it: so contracts that are
 * written with that package are understood as well.
 */

/** A parameter of a transaction function. */
export interface ParameterDescription {
  name: string
  description: string
  schema: Schema
  /** False: callers may leave it out, if they leave out all that follow, too. */
  required?: boolean
}

/** A transaction function as metadata describe it. */
export interface TransactionDescription {
  name: string
  tag?: readonly string[]
  tags?: readonly string[]
  parameters?: ParameterDescription[]
  returns?: Schema
}

/** What is told of a contract or of all together. */
export interface Info {
  title?: string
  name?: string
  version?: string
  [field: string]: unknown
}

const DEFAULT = 'fabric:default'
const INFO = 'fabric:info'
const OBJECTS = 'fabric:objects'
const PROPERTIES = 'fabric:object-properties'
const TRANSACTIONS = 'fabric:transactions'

/** The name of the contract declared with Default(). */
export function defaultContract(): string | undefined {
  return Reflect.getMetadata(DEFAULT, globalThis) as string | undefined
}

export function setDefaultContract(name: string): void {
  Reflect.defineMetadata(DEFAULT, name, globalThis)
}

/** Infos by the names of their classes. */
export function contractInfos(): Record<string, Info> {
  return (Reflect.getMetadata(INFO, globalThis) as Record<string, Info> | undefined) ?? {}
}

export function setContractInfos(infos: Record<string, Info>): void {
  Reflect.defineMetadata(INFO, infos, globalThis)
}

/** Object types by the names of their classes. */
export function objectSchemas(): Record<string, ObjectSchema> {
  return (Reflect.getMetadata(OBJECTS, globalThis) as Record<string, ObjectSchema> | undefined) ?? {}
}

export function setObjectSchemas(schemas: Record<string, ObjectSchema>): void {
  Reflect.defineMetadata(OBJECTS, schemas, globalThis)
}

/** The properties that a class declares itself, and then those of its parents. */
export function objectProperties(prototype: object, isOwn: boolean): Record<string, Schema> {
  const found: unknown = isOwn
    ? Reflect.getOwnMetadata(PROPERTIES, prototype)
    : Reflect.getMetadata(PROPERTIES, prototype)
  return (found as Record<string, Schema> | undefined) ?? {}
}

export function setObjectProperties(prototype: object, properties: Record<string, Schema>): void {
  Reflect.defineMetadata(PROPERTIES, properties, prototype)
}

/** The transaction functions that decorators declared on a contract or its parents; empty where there are no decorators. */
export function transactionsOf(contract: object): readonly TransactionDescription[] {
  return (Reflect.getMetadata(TRANSACTIONS, contract) as TransactionDescription[] | undefined) ?? []
}

/** The class's own list to write to. It begins as a copy of its parent's, so that the parent does not get what the child has. */
export function ownTransactions(prototype: object): TransactionDescription[] {
  const own = Reflect.getOwnMetadata(TRANSACTIONS, prototype) as TransactionDescription[] | undefined
  if (own) return own
  const list = transactionsOf(prototype).map((transaction) => ({
    ...transaction,
    ...(transaction.parameters && { parameters: transaction.parameters.map((each) => ({ ...each })) }),
  }))
  Reflect.defineMetadata(TRANSACTIONS, list, prototype)
  return list
}

/** The types a compiler noted down for the parameters of a method (TypeScript: emitDecoratorMetadata). */
export function parameterTypes(prototype: object, method: string): readonly unknown[] {
  const types = Reflect.getMetadata('design:paramtypes', prototype, method) as unknown[] | undefined
  return types ?? []
}

/** The type a compiler noted down for a property. */
export function propertyType(prototype: object, property: string): unknown {
  return Reflect.getMetadata('design:type', prototype, property)
}
