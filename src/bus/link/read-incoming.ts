import { type Json, JsonError, parseJson } from '../../base/json.js'
import type { Limits } from '../limits.js'
import { type Dialect, dialectOf } from '../wire/dialect.js'
import { readFrame } from '../wire/frame.js'
import type { Message, Unreadable } from '../wire/message.js'
import { readCanonical } from '../wire/read-canonical.js'
import { readMessage } from '../wire/read-message.js'
import { isObject } from '../wire/read-scalar.js'

export interface Incoming {
  readonly message: Message | Unreadable
  readonly wasCompressed: boolean
  /** Present with a NegotiateConnection, which shows it. */
  readonly dialect?: Dialect
}

/** What a frame says, however its sender writes. */
export function readIncoming(data: Buffer, isBinary: boolean, limits: Limits): Incoming {
  const { text, fault, wasCompressed = false } = readFrame(data, isBinary, limits.maxMessageBytes)
  if (text === undefined) return { message: unreadable(fault ?? ''), wasCompressed }
  try {
    const canonical = readCanonical(text, limits)
    if (canonical) return { message: canonical, wasCompressed }
    const json = parseJson(text, { maxDepth: limits.maxDepth })
    const message = readMessage(json)
    return message.type === 'NegotiateConnection'
      ? { message, wasCompressed, dialect: dialectOfJson(json) }
      : { message, wasCompressed }
  } catch (error) {
    if (error instanceof JsonError) return { message: unreadable(error.message), wasCompressed }
    throw error
  }
}

function unreadable(fault: string): Unreadable {
  return { type: 'Unreadable', id: '', fault }
}

function dialectOfJson(json: Json): Dialect {
  if (!isObject(json)) return 'plain'
  const data = json['MessageData']
  return dialectOf(json, isObject(data) ? data : {})
}
