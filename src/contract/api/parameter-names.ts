const COMMENTS = /\/\/.*$|\/\*[\s\S]*?\*\//gm
const OPEN = '([{'
const CLOSE = ')]}'

/** What the parameters of a function are called, read from its source; '' for one that is taken apart at once. */
export function parameterNames(fn: unknown): string[] {
  if (typeof fn !== 'function') return []
  const source = Function.prototype.toString.call(fn).replace(COMMENTS, '')
  const list = parameterList(source.slice(source.indexOf('(') + 1))
  return list
    .map((parameter) => /^(?:\.\.\.)?\s*([\w$]*)/.exec(parameter.trim())?.[1] ?? '')
    .filter((name, index) => name !== '' || (list[index]?.trim() ?? '') !== '')
}

/** Up to the parenthesis that closes the list, cut at the commas that part parameters. */
function parameterList(source: string): string[] {
  const list: string[] = []
  let depth = 0
  let start = 0
  for (let at = 0; at < source.length; at++) {
    const sign = source.charAt(at)
    if (OPEN.includes(sign)) depth++
    else if (CLOSE.includes(sign) && --depth < 0) {
      list.push(source.slice(start, at))
      break
    } else if (sign === ',' && depth === 0) {
      list.push(source.slice(start, at))
      start = at + 1
    }
  }
  return list
}

/** How many parameters there are after the context; those with a default, and what follows them, do not count. */
export function parameterCount(fn: unknown): number {
  return typeof fn === 'function' ? Math.max(fn.length - 1, 0) : 0
}
