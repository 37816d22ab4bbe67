import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { FLAG, FRAME, frame, FrameReader, type Frame, requestHeaders } from './http2-frames.js'

/** One request, framed as gRPC wants it. */
export function framed(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(5 + message.length)
  bytes.writeUInt32BE(message.length, 1)
  bytes.set(message, 5)
  return bytes
}

interface Waiting {
  readonly chunks: Buffer[]
  readonly resolve: (message: Buffer) => void
  readonly reject: (error: Error) => void
}

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
/** Ours is never full: the answers of a bench are fewer bytes than this. */
const ALL_THE_WINDOW = 0x7fff0000
const FIRST_WINDOW = 65_535
const MAX_FRAME = 16_384

/**
 * The least that unary calls over gRPC take: Node's own HTTP/2 costs its process several times as much, which a bench
 * would count as the server's. Requests must fit into a stream's first window of 64 KB. One that has no answer fails
 * without a reason.
 */
export class GrpcClient {
  readonly #socket: Socket
  readonly #headers = new Map<string, Buffer>()
  readonly #waiting = new Map<number, Waiting>()
  /** Data that the server has no room for yet. */
  #held: Buffer[] = []
  #window = FIRST_WINDOW
  #lastStream = -1
  #outgoing: Buffer[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    const reader = new FrameReader((each) => this.#receive(each))
    socket.on('data', (bytes: Buffer) => reader.read(bytes))
    socket.on('error', () => undefined)
    socket.once('close', () => this.#fail(new Error('the connection is gone')))
    const window = Buffer.alloc(4)
    window.writeUInt32BE(ALL_THE_WINDOW)
    this.#send(Buffer.from(PREFACE), frame(FRAME.settings, 0, 0), frame(FRAME.windowUpdate, 0, 0, window))
  }

  static async open(port: number): Promise<GrpcClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    await once(socket, 'connect')
    return new GrpcClient(socket)
  }

  /** Sends a request made by {@link framed}; resolves with the bytes of the answer's message. */
  unary(path: string, request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.#lastStream += 2
      const stream = this.#lastStream
      const reasoned = (error: Error): void => reject(new Error(`${path}: ${error.message}`))
      this.#waiting.set(stream, { chunks: [], resolve, reject: reasoned })
      this.#send(frame(FRAME.headers, FLAG.endHeaders, stream, this.#headersOf(path)))
      for (let at = 0; at < request.length; at += MAX_FRAME) {
        const isLast = at + MAX_FRAME >= request.length
        const part = request.subarray(at, at + MAX_FRAME)
        this.#held.push(frame(FRAME.data, isLast ? FLAG.endStream : 0, stream, part))
      }
      this.#sendHeld()
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #headersOf(path: string): Buffer {
    const known = this.#headers.get(path) ?? requestHeaders(path)
    this.#headers.set(path, known)
    return known
  }

  #sendHeld(): void {
    let sent = 0
    for (const each of this.#held) {
      const bytes = each.length - 9
      if (bytes > this.#window) break
      this.#window -= bytes
      sent += 1
      this.#send(each)
    }
    if (sent > 0) this.#held = this.#held.slice(sent)
  }

  /** What is sent in one turn of the event loop goes in one write. */
  #send(...frames: Buffer[]): void {
    if (this.#outgoing.length === 0) {
      setImmediate(() => {
        this.#socket.write(Buffer.concat(this.#outgoing))
        this.#outgoing = []
      })
    }
    this.#outgoing.push(...frames)
  }

  #receive({ type, flags, stream, payload }: Frame): void {
    if (type === FRAME.windowUpdate && stream === 0) {
      this.#window += payload.readUInt32BE()
      this.#sendHeld()
    } else if (type === FRAME.settings && !(flags & FLAG.ack)) this.#send(frame(FRAME.settings, FLAG.ack, 0))
    else if (type === FRAME.ping && !(flags & FLAG.ack)) this.#send(frame(FRAME.ping, FLAG.ack, 0, payload))
    else if (type === FRAME.goAway) this.#fail(new Error('the server is going away'))
    else if (type === FRAME.data) this.#waiting.get(stream)?.chunks.push(payload)
    if (type === FRAME.reset || (flags & FLAG.endStream && (type === FRAME.headers || type === FRAME.data)))
      this.#end(stream)
  }

  /** Only an answer that is good has a message. */
  #end(stream: number): void {
    const waiting = this.#waiting.get(stream)
    this.#waiting.delete(stream)
    if (!waiting) return
    if (waiting.chunks.length > 0) waiting.resolve(Buffer.concat(waiting.chunks).subarray(5))
    else waiting.reject(new Error('the server refused'))
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
