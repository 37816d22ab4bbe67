import type { Constructor } from './class-mapping.js'
import type { Contract } from './contract.js'
import {
  contractInfos,
  defaultContract,
  objectProperties,
  objectSchemas,
  propertyType,
  setContractInfos,
  setDefaultContract,
  setObjectProperties,
  setObjectSchemas,
} from './decorated.js'
import type { Info as InfoFields } from './decorated.js'
import type { ObjectSchema } from './schema.js'
import { schemaOf } from './schema.js'

/** Marks the contract whose functions are meant where a call names none. @throws {Error} for a second one */
export function Default(): (contract: new () => Contract) => void {
  return (contract) => {
    if (defaultContract() !== undefined) throw new Error('A default has already been specified')
    setDefaultContract(new contract().getName())
  }
}

/** Tells about a contract: title, description, version, licence, contact. */
export function Info(info: InfoFields = {}): (contract: new () => Contract) => void {
  return (contract) => {
    const fields: InfoFields = { ...info }
    fields.name ||= contract.name
    fields.version ||= ''
    setContractInfos({ ...contractInfos(), [contract.name]: fields })
  }
}

/** Declares an object type that parameters, results and properties may have. `discriminator`: the property naming the subtype. */
function ObjectType(options?: { readonly discriminator?: string }): (type: Constructor) => void {
  return (type) => {
    const prototype = type.prototype as object
    const parent = (Object.getPrototypeOf(prototype) as object).constructor.name
    const own = { type: 'object', properties: objectProperties(prototype, false) }
    const schema: ObjectSchema =
      parent === 'Object'
        ? {
            $id: type.name,
            type: own.type,
            cnstr: type,
            properties: own.properties,
            ...(options?.discriminator && { discriminator: { propertyName: options.discriminator } }),
          }
        : { $id: type.name, cnstr: type, allOf: [own, { $ref: parent }] }
    setObjectSchemas({ ...objectSchemas(), [type.name]: schema })
  }
}
export { ObjectType as Object }

/** Declares a property of an object type; without a type the compiler's is taken (TypeScript: emitDecoratorMetadata). */
export function Property(name?: string, type?: string): (prototype: object, key: string | symbol) => void {
  return (prototype, key) => {
    const isNamed = name !== undefined && name !== '' && type !== undefined && type !== ''
    const property = isNamed ? name : String(key)
    const schema = schemaOf(isNamed ? type : compiledType(prototype, property), true)
    setObjectProperties(prototype, { ...objectProperties(prototype, true), [property]: schema })
  }
}

function compiledType(prototype: object, property: string): string {
  const type = propertyType(prototype, property)
  if (typeof type === 'function') return type.name
  throw new Error(
    `the type of property ${property} is not known: give it as Property('${property}', type), or compile with emitDecoratorMetadata`,
  )
}
