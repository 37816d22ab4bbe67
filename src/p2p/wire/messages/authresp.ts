import { ProtocolError } from '../../errors.js'
import { ByteReader } from '../reader.js'
import { ByteWriter } from '../writer.js'

/** BSV: the answer to `authch`. */
export interface AuthResp {
  /** 33 bytes. */
  readonly publicKey: Uint8Array
  readonly nonce: bigint
  /** DER, at most 72 bytes, over the double SHA-256 of the challenge and the nonce. */
  readonly signature: Uint8Array
}

const PUBLIC_KEY_BYTES = 33
const MAX_SIGNATURE_BYTES = 72

export function encodeAuthResp({ publicKey, nonce, signature }: AuthResp): Uint8Array {
  return new ByteWriter(120)
    .compactSize(PUBLIC_KEY_BYTES)
    .fixed(publicKey, PUBLIC_KEY_BYTES)
    .u64(nonce)
    .varBytes(signature)
    .finish()
}

export function decodeAuthResp(payload: Uint8Array): AuthResp {
  const reader = new ByteReader(payload)
  const publicKey = reader.varBytes(PUBLIC_KEY_BYTES)
  if (publicKey.length !== PUBLIC_KEY_BYTES)
    throw new ProtocolError(
      'bad_value',
      `a public key has ${publicKey.length} bytes instead of ${PUBLIC_KEY_BYTES}`,
    )
  const response = { publicKey, nonce: reader.u64(), signature: reader.varBytes(MAX_SIGNATURE_BYTES) }
  reader.end()
  return response
}
