/** Where grpc-js 1.14 keeps what a call may receive. */
interface Limits {
  readonly call?: { maxReceiveMessageSize?: number; readonly decoder?: { maxReadMessageLength?: number } }
}

/**
 * Lets a stream receive no more in one message than this, compressed or not. grpc-js has one limit for all services of a
 * port, and gathers a whole message before anybody sees it; where it keeps the limit of a call is its own affair, so a test
 * watches over this.
 */
export function limitFrames(stream: object, maxBytes: number): void {
  const { call } = stream as Limits
  if (!call?.decoder) return
  call.maxReceiveMessageSize = maxBytes
  call.decoder.maxReadMessageLength = maxBytes
}
