import { ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js'

/** Bytes of one call that may be on their way to the socket when its next message is sent. */
const MAX_AHEAD_BYTES = 256 * 1024

/**
 * grpc-js sends the next message of a stream when the socket has taken the last one, so that each is a write of its own.
 * Here those that come together leave together.
 */
export const sendAhead: ServerInterceptor = ({ responseStream }, call) =>
  // One that sends a single message passes as it is.
  responseStream ? new CallAhead(call) : (call as ServerInterceptingCall)

class CallAhead extends ServerInterceptingCall {
  #aheadBytes = 0

  /** `callback` asks for the next message. Of what is no bytes yet nobody knows how much it is: it waits. */
  override sendMessage(message: unknown, callback: () => void): void {
    const bytes = message instanceof Uint8Array ? message.length : MAX_AHEAD_BYTES
    if (this.#aheadBytes + bytes >= MAX_AHEAD_BYTES) {
      super.sendMessage(message, callback)
      return
    }
    this.#aheadBytes += bytes
    super.sendMessage(message, () => {
      this.#aheadBytes -= bytes
    })
    callback()
  }
}
