import { types } from 'node:util'

/** Makes an instance. */
export type Constructor = new () => object

/** Never taken over from a value: they would change what the object is. */
const isReserved = (key: unknown): boolean => key === '__proto__' || key === 'constructor'

type Fields = Record<string, unknown>

/**
 * A parsed JSON value as an instance of a class, as Fabric's contract API makes them: what stands directly in the value is
 * set on a fresh instance, except where the class has a method or a getter of that name; what stands deeper stays plain.
 */
export function toInstance(type: Constructor, plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map((item) => toInstance(type, item))
  if (typeof plain !== 'object' || plain === null) return plain
  return filled(new type() as Fields, plain as Fields)
}

function filled(target: Fields, plain: Fields): Fields {
  const prototype = (target.constructor as { prototype?: object }).prototype
  for (const key of Object.keys(plain)) {
    if (isReserved(key)) continue
    const own = prototype && Object.getOwnPropertyDescriptor(prototype, key)
    if ((own && !own.set) || typeof target[key] === 'function') continue
    target[key] = copied(plain[key])
  }
  return target
}

function copied(plain: unknown): unknown {
  if (Array.isArray(plain)) return plain.map(copied)
  if (typeof plain !== 'object' || plain === null) return plain
  return filled({}, plain as Fields)
}

/**
 * A result as JSON.stringify is to see it, as Fabric's contract API does: maps become objects, sets arrays, methods that an
 * object has of its own are called, and a toJSON of its class is not asked.
 */
export function toPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value) || types.isSet(value)) {
    const items: unknown[] = []
    ;(value as unknown[]).forEach((item) => items.push(toPlain(item)))
    return items
  }
  if (types.isDate(value) || Buffer.isBuffer(value)) return value
  if (types.isPromise(value)) return {}
  if (typeof (value as Fields)['then'] === 'function') return value
  return types.isMap(value) ? plainMap(value) : plainObject(value as Fields)
}

function plainMap(map: Map<unknown, unknown>): Fields {
  const plain: Fields = {}
  for (const [key, value] of map) if (!isReserved(key)) plain[key as string] = toPlain(value)
  return plain
}

function plainObject(object: Fields): Fields {
  const plain: Fields = {}
  for (const key of Object.keys(object)) {
    if (isReserved(key)) continue
    const value = object[key]
    plain[key] = toPlain(typeof value === 'function' ? (object[key] as () => unknown)() : value)
  }
  return plain
}
