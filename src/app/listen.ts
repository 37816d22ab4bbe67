import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { hasCode } from '../store/error-code.js'

/** Above the time our own calls keep a connection idle, so that no call meets one that is being closed. */
const KEEP_ALIVE_MS = 30_000
const HEADERS_MS = 10_000
const REQUEST_MS = 30_000
const MAX_CONNECTIONS = 2048

/** Closing waits this long for answers under way. */
const CLOSE_GRACE_MS = 2_000

/** A port was not to be had: one line for the person who asked for it. */
export class PortError extends Error {
  override readonly name = 'PortError'
}

/**
 * An HTTP server that holds its port before the node behind it is ready; requests that come too early wait. The port is
 * taken first, so that a node that cannot have it has written nothing.
 */
export class Door {
  readonly server: Server
  readonly port: number
  readonly #early: Parameters<RequestListener>[] = []
  #isOpen = false

  private constructor(server: Server, port: number) {
    this.server = server
    this.port = port
    server.on('request', (request, response) => {
      if (!this.#isOpen) this.#early.push([request, response])
    })
  }

  /** `flag`: by which the port was asked for. @throws {PortError} */
  static async take(ip: string, port: number, flag = '--port'): Promise<Door> {
    const server = createServer({
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
    })
    server.maxConnections = MAX_CONNECTIONS
    try {
      server.listen({ host: ip, port, exclusive: true })
      await once(server, 'listening')
    } catch (error) {
      throw new PortError(portErrorText(error, ip, port, flag), { cause: error })
    }
    return new Door(server, (server.address() as AddressInfo).port)
  }

  /** Starts answering, those who came early first. */
  open(listener: RequestListener): void {
    this.#isOpen = true
    this.server.removeAllListeners('request')
    this.server.on('request', listener)
    for (const [request, response] of this.#early.splice(0)) listener(request, response)
  }

  /** Stops listening, lets answers under way finish for a moment, then cuts the rest. */
  async close(): Promise<void> {
    const cut = setTimeout(() => this.server.closeAllConnections(), CLOSE_GRACE_MS)
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve())
      this.server.closeIdleConnections()
    })
    clearTimeout(cut)
  }
}

function portErrorText(error: unknown, ip: string, port: number, flag: string): string {
  if (hasCode(error, 'EADDRINUSE'))
    return `port ${port} of ${ip} is taken by another program; choose another with ${flag}`
  if (hasCode(error, 'EACCES'))
    return `port ${port} of ${ip} may not be used by this user; choose one above 1023 with ${flag}`
  if (hasCode(error, 'EADDRNOTAVAIL')) return `this machine has no address ${ip}; choose another with --ip`
  return `cannot listen on port ${port} of ${ip}: ${(error as Error).message}`
}
