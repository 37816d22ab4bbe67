import { JsonError, type JsonLimits, parseJson } from '../../base/json.js'
import type { Request, Response } from './message.js'
import { readTimestamp } from './timestamp.js'
import { isObject } from './read-scalar.js'

/** Characters that mean themselves in a JSON string. */
const PLAIN = String.raw`[^"\\\u0000-\u001f]`

const envelope = (type: string): string =>
  String.raw`^\{"MessageID":"(${PLAIN}{1,256})","Timestamp":"(\d*)","TimeZone":"${PLAIN}{0,8}","MessageType":"${type}","MessageData":\{`

const REQUEST = new RegExp(
  envelope('Request') +
    String.raw`"RequestAck":"([01])","SubscriptionEventCounter":"0","SubscriptionPeriod":"0","SubscriptionRange":"(0?)",` +
    String.raw`"ResponseMaxSize":"(\d{1,9})","RequestMethods":\{"(${PLAIN}{1,256})":(?=\{)`,
)
const REQUEST_END = /\}(?:,"TimeOut":"(\d{1,15})")?\}\}$/y

const RESPONSE = new RegExp(
  envelope('Response') +
    String.raw`"RequestID":"(${PLAIN}{1,256})","ResponseProcessingTime":"\d*","ResponseStatus":0,"ResponseComment":"",` +
    String.raw`"ResponseMaxSize":"\d*","ResponseErrorCode":"","ResponseData":\{"(${PLAIN}{1,256})":`,
)
const RESPONSE_END = '}}}'

const QUOTE = 0x22
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/**
 * Reads quickly what travels most, a call of one method and its success, in the form that we and the Java modules write;
 * the payload stays at hand as text. Undefined for anything else, which is for readMessage.
 */
export function readCanonical(text: string, limits: JsonLimits): Request | Response | undefined {
  try {
    return text.startsWith('Request', text.indexOf('"MessageType":"') + 15)
      ? readCall(text, limits)
      : readSuccess(text, limits)
  } catch (error) {
    if (error instanceof JsonError) return undefined
    throw error
  }
}

function readCall(text: string, limits: JsonLimits): Request | undefined {
  const head = REQUEST.exec(text)
  if (!head) return undefined
  const [whole, id = '', timestamp, ack, range = '', maxObjects, method = ''] = head
  const end = endOfObject(text, whole.length)
  REQUEST_END.lastIndex = end
  const tail = REQUEST_END.exec(text)
  if (!tail) return undefined
  const paramsText = text.slice(whole.length, end)
  const params = parseJson(paramsText, limits)
  if (!isObject(params)) return undefined
  return {
    id,
    timestampMs: readTimestamp(timestamp),
    type: 'Request',
    wantsAck: ack === '1',
    wantsResponse: true,
    everyEvents: 0,
    everySeconds: 0,
    range,
    maxObjects: Number(maxObjects),
    calls: [{ method, params, text: paramsText }],
    timeoutMs: Number(tail[1] ?? 0),
    lastEvent: undefined,
  }
}

function readSuccess(text: string, limits: JsonLimits): Response | undefined {
  const head = RESPONSE.exec(text)
  if (!head || !text.endsWith(RESPONSE_END)) return undefined
  const [whole, id = '', timestamp, requestId = '', method = ''] = head
  const end = text.length - RESPONSE_END.length
  const isNested = text.charCodeAt(whole.length) === OPEN_BRACE
  if (isNested && endOfObject(text, whole.length) !== end) return undefined
  const resultText = text.slice(whole.length, end)
  const result = parseJson(resultText, limits)
  return {
    id,
    timestampMs: readTimestamp(timestamp),
    type: 'Response',
    requestId,
    isSuccess: true,
    status: 0,
    comment: '',
    errorCode: '',
    data: { [method]: result },
    only: { method, text: resultText },
    event: undefined,
    missedEvents: false,
  }
}

/** Index behind the brace that closes the one at `start`; -1 when none does. The text may still be no JSON. */
function endOfObject(text: string, start: number): number {
  let depth = 0
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      i = endOfString(text, i)
      if (i < 0) return -1
    } else if (code === OPEN_BRACE) depth += 1
    else if (code === CLOSE_BRACE && --depth === 0) return i + 1
  }
  return -1
}

/** Index of the quote that closes the one at `start`; -1 when none does. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0
  while (text[at - 1 - backslashes] === '\\') backslashes += 1
  return backslashes % 2 === 1
}
