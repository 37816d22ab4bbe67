import type { Json } from '../../base/json.js'
import { ensure } from '../shape.js'
import { decodeCoinbase, encodeCoinbase } from './coinbase.js'
import { decodeInvocation, encodeInvocation } from './invocation.js'
import { decodeOutput, encodeOutput } from './output.js'
import type { Payload } from './payload.js'
import { decodeRecord, encodeRecord } from './record.js'

interface Codec<P> {
  readonly decode: (json: Json) => P
  readonly encode: (payload: P) => Json
}

/** Every kind of payload: a new one is a file of its own and a line here. */
const CODECS: { readonly [K in Payload['kind']]: Codec<Extract<Payload, { kind: K }>> } = {
  coinbase: { decode: decodeCoinbase, encode: encodeCoinbase },
  record: { decode: decodeRecord, encode: encodeRecord },
  output: { decode: decodeOutput, encode: encodeOutput },
  invocation: { decode: decodeInvocation, encode: encodeInvocation },
}

/** @throws {RuleError} */
export function decodePayload(json: Json): Payload {
  const kind = typeof json === 'object' && json !== null && 'kind' in json ? json['kind'] : undefined
  ensure(isKind(kind), 'PAY-1', 'payload has no known kind')
  return CODECS[kind].decode(json)
}

export function encodePayload(payload: Payload): Json {
  const codec = CODECS[payload.kind] as Codec<Payload>
  return codec.encode(payload)
}

function isKind(kind: unknown): kind is Payload['kind'] {
  return typeof kind === 'string' && Object.hasOwn(CODECS, kind)
}
