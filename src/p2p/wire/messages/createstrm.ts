import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { MAX_ASSOCIATION_ID_BYTES } from './version.js'

/** BSV: the first message, instead of `version`, of one more connection to the same peer. */
export interface CreateStrm {
  readonly associationId: Uint8Array
  /** One of {@link STREAM_TYPES}. */
  readonly streamType: number
  readonly policy: string
}

export const STREAM_TYPES = { general: 1, data1: 2, data2: 3, data3: 4, data4: 5 } as const

export function encodeCreateStrm({ associationId, streamType, policy }: CreateStrm): Uint8Array {
  return new ByteWriter(64).varBytes(associationId).u8(streamType).varString(policy).finish()
}

export function decodeCreateStrm(payload: Uint8Array): CreateStrm {
  const reader = new ByteReader(payload)
  const message = {
    associationId: reader.varBytes(MAX_ASSOCIATION_ID_BYTES),
    streamType: reader.u8(),
    policy: reader.varString(),
  }
  reader.end()
  return message
}
