import { assert } from '../base/errors.js'

const TEMPLATE = /^[a-z0-9_]([a-z0-9_.-]{0,62}[a-z_.-])?$/i
const ENDS_IN_DIGIT = /\d$/

/**
 * Checks the part that the names of all block files start with. It may not end in a digit: `block1` with height 2 and
 * `block` with height 12 would be one file.
 * @throws {Error} saying what a template may be
 */
export function checkTemplate(template: string): void {
  if (TEMPLATE.test(template) && !ENDS_IN_DIGIT.test(template) && !template.includes('..')) return
  throw new Error(
    `the block template ${JSON.stringify(template)} cannot start a file name: it takes 1 to 64 letters, digits, ` +
      `_ . and -, starts with none of . and -, does not end in a digit and has no two dots in a row`,
  )
}

/** The name of the file that holds the block of this height. */
export function blockName(template: string, height: number): string {
  assert(Number.isSafeInteger(height) && height >= 0, `a height is an integer from 0 on, not ${height}`)
  return `${template}${height}.json`
}

/** The height that a file name says; undefined unless it is exactly the name {@link blockName} gives. */
export function heightInName(template: string, name: string): number | undefined {
  if (!name.startsWith(template) || !name.endsWith('.json')) return undefined
  const digits = name.slice(template.length, -'.json'.length)
  if (!/^(0|[1-9]\d*)$/.test(digits)) return undefined
  const height = Number(digits)
  return Number.isSafeInteger(height) ? height : undefined
}
