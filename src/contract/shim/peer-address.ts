/** Where a peer listens, and whether over TLS. */
export interface PeerAddress {
  /** As host:port. */
  readonly host: string
  readonly isTls: boolean
}

/** Reads what `--peer.address` says; without grpc:// or grpcs:// the environment decides. @throws {Error} for anything else */
export function readPeerAddress(text: string, isTlsEnabled: boolean): PeerAddress {
  if (text === '') {
    throw new Error('The "peer.address" program argument must be set to a legitimate value of <host>:<port>')
  }
  if (/^https?:\/\//.test(text)) {
    throw new Error(
      'The "peer.address" program argument can not be set to an "http(s)" url, use grpc(s) or omit the protocol',
    )
  }
  const isNamed = /^grpcs?:\/\//.test(text)
  const url = new URL(isNamed ? text : `${isTlsEnabled ? 'grpcs' : 'grpc'}://${text}`)
  return { host: url.host, isTls: url.protocol === 'grpcs:' }
}
