import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { MAX_ASSOCIATION_ID_BYTES } from './version.js'

/** BSV: the answer to `createstrm`, which it repeats. */
export interface StreamAck {
  readonly associationId: Uint8Array
  readonly streamType: number
}

export function encodeStreamAck({ associationId, streamType }: StreamAck): Uint8Array {
  return new ByteWriter(24).varBytes(associationId).u8(streamType).finish()
}

export function decodeStreamAck(payload: Uint8Array): StreamAck {
  const reader = new ByteReader(payload)
  const message = { associationId: reader.varBytes(MAX_ASSOCIATION_ID_BYTES), streamType: reader.u8() }
  reader.end()
  return message
}
