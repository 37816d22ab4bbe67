import type { Socket } from 'node:net'
import { Metadata, ServerInterceptingCall, type ServerInterceptor, status } from '@grpc/grpc-js'

/** Connections that are being told why they are refused; more are cut without a word. */
const MAX_HEARD = 32

/** After that they are cut. */
const HEARD_MS = 2000

/** Clients of remote contracts come back no earlier. */
const RETRY_AFTER_MS = 10_000

/** Connections that a port has no room for: for a moment they are kept, so that their clients learn the reason. */
export class Excess {
  readonly #reasons = new Map<string, string>()

  get size(): number {
    return this.#reasons.size
  }

  /** @param peer as calls tell it: address and port. Returns whether it is kept; else the socket is cut. */
  take(socket: Socket, peer: string, reason: string): boolean {
    if (this.#reasons.size >= MAX_HEARD) {
      socket.destroy()
      return false
    }
    this.#reasons.set(peer, reason)
    const timer = setTimeout(() => socket.destroy(), HEARD_MS)
    socket.once('close', () => {
      clearTimeout(timer)
      this.#reasons.delete(peer)
    })
    return true
  }

  /** Ends every call that comes over such a connection, before its service hears of it. */
  readonly interceptor: ServerInterceptor = (_method, call) => {
    const reason = this.#reasons.get(call.getPeer())
    // As it is: what is wrapped around it would cost every message, and hide the limits of its stream.
    if (reason === undefined) return call as ServerInterceptingCall
    const metadata = new Metadata()
    metadata.set('retry-after-ms', String(RETRY_AFTER_MS))
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: () => {
            call.sendStatus({ code: status.RESOURCE_EXHAUSTED, details: reason, metadata })
          },
          onReceiveMessage: () => undefined,
          onReceiveHalfClose: () => undefined,
          onCancel: () => undefined,
        }),
    })
  }
}
