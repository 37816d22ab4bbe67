import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { JsonError, type Json, parseJson } from '../../src/base/json.js'

/** JSON.stringify writes no key twice, so its texts are what both parsers must agree on. */
const validText = fc
  .tuple(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 1, '\t', '\r\n '))
  .map(([value, space]) => JSON.stringify(value, null, space))

const nearJson = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom(...Array.from('{}[]":,\\u0041eE+-.019 \n\ttruefalsn')), maxLength: 60 }),
  fc
    .tuple(validText, fc.nat(), fc.constantFrom('', '"', '{', '}', ']', '\\', ',', ':', '\0', '1'))
    .map(([text, at, insert]) => {
      const cut = at % (text.length + 1)
      return text.slice(0, cut) + insert + text.slice(cut + 1)
    }),
)

function outcome(read: () => unknown): unknown {
  try {
    return { value: read() }
  } catch {
    return 'refused'
  }
}

/** Spells characters of a key as \u escapes where `mask` says so. */
function escaped(key: string, mask: readonly boolean[]): string {
  const units = key
    .split('')
    .map((unit, i) =>
      mask[i % mask.length]
        ? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
        : JSON.stringify(unit).slice(1, -1),
    )
  return `"${units.join('')}"`
}

describe('parseJson', () => {
  test('agrees with JSON.parse on every valid text without repeated keys', () => {
    fc.assert(
      fc.property(validText, (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 1000 },
    )
  })

  test('refuses all that JSON.parse refuses', () => {
    fc.assert(
      fc.property(nearJson, (text) => {
        if (outcome(() => JSON.parse(text)) === 'refused') expect(() => parseJson(text)).toThrow(JsonError)
      }),
      { numRuns: 5000 },
    )
  })

  test('throws nothing but JsonError, whatever the text', () => {
    fc.assert(
      fc.property(nearJson, (text) => {
        try {
          parseJson(text)
        } catch (error) {
          expect(error).toBeInstanceOf(JsonError)
        }
      }),
      { numRuns: 5000 },
    )
  })

  test('refuses a key twice in one object, however it is spelt and however deep', () => {
    const spelling = fc.array(fc.boolean(), { minLength: 1, maxLength: 4 })
    const wrapper = fc.constantFrom(
      (text: string) => text,
      (text: string) => `[1,${text}]`,
      (text: string) => `{"a":[{"b":${text}}]}`,
    )
    fc.assert(
      fc.property(fc.string(), spelling, spelling, fc.jsonValue(), wrapper, (key, one, two, value, wrap) => {
        const text = wrap(
          `{${escaped(key, one)} : ${JSON.stringify(value)}, "other-${key.length}": 0,\n${escaped(key, two)}\t:null}`,
        )
        fc.pre(key !== `other-${key.length}` && isReadable(text))
        expect(() => parseJson(text)).toThrow(/appears twice/)
      }),
    )
  })

  test('takes one key in two objects', () => {
    expect(parseJson('{"a":{"a":1},"b":[{"a":1},{"a":1}]}')).toEqual({ a: { a: 1 }, b: [{ a: 1 }, { a: 1 }] })
  })

  test('takes one text as key and as value', () => {
    expect(parseJson('{"a":"a","b":["a","a"]}')).toEqual({ a: 'a', b: ['a', 'a'] })
  })

  test('keeps __proto__ an ordinary key', () => {
    const value = parseJson('{"__proto__":{"polluted":true}}') as Record<string, Json>
    expect(Object.keys(value)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  })

  test('counts the depth of arrays and objects together, and takes exactly the deepest allowed', () => {
    const nested = (depth: number) => '[{"a":'.repeat(depth / 2) + '0' + '}]'.repeat(depth / 2)
    expect(() => parseJson(nested(64))).not.toThrow()
    expect(() => parseJson(nested(66))).toThrow(/deeper than 64/)
    expect(() => parseJson('[[]]', { maxDepth: 1 })).toThrow(/deeper than 1 /)
  })

  test('refuses a million open brackets without overflowing the stack', () => {
    for (const open of ['[', '{"a":', '[{"a":'])
      expect(() => parseJson(open.repeat(1_000_000))).toThrow(JsonError)
  })

  test.each([
    '',
    ' ',
    '"',
    '"\\',
    '"\\"',
    '{"a',
    '{"a"',
    '{"a":',
    '{"\\u00',
    '{"\\x":1}',
    '[1}',
    '{]',
    '\uFEFF{}',
    "{'a':1}",
    '{a:1}',
    '[1,]',
    'NaN',
    'Infinity',
    '-',
    '01',
    'undefined',
  ])('refuses %p', (text) => {
    expect(() => parseJson(text)).toThrow(JsonError)
  })
})

function isReadable(text: string): boolean {
  return outcome(() => JSON.parse(text)) !== 'refused'
}
