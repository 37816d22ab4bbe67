import { expect, test } from '@jest/globals'
import { parameterCheck } from '../../src/bus/manager/parameter-check.js'

test.each([
  [{ type: 'long', range: '(0,10)', pattern: '' }, [1, '9', 5], [0, 10, '10', 1.5, [], {}]],
  [{ type: 'string', range: '', pattern: '[a-f]+' }, ['abc'], ['xabcx', 'g', '', 7]],
  [{ type: 'int', range: '[1-65535]', pattern: '' }, [0, 99_999], ['x']],
  [{ type: 'string', range: '', pattern: '(unclosed' }, ['anything'], []],
])('parameters of %j let %j through, and not %j', (given, good, bad) => {
  const check = parameterCheck([{ name: 'x', isRequired: true, ...given }])
  for (const x of good) expect(() => check({ x })).not.toThrow()
  for (const x of bad) expect(() => check({ x })).toThrow(/^Param wrong/)
  expect(() => check({})).toThrow('Param null:x')
})
