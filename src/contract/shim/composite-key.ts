const NAMESPACE = '\u0000'
const SEPARATOR = '\u0000'
/** Sorts after every attribute, in UTF-8 byte order. */
const LAST = '\u{10ffff}'

/** A composite key in its parts; a key that is none has neither. */
export interface SplitCompositeKey {
  objectType: string | null
  attributes: string[]
}

/** Stands for an empty start of a range, so that the range has no composite keys. */
export const FIRST_SIMPLE_KEY = '\u0001'

function checkPart(part: unknown): void {
  if (typeof part !== 'string' || part === '') {
    throw new Error('object type or attribute not a non-zero length string')
  }
}

/** @throws {Error} for a part that is no text or empty */
export function createCompositeKey(objectType: string, attributes: readonly string[]): string {
  checkPart(objectType)
  if (!Array.isArray(attributes)) throw new Error('attributes must be an array')
  let key = NAMESPACE + objectType + SEPARATOR
  for (const attribute of attributes as readonly string[]) {
    checkPart(attribute)
    key += attribute + SEPARATOR
  }
  return key
}

/** The range of all composite keys that begin with these parts. */
export function compositeRange(
  objectType: string,
  attributes: readonly string[],
): { readonly start: string; readonly end: string } {
  const start = createCompositeKey(objectType, attributes)
  return { start, end: start + LAST }
}

export function splitCompositeKey(key: string): SplitCompositeKey {
  if (!key || key.length < 2 || !key.startsWith(NAMESPACE)) return { objectType: null, attributes: [] }
  const [objectType = '', ...attributes] = key.slice(1).split(SEPARATOR)
  // What stands after the last separator is no attribute.
  attributes.pop()
  return { objectType, attributes }
}

/** @throws {Error} for a key in the space of composite keys */
export function checkSimpleKeys(...keys: readonly unknown[]): void {
  for (const key of keys) {
    if (typeof key === 'string' && key.startsWith(NAMESPACE)) {
      throw new Error(`first character of the key [${key}] contains a null character which is not allowed`)
    }
  }
}
