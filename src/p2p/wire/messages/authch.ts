import { ProtocolError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** BSV: asks the other side to prove that it is a miner; may be ignored. */
export interface AuthCh {
  readonly version: number
  /** 32 bytes. */
  readonly challenge: Uint8Array
}

const CHALLENGE_BYTES = 32

export function encodeAuthCh({ version, challenge }: AuthCh): Uint8Array {
  return new ByteWriter(40).u32(version).u32(CHALLENGE_BYTES).fixed(challenge, CHALLENGE_BYTES).finish()
}

export function decodeAuthCh(payload: Uint8Array): AuthCh {
  const reader = new ByteReader(payload)
  const version = reader.u32()
  const length = reader.u32()
  if (length !== CHALLENGE_BYTES)
    throw new ProtocolError('bad_value', `a challenge has ${length} bytes instead of ${CHALLENGE_BYTES}`)
  const challenge = reader.bytes(CHALLENGE_BYTES)
  reader.end()
  return { version, challenge }
}
