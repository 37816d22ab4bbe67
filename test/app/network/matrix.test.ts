import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import pc from 'picocolors'
import { changes } from '../../../src/app/network/changes.js'
import { matrix } from '../../../src/app/network/matrix.js'
import { agreedTip, isAcquainted, type NodeView } from '../../../src/app/network/network-view.js'
import { aNetwork, aNode, aTip } from './views.js'

const colors = pc.createColors(false)
const meeting = [aNode('dns', ['55000', '55001']), aNode('55000', ['55001']), aNode('55001', [])]

test('a mark stands where the node of the row knows the node of the column; who mines has a star', () => {
  const [dns, first, second] = meeting as [NodeView, NodeView, NodeView]
  const mining = [dns, { ...first, mining: 'interval', tip: aTip(12), pending: 3 } as const, second]
  expect(`\n${matrix(mining, { width: 80, height: 24, colors })}\n`).toBe(`
┌─────────┬──────────────┬───────┬────────┬──────────┬──────┐
│ node    │ 55000 55001  │ knows │ height │ tip      │ pend │
├─────────┼──────────────┼───────┼────────┼──────────┼──────┤
│ dns     │   ●     ●    │   2/2 │        │          │      │
│ 55000 * │   ╲     ●    │   1/1 │     12 │ …bababab │    3 │
│ 55001   │   ·     ╲    │   0/1 │      – │ –        │    0 │
└─────────┴──────────────┴───────┴────────┴──────────┴──────┘
* mines (interval)
`)
})

test('many nodes get narrow columns, headed by the digits in which they differ', () => {
  const lines = matrix(aNetwork(12), { width: 80, height: 24, colors }).split('\n')
  expect(lines[1]).toBe('│ node    │ 0 0 0 0 0 0 0 0 0 0 1 1  │ knows │ height │ tip      │ pend │')
  expect(lines[2]).toBe('│         │ 0 1 2 3 4 5 6 7 8 9 0 1  │       │        │          │      │')
})

test('24 nodes have all their marks on 80 columns', () => {
  const text = matrix(aNetwork(24, aTip(7)), { width: 80, height: 50, colors })
  expect(text.match(/●/g)).toHaveLength(24 + 24 * 23)
})

test('the table fits the terminal, from 1 to 50 nodes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 45, max: 200 }),
      fc.integer({ min: 10, max: 70 }),
      fc.constantFrom(undefined, aTip(123_456)),
      fc.constantFrom('off', 'interval'),
      (clients, width, height, tip, mining) => {
        const view = aNetwork(clients, tip).map((node) => ({ ...node, mining }))
        const lines = matrix(view, { width, height, colors }).split('\n')
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
        expect(lines.length).toBeLessThan(height)
      },
    ),
    { numRuns: 50 },
  )
})

test('where not all rows fit, those that still look for others are shown', () => {
  const view = aNetwork(30).map((node) =>
    node.name === '55029' ? { ...node, knows: new Set<string>() } : node,
  )
  const text = matrix(view, { width: 80, height: 16, colors })
  expect(text).toContain('│ 55029   │')
  expect(text).toContain('0/29')
  expect(text).toMatch(/and \d+ more nodes$/)
})

test('a network is acquainted when every node that lives knows every client that lives', () => {
  expect(isAcquainted(aNetwork(3))).toBe(true)
  expect(isAcquainted(meeting)).toBe(false)
  expect(isAcquainted([aNode('dns', ['1']), aNode('1', []), aNode('2', [], { state: 'ended' })])).toBe(true)
  expect(isAcquainted([aNode('dns', ['1']), aNode('1', []), aNode('2', [], { state: 'starting' })])).toBe(
    false,
  )
  expect(isAcquainted([aNode('dns', [])])).toBe(false)
})

test('nodes agree on a tip when all clients that live have it', () => {
  const tip = aTip(7)
  expect(agreedTip(aNetwork(3))).toBeUndefined()
  expect(agreedTip(aNetwork(3, tip))).toEqual(tip)
  const [dns, first, second] = aNetwork(2, tip) as [NodeView, NodeView, NodeView]
  expect(agreedTip([dns, first, { ...second, tip: aTip(7, 'cd') }])).toBeUndefined()
  expect(agreedTip([dns, first, { ...second, tip: undefined }])).toBeUndefined()
  expect(agreedTip([dns, first, { ...second, tip: undefined, state: 'ended' }])).toEqual(tip)
})

test('a node that learned or forgot somebody is one change, and one that did not is none', () => {
  const after = [aNode('dns', ['55000', '55001']), aNode('55000', []), aNode('55001', ['55000'])]
  expect(changes(meeting, after)).toEqual([
    { name: '55000', text: 'forgot 55001 (knows 0 of 1)' },
    { name: '55001', text: 'met 55000 (knows 1 of 1)' },
  ])
  expect(changes(after, after)).toEqual([])
})
