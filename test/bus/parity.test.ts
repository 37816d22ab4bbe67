import { describe, expect, test } from '@jest/globals'
import supertest from 'supertest'
import type { AnyMethod, MethodTable } from '../../src/api/method.js'
import { nodeApi } from '../../src/api/node-api.js'
import { routeOf } from '../../src/api/openapi.js'
import { EventFeed } from '../../src/bus/events/event-feed.js'
import { tableMethods } from '../../src/bus/table-methods.js'
import { fakeNode } from '../support/fake-node.js'
import { RawClient } from './support/raw-client.js'
import { startBus } from './support/test-bus.js'

const table: MethodTable = nodeApi

/** A node that is not there, behind both doors. */
async function bothDoors() {
  const rest = fakeNode()
  const { dispatch, did } = fakeNode()
  const bus = await startBus({ methods: tableMethods(table, dispatch, new EventFeed('test')) })
  const client = await RawClient.negotiated(bus.url)
  const overRest = async (method: AnyMethod, params: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const { verb, path, pathParams } = routeOf(method) ?? { verb: 'GET', path: '/', pathParams: [] }
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(params[name])),
    )
    const body = Object.fromEntries(Object.entries(params).filter(([name]) => !pathParams.includes(name)))
    const answer = await supertest(rest.app)
      [verb.toLowerCase() as 'get' | 'post' | 'put' | 'delete'](filled)
      .send(body)
    return answer.body as unknown
  }
  const overBus = async (name: string, params: object): Promise<unknown> => {
    const { ResponseData } = await client.ask({ [name]: params })
    return (ResponseData as Record<string, unknown>)[name]
  }
  return { overRest, overBus, restDid: rest.did, busDid: did }
}

describe('parity', () => {
  const bound = Object.entries(table).filter(([, { http }]) => http !== undefined)

  test.each(bound)(
    'the example of %s does the same, and is answered alike, over both doors',
    async (name, method) => {
      const { overRest, overBus, restDid, busDid } = await bothDoors()
      const params = method.example.params as Readonly<Record<string, unknown>>
      const [rest, bus] = [await overRest(method, params), await overBus(name, params)]
      expect(bus).toEqual(rest)
      expect(bus).toEqual(JSON.parse(JSON.stringify(method.example.result)))
      expect(busDid).toEqual(restDid)
    },
  )

  test.each(bound)('params that %s refuses are refused with the same error', async (name, method) => {
    const { overRest, overBus } = await bothDoors()
    const params = { ...(method.example.params as object), no_such_key: 'x' }
    const rest = await overRest(method, params)
    expect(rest).toHaveProperty('error.code')
    expect(await overBus(name, params)).toEqual(rest)
  })

  test('every method of the table is listed on the bus', async () => {
    const { overBus } = await bothDoors()
    const listed = Object.keys((await overBus('ListAPI', {})) as object)
    expect(listed).toEqual(expect.arrayContaining(Object.keys(table)))
  })
})
