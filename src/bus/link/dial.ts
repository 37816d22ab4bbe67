import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import type { Limits } from '../limits.js'

/** Longest time until the other side has accepted. */
const HANDSHAKE_MS = 10_000

/** Opens a WebSocket. @throws {Error} when nobody answers, or not as a WebSocket server, or the signal fires */
export async function dial(
  url: string,
  headers: Readonly<Record<string, string>>,
  limits: Limits,
  signal: AbortSignal,
): Promise<{ socket: WebSocket; stream: Duplex }> {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: limits.maxMessageBytes,
    handshakeTimeout: HANDSHAKE_MS,
    headers: { ...headers },
  })
  // A second error, after the one that ends the wait, has nobody to tell.
  socket.on('error', () => undefined)
  const abort = (): void => socket.terminate()
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  try {
    const [[response]] = (await Promise.all([once(socket, 'upgrade'), once(socket, 'open')])) as [
      [IncomingMessage],
      unknown,
    ]
    return { socket, stream: response.socket }
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
