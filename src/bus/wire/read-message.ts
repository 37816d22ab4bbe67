import type { Json } from '../../base/json.js'
import {
  type CompoundChild,
  MAX_ID_LENGTH,
  type Message,
  MESSAGE_TYPES,
  type MessageType,
  type MethodCall,
  type Request,
  type Unreadable,
} from './message.js'
import { isList, isObject, type JsonObject, readFlag, readInteger, readText } from './read-scalar.js'
import { PROTOCOL_VERSION } from './protocol-version.js'
import { readTimestamp } from './timestamp.js'

/** Ids above the limit are refused, but those up to here are named in the refusal. */
const MAX_ECHOED_ID_LENGTH = 1024

/** Most methods in one Request. */
const MAX_METHODS = 128

interface Envelope {
  readonly id: string
  readonly timestampMs: number | undefined
}

/** What a reader of one type reports when the data is not of its type. */
class Fault extends Error {}

/** Reads any message that a program is known to send, strict or not. */
export function readMessage(json: Json): Message | Unreadable {
  if (!isObject(json)) return { type: 'Unreadable', id: '', fault: 'the message is no JSON object' }
  const id = readText(json['MessageID']) ?? ''
  if (id === '' || id.length > MAX_ID_LENGTH) {
    const named = id.length > MAX_ECHOED_ID_LENGTH ? '' : id
    const fault = id === '' ? 'MessageID is missing' : `MessageID is longer than ${MAX_ID_LENGTH} characters`
    return { type: 'Unreadable', id: named, fault }
  }
  const type = typeOf(json['MessageType'])
  if (!type) return { type: 'Unreadable', id, fault: 'MessageType is unknown' }
  const data = json['MessageData']
  if (!isObject(data)) return { type: 'Unreadable', id, fault: 'MessageData is no JSON object' }
  try {
    return READERS[type]({ id, timestampMs: readTimestamp(json['Timestamp']) }, data, json)
  } catch (error) {
    if (error instanceof Fault) return { type: 'Unreadable', id, fault: error.message }
    throw error
  }
}

function typeOf(value: Json | undefined): MessageType | undefined {
  // The protocol's own examples misspell it.
  if (value === 'NegotiateConnectionReponse') return 'NegotiateConnectionResponse'
  return typeof value === 'string' && TYPES.has(value) ? (value as MessageType) : undefined
}

const TYPES: ReadonlySet<string> = new Set(MESSAGE_TYPES)

type Reader = (envelope: Envelope, data: JsonObject, whole: JsonObject) => Message

const READERS: Readonly<Record<MessageType, Reader>> = {
  NegotiateConnection: (envelope, data, whole) => ({
    ...envelope,
    type: 'NegotiateConnection',
    abbreviation: readText(data['Abbreviation']) ?? '',
    version:
      readText(data['ProtocolVersion']) ??
      readText(whole['ProtocolVersion']) ??
      readText(whole['MessageVersion']) ??
      PROTOCOL_VERSION,
    algorithm: readText(data['CompressionAlgorithm']) ?? 'zlib',
    rate: readInteger(data['CompressionRate'], 0),
  }),
  NegotiateConnectionResponse: (envelope, data) => ({
    ...envelope,
    type: 'NegotiateConnectionResponse',
    requestId: readText(data['RequestID']),
    isAccepted: readFlag(data['NegotiationStatus']),
    comment: readText(data['NegotiationComment']) ?? '',
  }),
  Request: (envelope, data) => readRequest(envelope, data, 'Request'),
  RequestOnly: (envelope, data) => readRequest(envelope, data, 'RequestOnly'),
  Unsubscribe: (envelope, data) => ({
    ...envelope,
    type: 'Unsubscribe',
    entries: listOf(data['UnsubscribeMethods']).map((entry) => readText(entry) ?? ''),
  }),
  Response: readResponse,
  Ack: (envelope, data) => ({
    ...envelope,
    type: 'Ack',
    requestId: readText(data['RequestID'] ?? data['RequestId']) ?? '',
  }),
  RegisterCompoundMethod: (envelope, data) => ({
    ...envelope,
    type: 'RegisterCompoundMethod',
    name: readText(data['CompoundMethodName']) ?? '',
    description: readText(data['CompoundMethodDescription']) ?? '',
    children: readPairs(data['CompoundMethods'], 'CompoundMethods').map(readChild),
  }),
  UnregisterCompoundMethod: (envelope, data) => ({
    ...envelope,
    type: 'UnregisterCompoundMethod',
    name: readText(data['UnregisterCompoundMethodName']) ?? '',
  }),
  Notification: (envelope, data) => ({
    ...envelope,
    type: 'Notification',
    wantsAck: readFlag(data['NotificationAck']),
    notificationType: readText(data['NotificationType']) ?? '',
    comment: readText(data['NotificationComment']) ?? '',
    data: data['NotificationData'],
  }),
}

