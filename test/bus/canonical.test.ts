import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Json, JsonError, parseJson } from '../../src/base/json.js'
import type { Message, Unreadable } from '../../src/bus/wire/message.js'
import { readCanonical } from '../../src/bus/wire/read-canonical.js'
import { readMessage } from '../../src/bus/wire/read-message.js'
import { callData, responseData } from '../../src/bus/wire/write-message.js'
import { RawClient } from './support/raw-client.js'
import { startBus } from './support/test-bus.js'

const LIMITS = { maxDepth: 64 }

const envelope = (id: string, type: string, data: string): string =>
  `{"MessageID":${JSON.stringify(id)},"Timestamp":"1700000000000","TimeZone":"0","MessageType":"${type}","MessageData":${data}}`

const success = (requestId: string, method: string, resultText: string): string =>
  responseData(
    {
      requestId,
      status: 0,
      comment: '',
      errorCode: '',
      processingMs: 1,
      maxObjects: 0,
      results: [[method, resultText]],
    },
    false,
  )

/** What every reader but the quick one makes of it. */
function slowly(text: string): Message | Unreadable {
  try {
    return readMessage(parseJson(text, LIMITS))
  } catch (error) {
    if (error instanceof JsonError) return { type: 'Unreadable', id: '', fault: error.message }
    throw error
  }
}

/** Without what only the quick reader keeps. */
function plain(text: string): unknown {
  const message = readCanonical(text, LIMITS)
  if (message === undefined) return undefined
  if (message.type === 'Response')
    return Object.fromEntries(Object.entries(message).filter(([key]) => key !== 'only'))
  return { ...message, calls: message.calls.map(({ method, params }) => ({ method, params })) }
}

const name = fc.string({ minLength: 1, maxLength: 20 })

test('what the quick reader reads is what the thorough one reads', () => {
  fc.assert(
    fc.property(
      name,
      name,
      fc.dictionary(name, fc.jsonValue()),
      fc.jsonValue(),
      (id, method, params, result) => {
        const call = envelope(id, 'Request', callData(method, JSON.stringify(params), 500))
        const answer = envelope(id, 'Response', success(id, method, JSON.stringify(result)))
        for (const text of [call, answer]) {
          const quick = plain(text)
          if (quick !== undefined) expect(quick).toEqual(slowly(text))
        }
      },
    ),
  )
})

test('calls and successes as we write them are read quickly, and keep their text', () => {
  const params = '{"city":"L\\u00fcnd","deep":[{"a":"}\\"{"}]}'
  const call = readCanonical(envelope('a-1', 'Request', callData('m', params, 500)), LIMITS)
  expect(call).toMatchObject({ type: 'Request', timeoutMs: 500, calls: [{ method: 'm', text: params }] })
  for (const result of ['{"a":"}"}', '[1,2]', '"}}}"', 'null', '-1.5e3']) {
    const answer = readCanonical(envelope('a-1', 'Response', success('b-1', 'm', result)), LIMITS)
    expect(answer).toMatchObject({ requestId: 'b-1', only: { method: 'm', text: result } })
  }
})

test('the range that Java modules write is kept as the thorough reader keeps it', () => {
  const text = envelope('a-1', 'Request', callData('m', '{}', 500)).replace(
    '"SubscriptionRange":""',
    '"SubscriptionRange":"0"',
  )
  expect(plain(text)).toMatchObject({ range: '0' })
  expect(plain(text)).toEqual(slowly(text))
})

test('changed at any place, a message is left to the thorough reader or read as it reads it', () => {
  const texts = [
    envelope('a-1', 'Request', callData('m', '{"a":{"b":"}"}}', 500)),
    envelope('a-1', 'Response', success('b-1', 'm', '{"a":[1,"x"]}')),
  ]
  const piece = fc.constantFrom(
    '"',
    '{',
    '}',
    '{}},"x":{',
    ',"m":{}',
    '\\',
    '[',
    ']',
    '0',
    ',',
    ':',
    '\u0000',
  )
  fc.assert(
    fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(4), piece, (text, at, removed, added) => {
      const where = at % text.length
      const changed = text.slice(0, where) + added + text.slice(where + removed)
      const quick = plain(changed)
      if (quick !== undefined) expect(quick).toEqual(slowly(changed))
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  ['two equal keys', '{"a":1,"a":2}'],
  ['a second method', '{},"n":{}'],
  ['the end of the message', '{}},"TimeOut":"1"}}'],
  ['no object', '[1]'],
  ['too deep a nesting', `{"a":${'['.repeat(70)}${']'.repeat(70)}}`],
])('parameters that hold %s are not read quickly', (_, params) => {
  expect(readCanonical(envelope('a-1', 'Request', callData('m', params, 0)), LIMITS)).toBeUndefined()
})

test('a module gets the parameters, and its caller the result, byte for byte', async () => {
  const bus = await startBus()
  const module = await RawClient.negotiated(bus.url)
  await module.ask({
    RegisterAPI: { ModuleName: 'm', Methods: [{ MethodName: 'm', MethodScope: 'public' }] },
  })
  const caller = await RawClient.negotiated(bus.url)
  const params = '{"n": 1.50,"text":"\\u00e9"}'
  caller.send(envelope('c-1', 'Request', callData('m', params, 0)))
  const request = await module.next('Request')
  expect(module.frames.at(-1)?.data.toString()).toContain(`"RequestMethods":{"m":${params}}`)
  const result: Json = '{"balance": 90071992547409931234,"x":"\\u00e9"}'
  module.send(envelope('r-1', 'Response', success(request.MessageID, 'm', result)))
  await caller.response('c-1')
  expect(caller.frames.at(-1)?.data.toString()).toContain(`"ResponseData":{"m":${result}}`)
})
