import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProcessResult } from '../src/process-result.js'
import { exceptionOf, outcomeOf } from '../src/runtime/outcome.js'

function outcome(fields: object): ReturnType<typeof outcomeOf> {
  return outcomeOf({ data: {}, output_to_chain: false, error: null, ...fields } as ProcessResult)
}

test('data is written as JSON, and what is no object is wrapped', () => {
  assert.equal(outcome({ data: { a: 1 } }).dataJson, '{"a":1}')
  assert.equal(outcome({ data: [1] }).dataJson, '{"rawResponse":[1]}')
  assert.equal(outcome({ data: undefined }).dataJson, '{}')
})

test('an error of the author is not tried again, unless the author says so', () => {
  assert.deepEqual(outcome({ error: 'no' }).error, {
    kind: 'BUSINESS',
    message: 'no',
    retryable: false,
    stack: '',
  })
  assert.equal(outcome({ error: 'no', retryable: true }).error?.retryable, true)
})

test('what cannot be sent is a bad output', () => {
  for (const data of [{ a: 1n }, { a: 'x'.repeat(2_000_000) }]) {
    const { error, dataJson } = outcome({ data })
    assert.equal(error?.kind, 'BAD_OUTPUT')
    assert.equal(error.retryable, false)
    assert.equal(dataJson, '{}')
  }
  assert.equal(outcomeOf(undefined).error?.kind, 'BAD_OUTPUT')
})

test('what is thrown may be tried again', () => {
  const { error } = exceptionOf(new Error('oh'))
  assert.equal(error?.kind, 'EXCEPTION')
  assert.equal(error.message, 'oh')
  assert.equal(error.retryable, true)
  assert.match(error.stack, /outcome\.test/)
  assert.equal(exceptionOf('text').error?.message, 'text')
})

test('values for the heap are JSON texts', () => {
  assert.deepEqual(outcome({ heap: { a: { b: 1 }, c: 'd' } }).heapJson, { a: '{"b":1}', c: '"d"' })
})
