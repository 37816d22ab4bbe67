import { describe, expect, test } from '@jest/globals'
import type { Json } from '../../src/base/json.js'
import { BusError } from '../../src/bus/bus-error.js'
import { PendingMessages, type Waiting } from '../../src/bus/link/pending-messages.js'
import type { Response } from '../../src/bus/wire/message.js'
import { readMessage } from '../../src/bus/wire/read-message.js'
import { FakeClock } from './support/fake-clock.js'

/** Reads a Response as a peer might send it. */
function aResponse(data: object): Response {
  const message = readMessage({
    MessageID: '9',
    MessageType: 'Response',
    MessageData: { RequestID: '1', ...data } as Json,
  })
  if (message.type !== 'Response') throw new Error('no Response')
  return message
}

function waiting(methods: string[]): Waiting & { outcomes: unknown[] } {
  const outcomes: unknown[] = []
  return {
    methods,
    timeoutMs: 1_000,
    outcomes,
    resolve: (results) => outcomes.push(results),
    reject: (error) => outcomes.push(error),
  }
}

describe('behaviour 13', () => {
  const ok = { ResponseStatus: 0, ResponseErrorCode: '' }

  test('a peer that sends one Response per method is waited for, and settles once', () => {
    const pending = new PendingMessages(new FakeClock())
    const waiter = waiting(['a', 'b'])
    pending.add('1', waiter)
    pending.answered(aResponse({ ...ok, ResponseData: { a: { x: 1 } } }))
    expect(waiter.outcomes).toEqual([])
    pending.answered(aResponse({ ...ok, ResponseData: { b: { y: 2 } } }))
    expect(pending.answered(aResponse({ ...ok, ResponseData: { b: { y: 3 } } }))).toBe(false)
    expect(waiter.outcomes).toEqual([{ a: { x: 1 }, b: { y: 2 } }])
    expect(pending.size).toBe(0)
  })

  test.each([[{ a: { x: 1 }, b: { y: 2 } }], [[{ a: { x: 1 } }, { b: { y: 2 } }]], [[{ x: 1 }, { y: 2 }]]])(
    'results are read from %j',
    (data) => {
      const pending = new PendingMessages(new FakeClock())
      const waiter = waiting(['a', 'b'])
      pending.add('1', waiter)
      pending.answered(aResponse({ ...ok, ResponseData: data }))
      expect(waiter.outcomes).toEqual([{ a: { x: 1 }, b: { y: 2 } }])
    },
  )
})

describe('behaviour 14', () => {
  test.each([
    [{ ResponseStatus: 0, ResponseErrorCode: '' }, true],
    [{ ResponseStatus: '0', ResponseErrorCode: null }, true],
    [{ ResponseStatus: '1' }, true],
    [{ ResponseStatus: 1 }, true],
    [{ ResponseStatus: '0' }, false],
    [{ ResponseStatus: 65_536, ResponseErrorCode: 'err_0001' }, false],
    [{ ResponseStatus: '1', ResponseErrorCode: 'NSM-1' }, false],
    [{ ResponseStatus: 0, ResponseErrorCode: 'NSM-5' }, false],
    [{ ResponseStatus: 1, ResponseErrorCode: '' }, false],
  ])('%j means success: %j', (data, isSuccess) => {
    expect(aResponse(data).isSuccess).toBe(isSuccess)
  })

  test('a failure keeps the code and comment of its sender', () => {
    const pending = new PendingMessages(new FakeClock())
    const waiter = waiting(['a'])
    pending.add('1', waiter)
    pending.answered(
      aResponse({ ResponseStatus: 65_536, ResponseErrorCode: 'err_0012', ResponseComment: 'Param null:x' }),
    )
    expect(waiter.outcomes[0]).toBeInstanceOf(BusError)
    expect(waiter.outcomes[0]).toMatchObject({ code: 'err_0012', status: 65_536, message: 'Param null:x' })
  })
})
