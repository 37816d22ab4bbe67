import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { runSteps, type Steps } from '../../../src/base/steps.js'
import { mergeSort } from '../../../src/contract/simulation/merge-sort.js'
import { keysOf, OK, Sandbox } from './sandbox.js'

function orchard(count: number): Sandbox {
  const sandbox = new Sandbox()
  const trees = Array.from({ length: count }, (_, n) => [
    `t${String(n).padStart(5, '0')}`,
    `{"n":${n % 7},"m":${n}}`,
  ])
  sandbox.fill(Object.fromEntries(trees) as Record<string, string>)
  return sandbox
}

const forest = orchard(2000)

/** How many times others had their turn. */
function pauses(steps: Steps<unknown>): number {
  let count = 0
  while (!steps.next().done) count += 1
  return count
}

describe('queries in steps', () => {
  test.each([
    ['{"selector":{"n":9}}', 2000 / 256],
    ['{"selector":{"n":3},"sort":["m"]}', 2000 / 256],
    ['{"selector":{"m":{"$regex":"x"}}}', 2000 / 256],
    ['{"selector":{},"sort":[{"n":"desc"}]}', 2000 / 256 + 2000 / 1024],
  ])('%s gives others their turn every few hundred documents', (query, least) => {
    forest.ask((_state, simulation) => {
      const steps = simulation.of('c').inSteps.getQueryResult(query, '', undefined)
      expect(pauses(steps)).toBeGreaterThanOrEqual(Math.floor(least))
    })
  })

  test('so do large pages of a range, and keys of a collection that have no value any more', () => {
    forest.ask((_state, simulation) => {
      const page = { pageSize: 2000, bookmark: '' }
      expect(pauses(simulation.of('c').inSteps.getStateByRange('', '', '', page))).toBeGreaterThan(5)
    })
    const sandbox = new Sandbox()
    sandbox.world.privateValues.keys = () => ['a', 'b', 'c']
    sandbox.ask((_state, simulation) => {
      const steps = simulation.of('c').inSteps.getStateByRange('', '', '_implicit_org_Org1MSP', undefined)
      expect(pauses(steps)).toBe(3)
    })
  })

  test('their results are those of the query at once', () => {
    const query = '{"selector":{"n":{"$in":[1,5]}},"sort":[{"m":"desc"}]}'
    const [atOnce, inSteps] = [
      forest.ask((state) => state.getQueryResult(query, '', undefined)),
      forest.ask((_state, simulation) =>
        runSteps(simulation.of('c').inSteps.getQueryResult(query, '', undefined)),
      ),
    ]
    expect(inSteps).toEqual(atOnce)
    expect(keysOf(inSteps.results).slice(0, 2)).toEqual(['t01996', 't01993'])
  })

  test.each(['finish', 'abort'] as const)('%s ends a query between two of its steps', (how) => {
    const sandbox = orchard(600)
    const snapshot = sandbox.world.snapshot()
    let open = 0
    sandbox.world.snapshot = () => ({
      ...snapshot,
      *worldRange(...range) {
        open += 1
        try {
          yield* snapshot.worldRange(...range)
        } finally {
          open -= 1
        }
      },
    })
    for (const page of [undefined, { pageSize: 10, bookmark: '' }]) {
      const simulation = sandbox.simulation()
      const steps = simulation.of('c').inSteps.getQueryResult('{"selector":{"n":9}}', '', page)
      expect([steps.next().done, open]).toEqual([false, 1])
      if (how === 'abort') simulation.abort()
      else expect(simulation.finish(OK, undefined).reads).toEqual([])
      expect(open).toBe(0)
      expect(() => steps.next()).toThrow('no ledger context')
    }
  })
})

test('sorting in steps sorts as at once, and keeps equal items in their order', () => {
  const item = fc.record({ by: fc.nat(20), place: fc.nat() })
  fc.assert(
    fc.property(fc.array(item, { maxLength: 50 }), fc.integer({ min: 1, max: 80 }), (items, times) => {
      const many = Array.from({ length: times }, () => items).flat()
      const compare = (a: { by: number }, b: { by: number }) => a.by - b.by
      const steps = mergeSort(many, compare)
      let step = steps.next()
      while (!step.done) step = steps.next()
      expect(step.value).toEqual([...many].sort(compare))
    }),
    { numRuns: 40 },
  )
})
