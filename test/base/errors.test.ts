import { expect, test } from '@jest/globals'
import { assert, AssertError, messageOf } from '../../src/base/errors.js'

test('assert throws an AssertError exactly when its condition does not hold', () => {
  expect(() => assert('held', 'never')).not.toThrow()
  expect(() => assert(0, 'zero')).toThrow(new AssertError('zero'))
})

test.each([
  [new Error('text'), 'text'],
  ['text', 'text'],
  [undefined, 'undefined'],
  [{ message: 'no error' }, '[object Object]'],
])('messageOf tells what %p says', (thrown, text) => {
  expect(messageOf(thrown)).toBe(text)
})
