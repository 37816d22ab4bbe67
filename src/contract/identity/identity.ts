import type { KeyObject } from 'node:crypto'
import type { Caller } from '../call.js'
import { SerializedIdentity } from '../wire/fabric.js'

/** Somebody who can sign calls. */
export interface Identity extends Caller {
  readonly privateKey: KeyObject
}

/** A caller as it stands in proposals and requests. */
export function serializeIdentity({ mspId, certificate }: Caller): Uint8Array {
  return SerializedIdentity.encode({ mspid: mspId, idBytes: Buffer.from(certificate, 'latin1') })
}