/** RequestType, of the protocol's papers: 1 answer, 2 acknowledge and answer, 3 acknowledge only, 4 neither. */
function readRequest({ id, timestampMs }: Envelope, data: JsonObject, type: Request['type']): Request {
  const kind = readInteger(data['RequestType'], 1)
  const isSilent = type === 'RequestOnly' || kind === 4
  return {
    id,
    timestampMs,
    type,
    wantsAck: !isSilent && (readFlag(data['RequestAck']) || kind === 2 || kind === 3),
    wantsResponse: !isSilent && kind !== 3,
    everyEvents: unsigned(data, 'SubscriptionEventCounter'),
    everySeconds: unsigned(data, 'SubscriptionPeriod'),
    range: data['SubscriptionRange'],
    maxObjects: unsigned(data, 'ResponseMaxSize'),
    calls: readPairs(data['RequestMethods'], 'RequestMethods').map(readCall),
    timeoutMs: unsigned(data, 'TimeOut'),
    lastEvent: readText(data['SubscriptionLastEvent']),
  }
}

/**
 * What counts as success depends on who speaks: programs that send ResponseErrorCode mean 0, the protocol's papers,
 * which have no such field, mean 1.
 */
function readResponse({ id, timestampMs }: Envelope, data: JsonObject): Message {
  const errorCode = readText(data['ResponseErrorCode']) ?? ''
  const success = 'ResponseErrorCode' in data ? 0 : 1
  const status = readInteger(data['ResponseStatus'], success) ?? -1
  return {
    id,
    timestampMs,
    type: 'Response',
    requestId: readText(data['RequestID']) ?? '',
    isSuccess: status === success && errorCode === '',
    status,
    comment: readText(data['ResponseComment']) ?? '',
    errorCode,
    data: data['ResponseData'],
    event: readText(data['SubscriptionEvent']),
    missedEvents: readFlag(data['SubscriptionMissed']),
  }
}

function readCall([method, params]: readonly [string, Json]): MethodCall {
  if (params !== null && !isObject(params))
    throw new Fault(`the parameters of ${JSON.stringify(method)} are no JSON object`)
  return { method, params: params ?? {} }
}

function readChild([method, aliases]: readonly [string, Json]): CompoundChild {
  const texts = Object.entries(isObject(aliases) ? aliases : {}).map(
    ([name, alias]) => [name, readText(alias) ?? name] as const,
  )
  return { method, aliases: Object.fromEntries(texts) }
}

/** A map, or a list of maps (of one key each in the papers); nothing is an empty one. */
function readPairs(value: Json | undefined, field: string): (readonly [string, Json])[] {
  const entriesOf = (map: Json): [string, Json][] => {
    if (!isObject(map)) throw new Fault(`${field} is neither a map nor a list of maps`)
    return Object.entries(map)
  }
  const pairs = isList(value) ? value.flatMap(entriesOf) : entriesOf(value ?? {})
  if (pairs.length > MAX_METHODS) throw new Fault(`${field} names more than ${MAX_METHODS} methods`)
  return pairs
}

function unsigned(data: JsonObject, field: string): number {
  const value = readInteger(data[field], 0)
  if (value === undefined || value < 0) throw new Fault(`${field} is no unsigned number`)
  return value
}

function listOf(value: Json | undefined): readonly Json[] {
  if (isList(value)) return value
  return value === undefined || value === null ? [] : [value]
}
