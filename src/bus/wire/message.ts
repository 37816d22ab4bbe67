import type { Json } from '../../base/json.js'
import type { JsonObject } from './read-scalar.js'

/** Every type of message that travels; the eight of the protocol, and two that some programs send. */
export const MESSAGE_TYPES = [
  'NegotiateConnection',
  'NegotiateConnectionResponse',
  'Request',
  'Unsubscribe',
  'Response',
  'Ack',
  'RegisterCompoundMethod',
  'UnregisterCompoundMethod',
  'Notification',
  'RequestOnly',
] as const
export type MessageType = (typeof MESSAGE_TYPES)[number]

/** Longest MessageID. */
export const MAX_ID_LENGTH = 256

interface Enveloped {
  readonly id: string
  /** Milliseconds since 1970 by the sender's clock; undefined when it cannot be read. */
  readonly timestampMs: number | undefined
}

/** The first message on a connection, from the side that dialled. */
export interface NegotiateConnection extends Enveloped {
  readonly type: 'NegotiateConnection'
  /** The sender's short name. */
  readonly abbreviation: string
  readonly version: string
  readonly algorithm: string
  /** 0 (none) to 9; undefined when it is no number. */
  readonly rate: number | undefined
}

export interface NegotiateConnectionResponse extends Enveloped {
  readonly type: 'NegotiateConnectionResponse'
  /** Undefined from programs that do not say which message they answer. */
  readonly requestId: string | undefined
  readonly isAccepted: boolean
  readonly comment: string
}

/** Calls methods, once or again and again. RequestOnly is a Request that wants no answer at all. */
export interface Request extends Enveloped {
  readonly type: 'Request' | 'RequestOnly'
  readonly wantsAck: boolean
  readonly wantsResponse: boolean
  /** Answer again after every so many events; 0: do not. */
  readonly everyEvents: number
  /** Answer again after every so many seconds; 0: do not. */
  readonly everySeconds: number
  /** As on the wire; see readRange. */
  readonly range: Json | undefined
  /** Most objects per result; 0: no limit. */
  readonly maxObjects: number
  /** In the order to run. */
  readonly calls: readonly MethodCall[]
  /** After so long nobody waits any more; 0: no limit. */
  readonly timeoutMs: number
  /** The last event a subscriber saw, "" for none yet; undefined from programs that do not know event ids. */
  readonly lastEvent: string | undefined
}

export interface MethodCall {
  readonly method: string
  readonly params: JsonObject
  /** The parameters as they came, where they may be passed on as they are. */
  readonly text?: string
}

/** Ends subscriptions: each entry is the MessageID of one, or the name of a method. */
export interface Unsubscribe extends Enveloped {
  readonly type: 'Unsubscribe'
  readonly entries: readonly string[]
}

export interface Response extends Enveloped {
  readonly type: 'Response'
  readonly requestId: string
  readonly isSuccess: boolean
  /** As sent; what it means depends on the dialect, see isSuccess. */
  readonly status: number
  readonly comment: string
  readonly errorCode: string
  readonly data: Json | undefined
  /** The one result of a success as it came, where it may be passed on as it is. */
  readonly only?: { readonly method: string; readonly text: string }
  /** The event this answer tells of; only from programs that know event ids. */
  readonly event: string | undefined
  /** Events were lost between the last one seen and this. */
  readonly missedEvents: boolean
}

export interface Ack extends Enveloped {
  readonly type: 'Ack'
  readonly requestId: string
}

export interface RegisterCompoundMethod extends Enveloped {
  readonly type: 'RegisterCompoundMethod'
  readonly name: string
  readonly description: string
  /** Children in the order to run, with the alias of each real parameter name. */
  readonly children: readonly CompoundChild[]
}

export interface CompoundChild {
  readonly method: string
  readonly aliases: Readonly<Record<string, string>>
}

export interface UnregisterCompoundMethod extends Enveloped {
  readonly type: 'UnregisterCompoundMethod'
  /** Empty: all virtual methods of the sender. */
  readonly name: string
}

export interface Notification extends Enveloped {
  readonly type: 'Notification'
  readonly wantsAck: boolean
  readonly notificationType: string
  readonly comment: string
  readonly data: Json | undefined
}

/** What came is no message; whatever could be read of it. */
export interface Unreadable {
  readonly type: 'Unreadable'
  /** "" when there is none. */
  readonly id: string
  readonly fault: string
}

export type Message =
  | NegotiateConnection
  | NegotiateConnectionResponse
  | Request
  | Unsubscribe
  | Response
  | Ack
  | RegisterCompoundMethod
  | UnregisterCompoundMethod
  | Notification
