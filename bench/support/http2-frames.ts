/** A frame of HTTP/2 (RFC 9113, 4.1). */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7, windowUpdate: 8 }
export const FLAG = { ack: 1, endStream: 1, endHeaders: 4 }

const HEAD_BYTES = 9

export function frame(type: number, flags: number, stream: number, payload: Uint8Array = NOTHING): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes[3] = type
  bytes[4] = flags
  bytes.writeUInt32BE(stream, 5)
  bytes.set(payload, HEAD_BYTES)
  return bytes
}

const NOTHING = new Uint8Array()

/** Finds the frames in what a connection brings. */
export class FrameReader {
  readonly #onFrame: (frame: Frame) => void
  #rest: Buffer = Buffer.alloc(0)

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame
  }

  read(bytes: Buffer): void {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes
    let at = 0
    while (all.length - at >= HEAD_BYTES) {
      const end = at + HEAD_BYTES + all.readUIntBE(at, 3)
      if (end > all.length) break
      const [type = 0, flags = 0] = all.subarray(at + 3, at + 5)
      const stream = all.readUInt32BE(at + 5)
      this.#onFrame({ type, flags, stream, payload: all.subarray(at + HEAD_BYTES, end) })
      at = end
    }
    this.#rest = all.subarray(at)
  }
}

/** The headers of a unary gRPC request as HPACK (RFC 7541), without its tables of what was sent before. */
export function requestHeaders(path: string): Buffer {
  return Buffer.concat([
    // :method POST and :scheme http, as the static table has them.
    Buffer.from([0x83, 0x86]),
    named(4, path),
    named(1, '127.0.0.1'),
    named(31, 'application/grpc'),
    Buffer.from([0]),
    text('te'),
    text('trailers'),
  ])
}

/** A value under a name of the static table. */
function named(index: number, value: string): Buffer {
  const name = index < 15 ? [index] : [15, index - 15]
  return Buffer.concat([Buffer.from(name), text(value)])
}

/** Shorter than 127 bytes. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([value.length]), Buffer.from(value)])
}
