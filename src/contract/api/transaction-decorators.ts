import type { Context } from './context.js'
import type { ParameterDescription, TransactionDescription } from './decorated.js'
import { ownTransactions, parameterTypes } from './decorated.js'
import { parameterNames } from './parameter-names.js'
import { schemaOf } from './schema.js'

type MethodDecorator = (prototype: object, method: string | symbol) => void

interface ContractPrototype {
  createContext(): Context
}

/** Declares a transaction function; `commit` false: it is only ever to be evaluated. @throws {Error} for a parameter of no type */
export function Transaction(commit = true): MethodDecorator {
  return (prototype, method) => {
    const name = String(method)
    const declared = transaction(prototype, name)?.parameters ?? []
    const parameters = hasTypes(prototype, name)
      ? describeParameters(prototype, name).map((each) => declared.find(named(each.name)) ?? each)
      : inOrder(declared, prototype, name)
    const tag = commit ? ['SUBMIT', 'submitTx'] : ['EVALUATE']
    describe(prototype, name, { tag, parameters })
  }
}

/** Says what type a transaction function returns: see schemaOf. */
export function Returns(type: string): MethodDecorator {
  return (prototype, method) => describe(prototype, String(method), { returns: schemaOf(type) })
}

/** Says what type a parameter has, where the compiler's is not enough; `required` false: callers may leave it out. */
export function Param(
  name: string,
  type: string,
  description = '',
  { required = true }: { readonly required?: boolean } = {},
): MethodDecorator {
  return (prototype, method) => {
    const described = { description, schema: schemaOf(type), ...(required ? {} : { required }) }
    const parameters = transaction(prototype, String(method))?.parameters
    if (!parameters) {
      describe(prototype, String(method), { parameters: [{ name, ...described }] })
      return
    }
    const known = parameters.find((each) => each.name === name)
    if (known) Object.assign(known, described)
    else parameters.push({ name, ...described })
  }
}

function transaction(prototype: object, name: string): TransactionDescription | undefined {
  return ownTransactions(prototype).find((each) => each.name === name)
}

/** The name comes after what was told first: the order of the fields is part of the metadata that clients compare. */
function describe(prototype: object, name: string, told: Partial<TransactionDescription>): void {
  const known = transaction(prototype, name)
  if (known) Object.assign(known, told)
  else ownTransactions(prototype).push(Object.assign(told, { name }))
}

const named =
  (name: string) =>
  (parameter: ParameterDescription): boolean =>
    parameter.name === name

const hasTypes = (prototype: object, method: string): boolean => parameterTypes(prototype, method).length > 0

const namesOf = (prototype: object, method: string): string[] =>
  parameterNames((prototype as Record<string, unknown>)[method])

/** Without types of the compiler, what Param() declares is all there is; decorators run from the last to the first. */
function inOrder(
  declared: readonly ParameterDescription[],
  prototype: object,
  method: string,
): ParameterDescription[] {
  return namesOf(prototype, method).flatMap((name) => declared.find(named(name)) ?? [])
}

function describeParameters(prototype: object, method: string): ParameterDescription[] {
  const names = namesOf(prototype, method)
  const contextType = (prototype as ContractPrototype).createContext().constructor
  return parameterTypes(prototype, method)
    .map((type, index) => ({ type, name: names[index] ?? `arg${index}`, index }))
    .filter(({ type, index }) => !isContext(type, contextType, index))
    .map(({ type, name }) => ({ name, description: '', schema: schemaOf(typeName(type, name)) }))
}

/**
 * The first parameter is one, too, where it is declared as a class that the contract's own context extends, or as a type
 * that the compiler has forgotten, as it does after `import type`.
 */
function isContext(type: unknown, contextType: unknown, index: number): boolean {
  if (type === contextType) return true
  if (index > 0) return false
  if (type === Object || type === undefined) return true
  return (
    typeof type === 'function' && typeof contextType === 'function' && contextType.prototype instanceof type
  )
}

function typeName(type: unknown, parameter: string): string {
  const name = typeof type === 'function' ? type.name : String(type)
  if (name === 'Object' || type === undefined) {
    throw new Error(
      `Type not properly specified for parameter ${parameter}, can not process pure Object types`,
    )
  }
  return name
}
