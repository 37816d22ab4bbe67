import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { ExecutionOrder } from '../../../src/contract/remote/remote-contract.js'
import { PrimeWorld } from './prime-world.js'

const INSTANCES = ['a', 'b', 'c']

const pick = fc.nat({ max: 1000 })
const instance = fc.constantFrom(...INSTANCES)

/** What may happen to a prime, in any order. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('mine' as const),
      records: fc.nat({ max: 4 }),
      outputs: fc.nat({ max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('reorg' as const),
      depth: fc.integer({ min: 1, max: 4 }),
      pick,
      blocks: fc.integer({ min: 0, max: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('attach' as const),
      instance,
      window: fc.integer({ min: 0, max: 4 }),
      holds: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('detach' as const),
      instance,
      how: fc.constantFrom('lost' as const, 'goodbye' as const),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('finish' as const),
      pick,
      result: fc.constantFrom(
        'output' as const,
        'silent' as const,
        'error' as const,
        'crash' as const,
        'junk' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('again' as const), pick, isSame: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('forge' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('progress' as const), pick }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('credit' as const), instance, window: fc.nat({ max: 4 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      ms: fc.constantFrom(10, 3_000, 11_000, 61_000, 400_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('crash' as const), keepsHeld: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('restart' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('disk' as const),
      mode: fc.constantFrom('keeps' as const, 'holds' as const, 'fails' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('pause' as const), isActive: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('retry' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('invoke' as const) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('drop' as const), pick }) },
)

for (const [executionOrder, confirmations] of [
  ['parallel', 1],
  ['serial', 1],
  ['parallel', 2],
] as const) {
  test(
    `REM-1 to REM-35: a ${executionOrder} contract, ${confirmations} confirmations: whatever happens, every record has one end and at most one output`,
    () => holds(executionOrder, confirmations),
    30_000,
  )
}

function holds(executionOrder: ExecutionOrder, confirmations: number): Promise<void> {
  return fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      const world = new PrimeWorld({ executionOrder, confirmations })
      for (const each of steps) {
        await world.take(each)
        world.check()
      }
      await world.drain()
      world.checkEnd()
      expect(world.faults).toEqual([])
    }),
    { numRuns: 60 },
  )
}
