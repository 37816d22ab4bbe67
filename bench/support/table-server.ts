import { Type as T } from '@sinclair/typebox'
import { dispatcher } from '../../src/api/dispatch.js'
import { type MethodTable, methods } from '../../src/api/method.js'
import { restApp } from '../../src/rest/rest-app.js'
import { inputOfChild } from './child.js'
import { serve } from './listening.js'

/** The REST door over a table of many methods, each answering its own path. */
const method = methods<object>()
const one = (path: `/${string}`) =>
  method({
    summary: path,
    params: T.Object({}, { additionalProperties: false }),
    result: T.Object({ path: T.String() }),
    http: `GET ${path}`,
    example: { params: {}, result: { path } },
    handle: () => ({ path }),
  })
const table: MethodTable<object> = Object.fromEntries(
  (inputOfChild() as readonly `/${string}`[]).map((path) => [`bench.${path}`, one(path)]),
)
await serve(
  restApp({
    table,
    dispatch: dispatcher(table, {}),
    access: { isLoopbackBind: true, adminToken: undefined, allowedHosts: [] },
    version: '0',
    maxBodyBytes: 1024,
    requestsPerSecond: 0,
    chainId: () => '',
    homePage: () => '',
    metrics: () => Promise.resolve({ contentType: 'text/plain', text: '' }),
    onAnswer: () => undefined,
    onInternalError: () => undefined,
  }),
)
