import { JsonText } from '../wire/json-text.js'
import { isList, isObject } from '../wire/read-scalar.js'

const texts = new WeakMap<object, string>()

/** JSON text of a result with at most `maxObjects` objects (0: all); undefined becomes null. */
export function resultText(result: unknown, maxObjects: number): string {
  if (result instanceof JsonText) return result.text
  const shown = maxObjects > 0 ? shortened(result, maxObjects) : result
  return shown === undefined ? 'null' : JSON.stringify(shown)
}

/** Like resultText; an object that goes to many subscribers is turned into text once. */
export function sharedResultText(result: unknown, maxObjects: number): string {
  if (maxObjects > 0 || typeof result !== 'object' || result === null) return resultText(result, maxObjects)
  const known = texts.get(result)
  if (known !== undefined) return known
  const text = resultText(result, 0)
  texts.set(result, text)
  return text
}

/** A list is cut; so is the list of an object that holds exactly one. */
function shortened(result: unknown, maxObjects: number): unknown {
  if (isList(result)) return result.slice(0, maxObjects)
  if (!isObject(result)) return result
  const lists = Object.entries(result).filter(([, value]) => isList(value))
  const [only] = lists
  if (lists.length !== 1 || !only || !isList(only[1])) return result
  return { ...result, [only[0]]: only[1].slice(0, maxObjects) }
}
