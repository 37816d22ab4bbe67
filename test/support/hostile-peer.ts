import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { NodeRecord } from '../../src/nodes/record.js'
import { afterThisTest } from './cleanup.js'

/** One request as far as a hostile peer cares. */
export interface RawRequest {
  readonly verb: string
  readonly path: string
  readonly head: string
}

/** What the peer does with a request; it owns the socket. */
export type Behaviour = (socket: Socket, request: RawRequest) => void

export interface HostilePeer {
  readonly record: NodeRecord
  readonly url: string
  /** First lines of the requests so far. */
  readonly requests: readonly string[]
  /** Connections open now. */
  openSockets(): number
  /** Bytes that the other ends have taken off our hands, in all. */
  bytesTaken(): number
  behave(behaviour: Behaviour): void
}

/** A server below HTTP that does to each request what the test says; gone after the test, with all its connections. */
export async function startHostilePeer(behaviour: Behaviour, ip = '127.0.0.1'): Promise<HostilePeer> {
  let current = behaviour
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const everySocket: Socket[] = []
  const server = createServer((socket) => {
    sockets.add(socket)
    everySocket.push(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    onRequests(socket, (request) => {
      requests.push(`${request.verb} ${request.path}`)
      current(socket, request)
    })
  })
  server.listen(0, ip)
  await once(server, 'listening')
  afterThisTest(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })
  const { port } = server.address() as AddressInfo
  return {
    record: { ip_address: ip, port },
    url: `http://${ip}:${port}`,
    requests,
    openSockets: () => sockets.size,
    bytesTaken: () =>
      everySocket.reduce((sum, { bytesWritten, writableLength }) => sum + bytesWritten - writableLength, 0),
    behave: (next) => (current = next),
  }
}

/** Calls back with every whole request, bodies skipped. */
function onRequests(socket: Socket, callback: (request: RawRequest) => void): void {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1')
    for (;;) {
      const end = text.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = text.slice(0, end)
      const bodyLength = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (text.length < end + 4 + bodyLength) return
      text = text.slice(end + 4 + bodyLength)
      const [verb = '', path = ''] = head.split(' ')
      callback({ verb, path, head })
    }
  })
}

/** An answer of HTTP in bytes. */
export function rawAnswer(
  body: string | Buffer,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Buffer {
  const lines = Object.entries({
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  })
  const head = `HTTP/1.1 ${status} Whatever\r\n${lines.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n`
  return Buffer.concat([Buffer.from(head), Buffer.from(body)])
}

export function answerJson(value: unknown, headers: Record<string, string> = {}, status = 200): Behaviour {
  return (socket) => socket.write(rawAnswer(JSON.stringify(value), { status, headers }))
}

/** Answers POST / as the node `record` and does `otherwise` with the rest. */
export function greetsAs(
  record: NodeRecord,
  otherwise: Behaviour,
  headers: Record<string, string> = {},
): Behaviour {
  return (socket, request) => {
    if (request.verb === 'POST' && request.path === '/') answerJson(record, headers)(socket, request)
    else otherwise(socket, request)
  }
}
