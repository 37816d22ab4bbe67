import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { canonicalJson } from '../../src/base/canonical-json.js'
import type { Json } from '../../src/base/json.js'

const wellFormed = fc.string({ unit: 'binary' })

const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    wellFormed,
    fc.array(tie('value')),
    fc.dictionary(
      fc.oneof(wellFormed, fc.constantFrom('__proto__', 'constructor', '10', '9', '')),
      tie('value'),
    ),
  ),
})).value

/** The same value with its keys in another order. */
function shuffled(json: Json): Json {
  if (Array.isArray(json)) return (json as readonly Json[]).map(shuffled)
  if (typeof json !== 'object' || json === null) return json
  const result = Object.create(null) as Record<string, Json>
  for (const [key, member] of Object.entries(json).reverse()) result[key] = shuffled(member)
  return result
}

describe('canonicalJson', () => {
  test('means the value it was made from', () => {
    fc.assert(
      fc.property(value, (json) => {
        expect(JSON.parse(canonicalJson(json))).toEqual(JSON.parse(JSON.stringify(json)))
      }),
    )
  })

  test('is one text whatever the order of the keys', () => {
    fc.assert(
      fc.property(value, (json) => {
        expect(canonicalJson(shuffled(json))).toBe(canonicalJson(json))
      }),
    )
  })

  test('is its own canonical form', () => {
    fc.assert(
      fc.property(value, (json) => {
        const text = canonicalJson(json)
        expect(canonicalJson(JSON.parse(text) as Json)).toBe(text)
      }),
    )
  })

  test('sorts keys by UTF-16 code units (RFC 8785, 3.2.3)', () => {
    const json = { '€': 0, '\r': 1, '\ufb33': 2, '1': 3, '😀': 4, '\u0080': 5, ö: 6 }
    expect(canonicalJson(json)).toBe('{"\\r":1,"1":3,"\u0080":5,"ö":6,"€":0,"😀":4,"\ufb33":2}')
  })

  test('escapes as RFC 8785 says', () => {
    expect(canonicalJson('€$\u000f\nA\'B"\\\\"/\u007f')).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f"')
  })

  test('has one zero', () => {
    expect(canonicalJson([-0, 0])).toBe('[0,0]')
  })

  test('refuses every number that is no safe integer', () => {
    const unsafe = fc.double().filter((n) => !Number.isSafeInteger(n))
    fc.assert(
      fc.property(unsafe, (n) => {
        expect(() => canonicalJson({ n })).toThrow(TypeError)
      }),
    )
    for (const n of [NaN, Infinity, 2 ** 53, -(2 ** 53), 0.1])
      expect(() => canonicalJson(n)).toThrow(TypeError)
  })

  test('refuses a lone surrogate in values and keys', () => {
    for (const text of ['\ud800', 'a\udc00', '\udc00\ud800', '\ud800\ud800\udc00']) {
      expect(() => canonicalJson(text)).toThrow(TypeError)
      expect(() => canonicalJson({ [text]: 1 })).toThrow(TypeError)
    }
  })

  test.each([undefined, 1n, Symbol('s'), () => 0])('refuses what JSON cannot say: %p', (foreign) => {
    expect(() => canonicalJson(foreign as never)).toThrow(TypeError)
    expect(() => canonicalJson([foreign] as never)).toThrow(TypeError)
    expect(() => canonicalJson({ foreign } as never)).toThrow(TypeError)
  })
})
