/** Any value JSON can express. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** JSON text that is refused: malformed, too deep, or with a key twice in one object. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
}

/** Bounds that keep a hostile text from costing more than its reading. */
export interface JsonLimits {
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number
}

const DEFAULT_LIMITS: JsonLimits = { maxDepth: 64 }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const COLON = 0x3a

/**
 * Parses JSON text from outside. Stricter than JSON.parse, which keeps the last of two equal keys (so that two
 * readers may see two values) and recurses as deep as the text says.
 * @throws {JsonError}
 */
export function parseJson(text: string, limits: JsonLimits = DEFAULT_LIMITS): Json {
  checkNestingAndKeys(text, limits.maxDepth)
  try {
    return JSON.parse(text) as Json
  } catch (error) {
    throw new JsonError(`not JSON: ${(error as Error).message}`)
  }
}

/** The JSON that a text is; undefined where it is none. */
export function jsonIn(text: string, limits: JsonLimits = DEFAULT_LIMITS): Json | undefined {
  try {
    return parseJson(text, limits)
  } catch (error) {
    if (error instanceof JsonError) return undefined
    throw error
  }
}

/** One pass over the text; relies on JSON.parse afterwards for everything but depth and repeated keys. */
function checkNestingAndKeys(text: string, maxDepth: number): void {
  const keysPerLevel: (Set<string> | undefined)[] = []
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      const end = endOfString(text, i)
      const keys = keysPerLevel.at(-1)
      if (keys && isFollowedByColon(text, end)) addKey(keys, text.slice(i, end + 1))
      i = end
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      keysPerLevel.push(code === OPEN_BRACE ? new Set() : undefined)
      if (keysPerLevel.length > maxDepth) throw new JsonError(`nested deeper than ${maxDepth} levels`)
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      keysPerLevel.pop()
    }
  }
}

/** Index of the quote that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === BACKSLASH) i++
    else if (code === QUOTE) return i
  }
  throw new JsonError('not JSON: a string is not closed')
}

function isFollowedByColon(text: string, end: number): boolean {
  for (let i = end + 1; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code === COLON
  }
  return false
}

function addKey(keys: Set<string>, literal: string): void {
  // An escape can spell the same key in another way, so compare what the literal means.
  const key = literal.includes('\\') ? decodeKey(literal) : literal.slice(1, -1)
  if (keys.has(key)) throw new JsonError(`key ${JSON.stringify(key)} appears twice in one object`)
  keys.add(key)
}

function decodeKey(literal: string): string {
  try {
    return JSON.parse(literal) as string
  } catch {
    throw new JsonError('not JSON: a key has a bad escape')
  }
}
