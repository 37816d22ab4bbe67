import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { readMessage } from '../../src/bus/wire/read-message.js'
import type { MessageType } from '../../src/bus/wire/message.js'
import {
  ackData,
  compoundData,
  envelopes,
  negotiationData,
  negotiationResponseData,
  notificationData,
  requestData,
  responseData,
  timeZone,
  unregisterCompoundData,
  unsubscribeData,
} from '../../src/bus/wire/write-message.js'
import type { Json } from '../../src/base/json.js'

const schema = JSON.parse(
  readFileSync(new URL('../../common/schemas/bus/message.json', import.meta.url), 'utf8'),
) as object
const fits = new Ajv2020({ strict: false }).compile(schema)

const odd = 'a "quoted" \\ name\n'
const calls = [
  { method: odd, params: { [odd]: odd } },
  { method: 'b', params: {} },
]
const answer = {
  requestId: odd,
  status: 0,
  comment: odd,
  errorCode: '',
  processingMs: 3,
  maxObjects: 0,
  results: [
    [odd, '{"a":1}'],
    ['b', '[]'],
  ] as const,
}

const sent: readonly (readonly [MessageType, string])[] = [
  ['NegotiateConnection', negotiationData({ abbreviation: odd, version: '0.1', rate: 6 })],
  ['NegotiateConnectionResponse', negotiationResponseData('1', false, odd)],
  ['Request', requestData({ calls })],
  [
    'Request',
    requestData({
      calls,
      wantsAck: true,
      everyEvents: 3,
      everySeconds: 5,
      range: '[1,2)',
      maxObjects: 7,
      timeoutMs: 9,
      lastEvent: odd,
    }),
  ],
  ['Unsubscribe', unsubscribeData([odd])],
  ['Response', responseData(answer, false)],
  ['Response', responseData({ ...answer, status: 5, errorCode: odd, event: odd, missedEvents: true }, false)],
  ['Ack', ackData('1')],
  ['RegisterCompoundMethod', compoundData({ name: odd, children: [{ method: 'a', aliases: { b: odd } }] })],
  ['UnregisterCompoundMethod', unregisterCompoundData('')],
  ['Notification', notificationData({ notificationType: odd, wantsAck: true })],
]

test.each(sent)('a %s as it is sent fits the published schema, and is read back', (type, data) => {
  const text = envelopes(() => 1_700_000_000_000, '0')(odd, type, data)
  const message = JSON.parse(text) as Json
  expect([fits(message), fits.errors]).toEqual([true, null])
  expect(readMessage(message)).toMatchObject({ id: odd, type, timestampMs: 1_700_000_000_000 })
})

test('a Request says what was asked, in the order it was asked', () => {
  const message = JSON.parse(
    envelopes(() => 0, '0')(
      '1',
      'Request',
      requestData({ calls, wantsAck: true, everyEvents: 3, range: '[1,2)' }),
    ),
  ) as Json
  expect(readMessage(message)).toMatchObject({ calls, wantsAck: true, everyEvents: 3, range: '[1,2)' })
})

test.each([
  [0, '0'],
  [-480, '8'],
  [300, '-5'],
  [-330, '5'],
  [210, '-3'],
])('%d minutes west of Greenwich is time zone %j', (minutes, zone) => {
  expect(timeZone(minutes)).toBe(zone)
})
