import { describe, expect, test } from '@jest/globals'
import { Validator } from '@seriousme/openapi-schema-validator'
import type { MethodTable } from '../../src/api/method.js'
import { nodeApi } from '../../src/api/node-api.js'
import { openApi, routeOf } from '../../src/api/openapi.js'
import { TOPICS } from '../../src/api/topics.js'
import { compile } from '../../src/api/validator.js'

const table: MethodTable = nodeApi
const entries = Object.entries(table)

describe.each(entries)('%s', (name, method) => {
  test('has an example that fits its schemas', () => {
    expect([
      compile(method.params)(method.example.params),
      compile(method.paramsShape ?? method.params)(method.example.params),
      compile(method.result)(method.example.result),
    ]).toEqual([undefined, undefined, undefined])
  })

  test('refuses params it does not know', () => {
    const params = { ...(method.example.params as object), no_such_key: 1 }
    // Where the rules of the chain judge the params, the documented shape says what they may be.
    expect(compile(method.paramsShape ?? method.params)(params)?.message).toMatch(/unknown key "no_such_key"/)
  })

  test('tells what it does in one line, under a dotted name', () => {
    expect(name).toMatch(/^[a-z_]+\.[a-z_]+$/)
    expect(method.summary).toMatch(/^[A-Z][^\n]+[^.\n]$/)
  })

  test('finds every parameter of its path in its params', () => {
    expect(Object.keys((method.params['properties'] ?? {}) as object)).toEqual(
      expect.arrayContaining([...(routeOf(method)?.pathParams ?? [])]),
    )
  })

  test('names topics that exist', () => {
    expect(Object.keys(TOPICS)).toEqual(expect.arrayContaining([...(method.changesWith ?? [])]))
  })
})

test('no two methods share a verb and a path', () => {
  const bindings = entries.map(([, { http }]) => http).filter((http) => http !== undefined)
  expect(new Set(bindings).size).toBe(bindings.length)
})

test('the OpenAPI document is valid OpenAPI 3.1, and names every method with a path', async () => {
  const document = openApi(table, '1.2.3') as {
    openapi: string
    paths: Record<string, Record<string, { operationId: string }>>
  }
  const validator = new Validator()
  expect(
    await validator.validate(JSON.parse(JSON.stringify(document)) as Record<string, unknown>),
  ).toMatchObject({
    valid: true,
  })
  expect(document.openapi).toBe('3.1.0')
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path))
  const bound = entries.filter(([, { http }]) => http !== undefined).map(([name]) => name)
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(bound.sort())
})
