import { createServer, get as httpGet, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { Type as T } from '@sinclair/typebox'
import express from 'express'
import request from 'supertest'
import { dispatcher } from '../../src/api/dispatch.js'
import { ItemStream } from '../../src/api/item-stream.js'
import { methods } from '../../src/api/method.js'
import { openApi } from '../../src/api/openapi.js'
import { Paths } from '../../src/rest/paths.js'
import { addRoutes } from '../../src/rest/routes.js'
import { afterThisTest } from '../support/cleanup.js'
import { waitFor } from '../support/wait-for.js'

const method = methods<{ items: () => AsyncIterable<string> }>()
const table = {
  'words.all': method({
    summary: 'Words',
    params: T.Object({}, { additionalProperties: false }),
    result: T.Array(T.String()),
    streams: true,
    http: 'GET /words/',
    example: { params: {}, result: ['a'] },
    handle: (_, { items }) => new ItemStream(items()),
  }),
}

async function serve(items: () => AsyncIterable<string>): Promise<Server> {
  const app = express()
  const access = { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] }
  const paths = new Paths()
  addRoutes(paths, table, dispatcher(table, { items }), access)
  app.use(paths.handler())
  app.use(((_error, _request, response, _next) => {
    response.status(500).end()
  }) satisfies express.ErrorRequestHandler)
  const server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterThisTest(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

async function* words(...items: string[]): AsyncGenerator<string> {
  for (const item of items) {
    await Promise.resolve()
    yield item
  }
}

const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/words/`

test('a streamed list is one JSON array, or a line each, whatever its length', async () => {
  for (const list of [[], ['one'], ['one', 'two', 'x'.repeat(200_000), 'three']]) {
    const server = await serve(() => words(...list))
    expect((await request(server).get('/words/')).body).toEqual(list)
    const lines = await request(server).get('/words/').set('accept', 'application/x-ndjson').buffer(true)
    expect(lines.text).toBe(list.map((word) => `${JSON.stringify(word)}\n`).join(''))
    const head = await request(server).head('/words/')
    expect([head.status, head.headers['content-type']]).toEqual([200, 'application/json; charset=utf-8'])
  }
})

test('a fault before the first item is an error like any other, a later one breaks the answer off', async () => {
  async function* fails(after: number): AsyncGenerator<string> {
    for (let i = 0; i < after; i++) {
      await Promise.resolve()
      yield 'x'.repeat(100_000)
    }
    throw new Error('the disk is gone')
  }
  expect((await request(await serve(() => fails(0))).get('/words/')).status).toBe(500)
  await expect(request(await serve(() => fails(3))).get('/words/')).rejects.toThrow(
    /aborted|hang up|ECONNRESET/,
  )
})

test('nothing is read ahead for a caller that does not read, and nothing after it is gone', async () => {
  let made = 0
  let isDone = false
  async function* endless(): AsyncGenerator<string> {
    try {
      for (;;) {
        await Promise.resolve()
        made++
        yield 'x'.repeat(100_000)
      }
    } finally {
      isDone = true
    }
  }
  const server = await serve(endless)
  const call = httpGet(urlOf(server))
  const [answer] = (await once(call, 'response')) as [NodeJS.ReadableStream & { destroy(): void }]
  // Buffers of both ends fill up, then the making stops.
  let last = -1
  await waitFor('the stream to stand still', () => {
    const stands = made === last
    last = made
    return stands
  })
  expect(made).toBeLessThan(500)
  answer.destroy()
  await waitFor('the stream to end', () => isDone)
})

test('the document offers both forms of a streamed list', () => {
  const document = JSON.stringify(openApi(table, '1.0.0'))
  expect(document).toContain('application/x-ndjson')
})
