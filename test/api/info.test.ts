import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { BlockchainInfo } from '../../src/api/schemas/info.js'
import { compile } from '../../src/api/validator.js'

const fault = compile(BlockchainInfo)

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 64 })
  .filter((text) => !/\p{Cc}/u.test(text))
const count = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const info: fc.Arbitrary<BlockchainInfo> = fc.record({
  name,
  height: fc.integer({ min: -1, max: 0xffffffff }),
  total_transactions: count,
  total_addresses: count,
  block_time: fc.integer({ min: 1, max: 31_536_000 }),
  block_reward: fc.nat({ max: 100_000_000_000_000 }).map((units) => units / 100_000_000),
})

/** What each key must not be. */
const WRONG: Readonly<Record<keyof BlockchainInfo, readonly unknown[]>> = {
  name: ['', 'x'.repeat(65), 'a\nb', '\0', 'a\u007f', 'a\u0085', '\ud800', 'a\udc00b', 1, null, ['a'], {}],
  height: [-2, 0.5, 2 ** 32, 1e300, NaN, Infinity, '-1', null, true, [], {}],
  total_transactions: [-1, 0.5, 2 ** 53, NaN, -Infinity, '0', null, false],
  total_addresses: [-1, 1.000001, 2 ** 53, 1e21, NaN, '0', null, []],
  block_time: [0, -1, 0.5, 31_536_001, NaN, '300', null],
  block_reward: [-1, -0.00000001, 1_000_001, 0.000000001, 1.123456789, 0.1 + 0.2, NaN, Infinity, '1.5', null],
}

describe('the schema of the blockchain info', () => {
  test('takes every valid info, and it survives JSON', () => {
    fc.assert(
      fc.property(info, (value) => {
        expect(fault(JSON.parse(JSON.stringify(value)))).toBeUndefined()
      }),
    )
  })

  test.each(Object.entries(WRONG).flatMap(([key, values]) => values.map((value) => [key, value] as const)))(
    'refuses %s = %p whatever the rest is',
    (key, value) => {
      fc.assert(
        fc.property(info, (valid) => {
          expect(fault({ ...valid, [key]: value })?.path).toBe(`/${key}`)
        }),
        { numRuns: 5 },
      )
    },
  )

  test('needs all six keys and takes no other', () => {
    fc.assert(
      fc.property(
        info,
        fc.constantFrom(...Object.keys(WRONG)),
        fc.string({ minLength: 1 }),
        (valid, key, other) => {
          const rest = Object.fromEntries(Object.entries(valid).filter(([name]) => name !== key))
          fc.pre(!(other in WRONG))
          expect(fault(rest)?.message).toBe(`the request lacks the key ${JSON.stringify(key)}`)
          expect(fault({ ...rest, [other]: 1, [key]: valid[key as keyof BlockchainInfo] })?.message).toMatch(
            /has an unknown key/,
          )
        },
      ),
    )
  })

  test.each([undefined, null, [], 'info', 1, true])('refuses %p', (value) => {
    expect(fault(value)).toBeDefined()
  })
})
