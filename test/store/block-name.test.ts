import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { basename } from 'node:path'
import { AssertError } from '../../src/base/errors.js'
import { blockName, checkTemplate, heightInName } from '../../src/store/block-name.js'

const height = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const accepted = (template: string) => {
  try {
    checkTemplate(template)
    return true
  } catch {
    return false
  }
}
const part = fc.stringMatching(/^[A-Za-z0-9_.-]{1,64}$/).filter(accepted)

describe('block file names', () => {
  test('a block is <template><height>.json', () => {
    expect(blockName('block', 0)).toBe('block0.json')
    expect(blockName('block', 1204)).toBe('block1204.json')
  })

  test('a name says the height it was made from', () => {
    fc.assert(
      fc.property(part, height, (template, n) => heightInName(template, blockName(template, n)) === n),
    )
  })

  test('a name that says a height is the very name of that height', () => {
    const name = fc.oneof(
      fc.string(),
      fc.stringMatching(/^block[0-9]{0,20}\.json$/),
      fc.stringMatching(/^block.{0,6}\.json$/),
    )
    fc.assert(
      fc.property(name, (text) => {
        const n = heightInName('block', text)
        return n === undefined || blockName('block', n) === text
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    'block.json',
    'block01.json',
    'block-1.json',
    'block+1.json',
    'block1e3.json',
    'block1.5.json',
    'block0x1.json',
  ])('%s says no height', (name) => expect(heightInName('block', name)).toBeUndefined())

  test.each([
    'block1.JSON',
    'Block1.json',
    'block1.json.torn-1',
    '.block1.json.tmp-1-1',
    'block1.json ',
    'block 1.json',
    'block٣.json',
  ])('%s is no block file', (name) => expect(heightInName('block', name)).toBeUndefined())

  test('heights beyond safe integers are in no name', () => {
    expect(heightInName('block', 'block9007199254740991.json')).toBe(Number.MAX_SAFE_INTEGER)
    expect(heightInName('block', 'block9007199254740992.json')).toBeUndefined()
  })

  test.each([-1, 0.5, NaN, Infinity, 2 ** 53])('a block of height %d is our bug', (n) => {
    expect(() => blockName('block', n)).toThrow(AssertError)
  })
})

describe('a block template', () => {
  test.each(['block', 'b', 'Block_', 'my-block.', 'v2-block', '_', '0x', 'a.b-c_'])(
    '%s is accepted',
    (template) => {
      expect(accepted(template)).toBe(true)
    },
  )

  test.each([
    '',
    ' ',
    '.',
    '..',
    'a/b',
    '/a',
    '../a',
    'a..b',
    'a\\b',
    'a\0',
    'a\n',
    '.a',
    '-a',
    'a:b',
    'a*',
    'é',
    'a'.repeat(65),
  ])('%j is refused', (template) =>
    expect(() => checkTemplate(template)).toThrow(`the block template ${JSON.stringify(template)} cannot`),
  )

  test.each(['block1', '7', 'b0'])(
    '%s ends in a digit and is refused: block1 + 2 and block + 12 are one name',
    (template) => {
      expect(() => checkTemplate(template)).toThrow('does not end in a digit')
    },
  )

  test('of two templates accepted, no name belongs to both unless they are the same', () => {
    fc.assert(
      fc.property(part, part, height, (one, other, n) => {
        return one === other || heightInName(other, blockName(one, n)) === undefined
      }),
    )
  })

  test('whatever is accepted, the name stays in its folder', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), part), height, (template, n) => {
        fc.pre(accepted(template))
        const name = blockName(template, n)
        return basename(name) === name && !name.startsWith('.') && name.length < 200
      }),
    )
  })
})
