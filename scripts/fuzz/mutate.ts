/** A source of numbers that is the same for the same seed. */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** An integer of 0 to `below` - 1. */
  roll(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }

  pick<T>(items: readonly T[]): T {
    return items[this.roll(items.length)] as T
  }
}

/** JSON that readers stumble over. */
const ODD = [
  '1e999',
  '-0',
  '1.5',
  '1e2',
  '9007199254740993',
  '99999999999999999999999999',
  '-1',
  '4294967296',
  'null',
  'true',
  '""',
  '[]',
  '{}',
  '"\\ud800"',
  '"\\u0000"',
  '"__proto__"',
  '{"__proto__":1}',
  '{"a":1,"a":2}',
  '{"a":1,"\\u0061":2}',
  '[[[[[[[[]]]]]]]]',
  '\ufeff',
  '01',
  '0x10',
  "'a'",
  '//',
  'NaN',
] as const

const VALUE = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/g
const MEMBER = /"(?:[^"\\]|\\.)*":(?:"(?:[^"\\]|\\.)*"|-?\d+|true|false|null)/g

type Mutation = (input: Buffer, dice: Dice, odd: readonly string[]) => Buffer

const MUTATIONS: readonly Mutation[] = [
  function flipBits(input, dice) {
    const copy = Buffer.from(input)
    for (let i = 0; i <= dice.roll(3); i++) {
      const at = dice.roll(Math.max(1, copy.length))
      copy[at] = (copy[at] ?? 0) ^ (1 << dice.roll(8))
    }
    return copy
  },
  function cut(input, dice) {
    const from = dice.roll(input.length + 1)
    const to = from + dice.roll(Math.min(64, input.length - from) + 1)
    return Buffer.concat([input.subarray(0, from), input.subarray(to)])
  },
  function repeat(input, dice) {
    const from = dice.roll(input.length + 1)
    const part = input.subarray(from, from + dice.roll(200))
    return Buffer.concat([input.subarray(0, from), part, input.subarray(from)])
  },
  function insert(input, dice, odd) {
    const at = dice.roll(input.length + 1)
    return Buffer.concat([input.subarray(0, at), Buffer.from(dice.pick(odd)), input.subarray(at)])
  },
  function replaceValue(input, dice, odd) {
    return replaceOne(input, VALUE, dice, () => dice.pick(odd))
  },
  function swapValues(input, dice) {
    const values = input.toString('utf8').match(VALUE) ?? ['0']
    return replaceOne(input, VALUE, dice, () => dice.pick(values))
  },
  function repeatMember(input, dice) {
    return replaceOne(input, MEMBER, dice, (member) => `${member},${member}`)
  },
  function addMember(input, dice, odd) {
    return replaceOne(input, MEMBER, dice, (member) => `${member},"extra":${dice.pick(odd)}`)
  },
  function nest(input, dice) {
    const depth = dice.pick([1, 31, 32, 33, 63, 64, 65, 10_000])
    return replaceOne(input, VALUE, dice, (value) => `${'['.repeat(depth)}${value}${']'.repeat(depth)}`)
  },
  function lengthen(input, dice) {
    const digits = dice.pick(['0', 'f', 'A', '\\n', '9']).repeat(dice.pick([1, 2, 100, 20_000]))
    return replaceOne(input, VALUE, dice, (value) =>
      value.endsWith('"') ? `${value.slice(0, -1)}${digits}"` : `${value}${digits}`,
    )
  },
]

/** The input with a few things wrong; `values` are more JSON texts to put into it. */
export function mutate(input: Buffer, dice: Dice, values: readonly string[]): Buffer {
  const odd = [...ODD, ...values]
  let mutated = input
  for (let i = 0; i <= dice.roll(3); i++) mutated = dice.pick(MUTATIONS)(mutated, dice, odd)
  return mutated
}

function replaceOne(input: Buffer, pattern: RegExp, dice: Dice, change: (found: string) => string): Buffer {
  const text = input.toString('utf8')
  const found = [...text.matchAll(pattern)]
  if (found.length === 0) return input
  const { 0: value, index } = dice.pick(found)
  return Buffer.from(text.slice(0, index) + change(value) + text.slice(index + value.length))
}
