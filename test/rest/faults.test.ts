import { describe, expect, test } from '@jest/globals'
import { Type as T } from '@sinclair/typebox'
import supertest from 'supertest'
import { dispatcher } from '../../src/api/dispatch.js'
import { ApiError } from '../../src/api/errors.js'
import { methods } from '../../src/api/method.js'
import { answerOf } from '../support/answer.js'
import { fakeNode } from '../support/fake-node.js'

const INTERNAL = {
  error: { code: 'INTERNAL', message: 'The node failed; its log has the cause.', details: {} },
}

describe('what goes wrong inside', () => {
  const table = {
    'fault.get': methods<{ fault: () => unknown }>()({
      summary: 'Fails',
      params: T.Object({}),
      result: T.Any(),
      http: 'GET /fault',
      example: { params: {}, result: null },
      handle: (_, { fault }) => fault(),
    }),
  }
  const faulty = (fault: () => unknown) => fakeNode({ table, dispatch: dispatcher(table, { fault }) })
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic

  test.each<[string, () => unknown]>([
    [
      'a handler that throws',
      () => {
        throw new Error('secret path /root')
      },
    ],
    ['a handler that rejects', () => Promise.reject(new TypeError('secret'))],
    [
      'a handler that throws no error',
      () => {
        throw undefined as unknown as Error
      },
    ],
    ['an answer that is no JSON', () => cyclic],
    ['an answer that JSON has no word for', () => 1n],
    ['no answer', () => undefined],
  ])('%s is 500 without its cause, which is told to the log once', async (_, fault) => {
    const { app, internalErrors } = faulty(fault)
    const { status, body } = await answerOf(supertest(app).get('/fault'))
    expect([status, body]).toEqual([500, INTERNAL])
    expect(internalErrors).toHaveLength(1)
  })

  test('an ApiError is the answer it says, and nothing for the log', async () => {
    const { app, internalErrors } = faulty(() => {
      throw new ApiError('NOT_READY', 'soon', { in: 1 })
    })
    const { status, body } = await answerOf(supertest(app).get('/fault'))
    expect([status, body, internalErrors]).toEqual([
      503,
      { error: { code: 'NOT_READY', message: 'soon', details: { in: 1 } } },
      [],
    ])
  })

  test('a failing collection of metrics is 500', async () => {
    const { app } = fakeNode({ metrics: () => Promise.reject(new Error('none')) })
    await supertest(app).get('/metrics').expect(500, INTERNAL)
  })
})
