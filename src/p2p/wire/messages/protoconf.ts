import { ProtocolError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** BSV: what the sender can take; sent once, right after `verack`. */
export interface Protoconf {
  /** The longest payload the sender accepts, blocks and transactions apart; at least 1 MiB. */
  readonly maxReceiveBytes: number
  /** Ways to share the messages among several connections, for example Default and BlockPriority. */
  readonly streamPolicies?: readonly string[]
}

/** What may be sent to a peer that has not told what it accepts, and the least it may tell. */
export const LEAST_MAX_RECEIVE_BYTES = 1_048_576

export function encodeProtoconf({ maxReceiveBytes, streamPolicies }: Protoconf): Uint8Array {
  const writer = new ByteWriter(48).compactSize(streamPolicies === undefined ? 1 : 2).u32(maxReceiveBytes)
  if (streamPolicies !== undefined) writer.varString(streamPolicies.join(','))
  return writer.finish()
}

/** Fields beyond the second are of a later protocol and ignored. */
export function decodeProtoconf(payload: Uint8Array): Protoconf {
  const reader = new ByteReader(payload)
  const fields = reader.compactSize()
  if (fields === 0) throw new ProtocolError('bad_value', 'a protoconf has no fields')
  const maxReceiveBytes = reader.u32()
  if (maxReceiveBytes < LEAST_MAX_RECEIVE_BYTES)
    throw new ProtocolError('bad_value', `a peer that accepts ${maxReceiveBytes} bytes cannot be served`)
  const policies = fields < 2 ? undefined : reader.varString()
  if (fields <= 2) reader.end()
  if (policies === undefined) return { maxReceiveBytes }
  return { maxReceiveBytes, streamPolicies: policies === '' ? [] : policies.split(',') }
}
