import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** Whether, and in which form, the sender understands compact blocks. */
export interface SendCmpct {
  /** New blocks shall come as compact ones, unasked. */
  readonly announce: boolean
  /** 1 without, 2 with witnesses. */
  readonly version: bigint
}

export function encodeSendCmpct({ announce, version }: SendCmpct): Uint8Array {
  return new ByteWriter(9)
    .u8(announce ? 1 : 0)
    .u64(version)
    .finish()
}

export function decodeSendCmpct(payload: Uint8Array): SendCmpct {
  const reader = new ByteReader(payload)
  const message = { announce: reader.u8() !== 0, version: reader.u64() }
  reader.end()
  return message
}
