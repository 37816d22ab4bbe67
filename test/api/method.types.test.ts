import { expect, test } from '@jest/globals'
import { Type as T } from '@sinclair/typebox'
import { dispatcher } from '../../src/api/dispatch.js'
import { type ContextOf, methods, type ParamsOf, type ResultOf } from '../../src/api/method.js'
import { nodeApi, type NodeApi } from '../../src/api/node-api.js'

// The compiler is what tests here (tsconfig.test.json): a line marked as an error that compiles fails the type check.
const method = methods<{ clock: () => number }>()
const params = T.Object({ at: T.Integer() })
const right = method({
  summary: 'right',
  params,
  result: T.String(),
  http: 'GET /right/{at}',
  errors: ['NOT_FOUND'],
  changesWith: ['nodes.changed'],
  example: { params: { at: 1 }, result: 'one' },
  handle: ({ at }, { clock }) => String(at + clock()),
})

// prettier-ignore
function wrong(): void {
  const parts = { summary: '', params, result: T.String(), example: { params: { at: 1 }, result: 'one' }, handle: () => '' }
  // @ts-expect-error the result is no number
  method({ ...parts, handle: ({ at }) => at })
  // @ts-expect-error the example's params lack a key
  method({ ...parts, example: { params: {}, result: 'one' } })
  // @ts-expect-error the example's result has the wrong type
  method({ ...parts, example: { params: { at: 1 }, result: 1 } })
  // @ts-expect-error there is no such error code
  method({ ...parts, errors: ['NO_SUCH_CODE'] })
  // @ts-expect-error there is no such topic
  method({ ...parts, changesWith: ['weather.changed'] })
  // @ts-expect-error there is no such verb
  method({ ...parts, http: 'FETCH /right' })
  // @ts-expect-error there is no such scope
  method({ ...parts, scope: 'everybody' })
  // @ts-expect-error the params have no such key
  method({ ...parts, handle: ({ whence }) => String(whence) })
  // @ts-expect-error the context has no such port
  method({ ...parts, handle: (_, { weather }) => String(weather) })
  // @ts-expect-error a port is missing at the composition root
  dispatcher({ right }, {})
  // @ts-expect-error a port of the node is missing
  const incomplete: ContextOf<NodeApi> = { blockchain: undefined as never, health: undefined as never }
  expect(incomplete).toBeDefined()
}

test('wrong tables do not compile', () => {
  expect(wrong).toBeInstanceOf(Function)
  const clock: ContextOf<{ right: typeof right }> = { clock: () => 1 }
  const at: ParamsOf<typeof right>['at'] = 1
  const result: ResultOf<typeof right> = 'two'
  expect(right.handle({ at }, clock, {})).not.toBe(result.slice(3))
})

test('the typed table names its methods', () => {
  const name: keyof NodeApi = 'nodes.list'
  expect(Object.keys(nodeApi)).toContain(name)
})
