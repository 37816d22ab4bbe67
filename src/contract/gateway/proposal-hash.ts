import { createHash } from 'node:crypto'

/** What a prepared transaction says of the proposal it comes from: SHA-256 over the parts that are not secret. */
export function proposalHash(
  channelHeader: Uint8Array,
  signatureHeader: Uint8Array,
  payloadWithoutTransient: Uint8Array,
): Buffer {
  return createHash('sha256')
    .update(channelHeader)
    .update(signatureHeader)
    .update(payloadWithoutTransient)
    .digest()
}
