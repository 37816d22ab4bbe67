/** Where grpc-js 1.14 keeps what a call may receive: on the call itself, behind those that look at what it sends. */
interface Call {
  readonly nextCall?: Call
  maxReceiveMessageSize?: number
  readonly decoder?: { maxReadMessageLength?: number }
}

/**
 * Lets a stream receive no more in one message than this, compressed or not. grpc-js has one limit for all services of a
 * port, and gathers a whole message before anybody sees it; where it keeps the limit of a call is its own affair, so a test
 * watches over this.
 */
export function limitFrames(stream: object, maxBytes: number): void {
  let { call } = stream as { call?: Call }
  while (call?.nextCall) call = call.nextCall
  if (!call?.decoder) return
  call.maxReceiveMessageSize = maxBytes
  call.decoder.maxReadMessageLength = maxBytes
}
