import { describe, expect, test } from '@jest/globals'
import { Type as T } from '@sinclair/typebox'
import { dispatcher } from '../../src/api/dispatch.js'
import { ApiError } from '../../src/api/errors.js'
import { methods } from '../../src/api/method.js'

const method = methods<{ calls: unknown[] }>()
const table = {
  'sum.of': method({
    summary: 'A sum',
    params: T.Object({ a: T.Integer(), b: T.Integer() }, { additionalProperties: false }),
    result: T.Integer(),
    example: { params: { a: 1, b: 2 }, result: 3 },
    handle: ({ a, b }, { calls }, caller) => {
      calls.push([a, b, caller])
      if (a === 13) throw new RangeError('unlucky')
      return a + b
    },
  }),
}

function setUp() {
  const calls: unknown[] = []
  return { calls, dispatch: dispatcher(table, { calls }) }
}

describe('dispatch', () => {
  test('hands params, context and caller to the handler', async () => {
    const { calls, dispatch } = setUp()
    const caller = { ipAddress: '127.0.0.1' }
    expect(await dispatch('sum.of', { a: 1, b: 2 }, caller)).toBe(3)
    expect(calls).toEqual([[1, 2, caller]])
  })

  test.each([
    [undefined, 'the request must be object', ''],
    [{ a: 1 }, 'the request lacks the key "b"', ''],
    [{ a: 1, b: 2, c: 3 }, 'the request has an unknown key "c"', ''],
    [{ a: '1', b: 2 }, 'a must be integer', '/a'],
    [{ a: 1.5, b: 2 }, 'a must be integer', '/a'],
    [{ a: null, b: 2 }, 'a must be integer', '/a'],
    [{ a: NaN, b: 2 }, 'a must be integer', '/a'],
    [{ a: Infinity, b: 2 }, 'a must be integer', '/a'],
    [JSON.parse('{"a":1,"b":2,"__proto__":{}}'), 'the request has an unknown key "__proto__"', ''],
  ])('refuses %p before any handler runs', async (params, message, path) => {
    const { calls, dispatch } = setUp()
    await expect(dispatch('sum.of', params, {})).rejects.toMatchObject({
      code: 'INVALID_PARAMS',
      message,
      details: { path },
    })
    expect(calls).toEqual([])
  })

  test.each(['sum', 'sum.of ', '__proto__', 'constructor', 'toString', ''])(
    'knows no method %p',
    async (name) => {
      await expect(setUp().dispatch(name, {}, {})).rejects.toMatchObject({ code: 'METHOD_NOT_FOUND' })
    },
  )

  test('rejects with what a handler throws, and never throws itself', async () => {
    const { dispatch } = setUp()
    const call = dispatch('sum.of', { a: 13, b: 0 }, {})
    await expect(call).rejects.toThrow(RangeError)
  })
})

test('an ApiError has the status of its code and its text where it is given none', () => {
  const error = new ApiError('NODE_NOT_FOUND')
  expect([error.status, error.message, error.details]).toEqual([
    404,
    'There is no known node with this index.',
    {},
  ])
})
