import { expect, test } from '@jest/globals'
import type { Json } from '../../../../src/base/json.js'
import { recordPath, valuesAt } from '../../../../src/contract/remote/records/record-path.js'

const order = {
  id: 7,
  customer: { name: 'ann', 'first name': 'Ann', 'a.b': 1 },
  lines: [
    { sku: 'tea', n: 2 },
    { sku: 'cup', n: 1 },
  ],
  grid: [
    [1, 2],
    [3, 4],
  ],
}

function at(path: string, payload: Json = order): unknown {
  const steps = recordPath(path)
  return steps && [...valuesAt(payload, steps)]
}

test.each([
  ['$', [order]],
  ['$.id', [7]],
  ['id', [7]],
  ['customer.name', ['ann']],
  ["$.customer['first name']", ['Ann']],
  ['$["customer"]["a.b"]', [1]],
  ["['id']", [7]],
  ['$.lines[1].sku', ['cup']],
  ['$.lines[*].sku', ['tea', 'cup']],
  ['$.lines[0].*', ['tea', 2]],
  ['$.grid[*][0]', [1, 3]],
  ['$.grid[*][*]', [1, 2, 3, 4]],
])('%s leads to %j', (path, found) => {
  expect(at(path)).toEqual(found)
})

test.each([
  ['$.nothing'],
  ['$.id.name'],
  ['$.lines.sku'],
  ['$.lines[2]'],
  ['$.id[0]'],
  ['$.lines.length'],
  ['$.toString'],
])('%s leads nowhere', (path) => {
  expect(at(path)).toEqual([])
})

test.each([
  [''],
  ['$$'],
  ['$.'],
  ['$..id'],
  ['$.a b'],
  ['$[-1]'],
  ['$[01]'],
  ['$[?(@.n)]'],
  ["$['a"],
  ['$.a]'],
  ['a['],
  [`$${'.a'.repeat(33)}`],
  ['a'.repeat(513)],
])('%j is no path', (path) => {
  expect(at(path)).toBeUndefined()
})

test('members that have the names of parts of every object are found where they are, and nowhere else', () => {
  const payload = JSON.parse('{"__proto__":{"constructor":1}}') as Json
  expect(at('$.__proto__.constructor', payload)).toEqual([1])
  expect(at('$.constructor', payload)).toEqual([])
})

test('a payload with more places than are looked at gives the first ones', () => {
  const rows = Array.from({ length: 300 }, (_, n) => Array.from({ length: 300 }, () => n))
  expect(at('$[*][*]', rows)).toHaveLength(9965)
})
