import type { Database, Transaction } from 'lmdb'

const FIRST_CHUNK = 16
const LARGEST_CHUNK = 128

interface KeyRange {
  readonly start: Buffer
  readonly end: Buffer
  readonly reverse?: boolean
}

/**
 * The entries of a range, some at a time: between two chunks nothing of the database is held, so that whoever stops
 * reading in the middle leaves nothing open.
 */
export function* inChunks<V>(
  table: Database<V, Buffer>,
  { start, end, reverse = false }: KeyRange,
  transaction?: Transaction,
): Generator<{ readonly key: Buffer; readonly value: V }> {
  let last: Buffer | undefined
  for (let limit = FIRST_CHUNK; ; limit = Math.min(2 * limit, LARGEST_CHUNK)) {
    const chunk = [
      ...table.getRange({
        start: last ?? start,
        end,
        reverse,
        limit,
        exclusiveStart: last !== undefined,
        ...(transaction ? { transaction } : { snapshot: false }),
      }),
    ]
    yield* chunk
    if (chunk.length < limit) return
    last = chunk.at(-1)?.key
  }
}
