import { afterEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { RootDatabase } from 'lmdb'
import { TABLE_NAMES, type TableChange, type Tables } from '../../src/contract/remote/engine/tables.js'
import { OrderedTables } from '../../src/store/remote/ordered-tables.js'
import { openRemoteRoot } from '../../src/store/remote/remote-root.js'
import { MemoryTables } from '../contract/remote/memory-tables.js'
import { temporaryFolder } from './temporary-folder.js'

const roots: RootDatabase<unknown, string>[] = []

function openTables(folder: string): Tables {
  const root = openRemoteRoot(folder)
  roots.push(root)
  return OrderedTables.open(root, TABLE_NAMES)
}

afterEach(async () => {
  for (const root of roots.splice(0)) await root.close()
})

const part = fc.oneof(fc.nat({ max: 5 }), fc.constantFrom('a', 'b', 'aé', '\u{1f33f}', ''))
const key = fc.oneof(
  fc.constantFrom('k', 'l', 'm'),
  fc.tuple(fc.constantFrom('a', 'b'), part),
  fc.tuple(fc.constantFrom('a', 'b'), fc.constantFrom('x', 'y'), fc.nat({ max: 9 })),
)
const change: fc.Arbitrary<TableChange> = fc.record({
  table: fc.constantFrom('live' as const, 'ended' as const),
  key,
  value: fc.option(fc.record({ text: fc.string(), count: fc.nat() }), { nil: undefined }),
})
const range = fc.record({
  start: key,
  end: key,
  reverse: fc.boolean(),
  limit: fc.integer({ min: 1, max: 5 }),
})

test('tables on the disk read as those in memory do, whatever is written', async () => {
  const tables = openTables(temporaryFolder())
  const memory = new MemoryTables()
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { maxLength: 20 }),
      fc.array(range, { maxLength: 10 }),
      async (changes, ranges) => {
        await Promise.all([tables.write(changes), memory.write(changes)])
        for (const each of changes)
          expect(tables.get(each.table, each.key)).toEqual(memory.get(each.table, each.key))
        for (const each of ranges) {
          expect(tables.range('ended', each)).toEqual(memory.range('ended', each))
          expect(tables.count('ended', each.start, each.end)).toBe(
            memory.count('ended', each.start, each.end),
          )
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a write is there when its folder is opened again, without a word to those who had it open', async () => {
  const folder = temporaryFolder()
  await openTables(folder).write([
    { table: 'live', key: 'k', value: { token: Buffer.of(1, 2, 3), none: null } },
    { table: 'ended', key: ['a', 1], value: true },
  ])
  await roots.splice(0)[0]?.close()
  const again = openTables(folder)
  expect(again.get('live', 'k')).toEqual({ token: Buffer.of(1, 2, 3), none: null })
  expect(again.get('ended', ['a', 1])).toBe(true)
})
