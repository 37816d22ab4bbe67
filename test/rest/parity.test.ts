import { describe, expect, test } from '@jest/globals'
import supertest from 'supertest'
import { ItemStream } from '../../src/api/item-stream.js'
import type { MethodTable } from '../../src/api/method.js'
import { nodeApi } from '../../src/api/node-api.js'
import { routeOf } from '../../src/api/openapi.js'
import { compile } from '../../src/api/validator.js'
import { fakeNode } from '../support/fake-node.js'

const table: MethodTable = nodeApi
const bound = Object.entries(table).flatMap(([name, method]) => {
  const route = routeOf(method)
  return route ? [{ name, method, route }] : []
})

describe.each(bound)('$name', ({ name, method, route }) => {
  test('answers its example over REST as it answers directly', async () => {
    const rest = fakeNode()
    const direct = fakeNode()
    const params = { ...(method.example.params as Record<string, unknown>) }
    const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
      encodeURIComponent(String(params[key])),
    )
    const body = Object.fromEntries(Object.entries(params).filter(([key]) => !route.pathParams.includes(key)))
    const verb = route.verb.toLowerCase() as 'get' | 'post' | 'put' | 'delete'

    const answer = await supertest(rest.app)[verb](path).send(body)
    const answered = await direct.dispatch(name, params, { ipAddress: '127.0.0.1' })
    const result = answered instanceof ItemStream ? await answered.collect() : answered

    expect([answer.status, answer.body]).toEqual([200, result])
    expect(result).toEqual(method.example.result)
    expect(rest.did).toEqual(direct.did)
    expect(compile(method.result)(answer.body)).toBeUndefined()
  })
})

test('every error of the dispatcher has its code and status over REST', async () => {
  const { app, dispatch } = fakeNode()
  const direct = await dispatch('nodes.get', { nid: 7 }, {}).catch((error: unknown) => error)
  const answer = await supertest(app).get('/nodes/7/')
  expect(direct).toMatchObject({ code: 'NODE_NOT_FOUND', status: 404 })
  expect([answer.status, answer.body]).toEqual([
    404,
    { error: { code: 'NODE_NOT_FOUND', message: '1 nodes are known', details: { nid: 7, known_nodes: 1 } } },
  ])
})
