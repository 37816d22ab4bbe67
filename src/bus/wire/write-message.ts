import type { Json } from '../../base/json.js'
import type { CompoundChild, MessageType, MethodCall } from './message.js'

/** Turns the data of a message into the one form that every known program reads: five keys, scalars as text. */
export type Envelope = (id: string, type: MessageType, dataText: string) => string

/** Hours east of Greenwich, without minutes. */
export function timeZone(minutesWest: number): string {
  return String(Math.trunc(-minutesWest / 60) + 0)
}

export function envelopes(now: () => number, zone: string): Envelope {
  const tail = `","TimeZone":"${zone}","MessageType":"`
  return (id, type, dataText) =>
    `{"MessageID":${JSON.stringify(id)},"Timestamp":"${now()}${tail}${type}","MessageData":${dataText}}`
}

export interface NegotiationFields {
  readonly abbreviation: string
  readonly version: string
  /** 0 to 9. */
  readonly rate: number
}

export function negotiationData({ abbreviation, version, rate }: NegotiationFields): string {
  return JSON.stringify({
    Abbreviation: abbreviation,
    ProtocolVersion: version,
    CompressionAlgorithm: 'zlib',
    CompressionRate: String(rate),
  })
}

/** All three keys always: programs wait for them. */
export function negotiationResponseData(requestId: string, isAccepted: boolean, comment: string): string {
  return JSON.stringify({
    RequestID: requestId,
    NegotiationStatus: isAccepted ? '1' : '0',
    NegotiationComment: comment,
  })
}

export interface RequestFields {
  readonly calls: readonly MethodCall[]
  readonly wantsAck?: boolean
  readonly everyEvents?: number
  readonly everySeconds?: number
  readonly range?: string
  readonly maxObjects?: number
  /** Milliseconds; 0: no limit. */
  readonly timeoutMs?: number
  /** Present: ask for event ids. Only for peers that know them: an unknown field breaks some programs. */
  readonly lastEvent?: string | undefined
}

/** Put together by hand: it is what a manager writes most. */
export function requestData(fields: RequestFields): string {
  const { calls, range = '', lastEvent } = fields
  const methods = calls.map(({ method, params }) => `${JSON.stringify(method)}:${JSON.stringify(params)}`)
  const last = lastEvent === undefined ? '' : `,"SubscriptionLastEvent":${JSON.stringify(lastEvent)}`
  return (
    `{"RequestAck":"${fields.wantsAck ? 1 : 0}","SubscriptionEventCounter":"${fields.everyEvents ?? 0}"` +
    `,"SubscriptionPeriod":"${fields.everySeconds ?? 0}","SubscriptionRange":${JSON.stringify(range)}` +
    `,"ResponseMaxSize":"${fields.maxObjects ?? 0}","RequestMethods":{${methods.join(',')}}` +
    `,"TimeOut":"${fields.timeoutMs ?? 0}"${last}}`
  )
}

/** A plain call of one method, whose parameters are JSON text already. */
export function callData(method: string, paramsText: string, timeoutMs: number): string {
  return (
    '{"RequestAck":"0","SubscriptionEventCounter":"0","SubscriptionPeriod":"0","SubscriptionRange":""' +
    `,"ResponseMaxSize":"0","RequestMethods":{${JSON.stringify(method)}:${paramsText}},"TimeOut":"${timeoutMs}"}`
  )
}

export interface ResponseFields {
  readonly requestId: string
  /** 0: success. */
  readonly status: number
  readonly comment: string
  readonly errorCode: string
  readonly processingMs: number
  readonly maxObjects: number
  /** JSON text of each method's result. */
  readonly results: readonly (readonly [method: string, jsonText: string])[]
  /** Present for subscribers that asked for event ids. */
  readonly event?: string | undefined
  readonly missedEvents?: boolean
}

/** `papers`: 1 means success, and there is no error code. Otherwise all seven keys, for some programs drop less. */
export function responseData(fields: ResponseFields, papers: boolean): string {
  const results = fields.results.map(([method, text]) => `${JSON.stringify(method)}:${text}`).join(',')
  const status = papers ? (fields.status === 0 ? '"1"' : '"0"') : fields.status
  const code = papers ? '' : `,"ResponseErrorCode":${JSON.stringify(fields.errorCode)}`
  const event = fields.event === undefined ? '' : `,"SubscriptionEvent":${JSON.stringify(fields.event)}`
  const missed = fields.missedEvents ? ',"SubscriptionMissed":"1"' : ''
  return (
    `{"RequestID":${JSON.stringify(fields.requestId)},"ResponseProcessingTime":"${fields.processingMs}"` +
    `,"ResponseStatus":${status},"ResponseComment":${JSON.stringify(fields.comment)}` +
    `,"ResponseMaxSize":"${fields.maxObjects}"${code}${event}${missed},"ResponseData":{${results}}}`
  )
}

export function ackData(requestId: string): string {
  return `{"RequestID":${JSON.stringify(requestId)}}`
}

export function unsubscribeData(entries: readonly string[]): string {
  return JSON.stringify({ UnsubscribeMethods: entries })
}

export interface NotificationFields {
  readonly notificationType: string
  readonly comment?: string
  readonly data?: Json
  readonly wantsAck?: boolean
}

export function notificationData({
  notificationType,
  comment = '',
  data = {},
  wantsAck,
}: NotificationFields): string {
  return JSON.stringify({
    NotificationAck: wantsAck ? '1' : '0',
    NotificationType: notificationType,
    NotificationComment: comment,
    NotificationData: data,
  })
}

export interface CompoundFields {
  readonly name: string
  readonly description?: string
  readonly children: readonly CompoundChild[]
}

export function compoundData({ name, description = '', children }: CompoundFields): string {
  return JSON.stringify({
    CompoundMethodName: name,
    CompoundMethodDescription: description,
    CompoundMethods: Object.fromEntries(children.map(({ method, aliases }) => [method, aliases])),
  })
}

export function unregisterCompoundData(name: string): string {
  return JSON.stringify({ UnregisterCompoundMethodName: name })
}
