import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'
import { MAX_ASSOCIATION_ID_BYTES } from './version.js'

/** BSV: the first message, instead of `version`, of one more connection to the same peer. */
export interface CreateStrm {
  readonly associationId: Uint8Array
  /** 1 is the first connection, 2 and up are for data. */
  readonly streamType: number
  readonly policy: string
}

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
