import { Type as T } from '@sinclair/typebox'
import { ApiError } from '../errors.js'

/** Items of a page for callers that name no limit, and the most for those that do. */
export const DEFAULT_LIMIT = 50
export const MAX_LIMIT = 500

/** Params of every list: how many, and after which. `pattern` is the form of its cursors. */
export function pageParams(pattern: string, max = MAX_LIMIT) {
  return {
    limit: T.Optional(
      T.Integer({
        minimum: 1,
        maximum: max,
        description: `Most items of the page; ${DEFAULT_LIMIT} if absent.`,
      }),
    ),
    cursor: T.Optional(
      T.String({
        pattern,
        description: 'next_cursor of the page before, asked for with the same other params.',
      }),
    ),
  }
}

/** Of every list: where the next page starts. */
export const NextCursor = T.Union([T.String(), T.Null()], {
  description: 'Cursor of the next page; null: this is the last.',
})

/** A page of a list of which up to `limit` + 1 items are at hand. */
export function pageOf<I>(
  items: Iterable<I>,
  limit: number,
  cursorOf: (last: I) => string,
): { readonly items: I[]; readonly next_cursor: string | null } {
  const page: I[] = []
  for (const item of items) {
    const last = page.at(-1)
    if (page.length === limit && last !== undefined) return { items: page, next_cursor: cursorOf(last) }
    page.push(item)
  }
  return { items: page, next_cursor: null }
}

/** The parts of a cursor of the form `a-b` or `a-b-c`; a part that it lacks is empty. */
export function cursorParts(cursor: string): readonly [string, string, string] {
  const [a = '', b = '', c = ''] = cursor.split('-')
  return [a, b, c]
}

/** A number inside a cursor. @throws {ApiError} when it is larger than any that this node gave. */
export function cursorNumber(digits: string, max: number): number {
  const value = Number(digits)
  if (value <= max) return value
  throw new ApiError('INVALID_PARAMS', 'cursor is none of this list', { path: '/cursor' })
}
