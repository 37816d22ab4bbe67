import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** Asks for a `pong` with the same nonce. */
export interface Ping {
  readonly nonce: bigint
}

export function encodePing({ nonce }: Ping): Uint8Array {
  return new ByteWriter(8).u64(nonce).finish()
}

export function decodePing(payload: Uint8Array): Ping {
  const reader = new ByteReader(payload)
  const ping = { nonce: reader.u64() }
  reader.end()
  return ping
}
