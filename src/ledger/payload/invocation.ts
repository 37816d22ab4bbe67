import type { Json } from '../../base/json.js'
import { decodeAddress } from '../decode-address.js'
import { decodeSignatures } from '../decode-signatures.js'
import { hexOf, integerOf, listOf, membersOf, textOf } from '../shape.js'
import { encodeSignature, type Signature } from '../signature.js'
import { type Binary, decodeBinary } from './binary.js'
import {
  decodeName,
  decodeRangeReads,
  decodeReads,
  decodeWrites,
  type KeyRead,
  type KeyWrite,
  type RangeRead,
} from './key-access.js'

/** The identity a contract sees as its caller. */
export interface Creator {
  readonly mspId: string
  /** A PEM certificate, or a public key in text. */
  readonly credentials: string
}

/** What the contract answered; only calls with a status below 400 are worth a transaction. */
export type ContractResponse = {
  readonly status: number
  readonly message: string
  readonly payload: Binary
}

export type ContractEvent = {
  readonly name: string
  readonly payload: Binary
}

/**
 * A contract call that was run once, where it was submitted. Every node checks what it read and applies what it wrote.
 * Private data and key metadata live in namespaces of their own, derived from the contract's.
 */
export interface InvocationPayload {
  readonly kind: 'invocation'
  readonly contract: string
  /** 64 hex digits: the transaction id the contract saw while it ran. */
  readonly callId: string
  /** The function's name first, as contracts receive it. */
  readonly args: readonly Binary[]
  readonly creator: Creator
  /** Address that answers for the call; must sign. */
  readonly invoker: string
  readonly reads: readonly KeyRead[]
  readonly rangeReads: readonly RangeRead[]
  readonly writes: readonly KeyWrite[]
  readonly response: ContractResponse
  readonly event?: ContractEvent
  /** By the peers that ran the call and got this result: over its endorsement message. Sorted by public key. */
  readonly endorsements: readonly Signature[]
}

const MEMBERS = [
  'kind',
  'contract',
  'call_id',
  'args',
  'creator',
  'invoker',
  'reads',
  'range_reads',
  'writes',
  'response',
  'endorsements',
] as const

export function decodeInvocation(json: Json): InvocationPayload {
  const call = membersOf(json, 'PAY-2', 'invocation', MEMBERS, ['event'])
  return {
    kind: 'invocation',
    contract: decodeName(call.contract, 'contract'),
    callId: hexOf(call.call_id, 'PAY-11', 'call_id', 64),
    args: listOf(call.args, 'PAY-12', 'args', (arg) => decodeBinary(arg, 'argument')),
    creator: decodeCreator(call.creator),
    invoker: decodeAddress(call.invoker, 'invoker'),
    reads: decodeReads(call.reads),
    rangeReads: decodeRangeReads(call.range_reads),
    writes: decodeWrites(call.writes),
    response: decodeResponse(call.response),
    ...(call.event === undefined ? {} : { event: decodeEvent(call.event) }),
    endorsements: decodeSignatures(call.endorsements, 'PAY-21', 'PAY-22'),
  }
}

export function encodeInvocation(call: InvocationPayload): Json {
  return { ...encodeEndorsed(call), endorsements: call.endorsements.map(encodeSignature) }
}

/** The part of a call that endorsers sign: all of it but the endorsements. */
export function encodeEndorsed(call: Omit<InvocationPayload, 'endorsements'>): Record<string, Json> {
  return {
    kind: call.kind,
    contract: call.contract,
    call_id: call.callId,
    args: call.args,
    creator: { msp_id: call.creator.mspId, credentials: call.creator.credentials },
    invoker: call.invoker,
    reads: call.reads,
    range_reads: call.rangeReads,
    writes: call.writes,
    response: call.response,
    ...(call.event ? { event: call.event } : {}),
  }
}

function decodeCreator(json: Json): Creator {
  const creator = membersOf(json, 'PAY-13', 'creator', ['msp_id', 'credentials'])
  return {
    mspId: textOf(creator.msp_id, 'PAY-13', 'msp_id', 1, 128),
    credentials: textOf(creator.credentials, 'PAY-13', 'credentials', 1, 8192),
  }
}

function decodeResponse(json: Json): ContractResponse {
  const response = membersOf(json, 'PAY-19', 'response', ['status', 'message', 'payload'])
  return {
    status: integerOf(response.status, 'PAY-19', 'status', 0, 399),
    message: textOf(response.message, 'PAY-19', 'message', 0, 1024),
    payload: decodeBinary(response.payload, 'response payload'),
  }
}

function decodeEvent(json: Json): ContractEvent {
  const event = membersOf(json, 'PAY-20', 'event', ['name', 'payload'])
  return {
    name: textOf(event.name, 'PAY-20', 'event name', 1, 256),
    payload: decodeBinary(event.payload, 'event payload'),
  }
}
