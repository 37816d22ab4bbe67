import { type ClientHttp2Session, connect } from 'node:http2'

/** One request, framed as gRPC wants it. */
export function framed(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.length)
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, 5)
  return frame
}

/** The least that calls over gRPC take, so that a load costs little beside the server it is for. */
export class GrpcClient {
  readonly #session: ClientHttp2Session

  constructor(port: number) {
    this.#session = connect(`http://127.0.0.1:${port}`)
    this.#session.on('error', () => undefined)
  }

  /** Sends a request made by {@link framed}; resolves with the bytes of the answer's message. Rejects with any other status. */
  unary(path: string, frame: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
      })
      const chunks: Buffer[] = []
      let status = ''
      const note = (headers: Record<string, unknown>): void => {
        if (headers['grpc-status'] !== undefined)
          status = `${String(headers['grpc-status'])} ${String(headers['grpc-message'] ?? '')}`
      }
      stream.on('response', note).on('trailers', note)
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.once('error', reject)
      stream.once('close', () => {
        if (status.startsWith('0')) resolve(Buffer.concat(chunks).subarray(5))
        else reject(new Error(`${path}: ${status}`))
      })
      stream.end(frame)
    })
  }

  close(): void {
    this.#session.close()
  }
}
