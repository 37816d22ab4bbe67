import type { ServerDuplexStream } from '@grpc/grpc-js'
import { PrimeFrame } from '../../wire/remote.js'
import { type Refusal, statusOf } from './refusal.js'

/** The node's end of a stream to one client. */
export interface FrameLine {
  /** Where the client is: address and port. */
  readonly address: string
  /** Bytes that were sent and have not left. */
  readonly pendingBytes: number
  /** Frames that have left. */
  readonly framesLeft: number
  /** Sends in order. `left` is called once the frame is on its way, if that is ever so. */
  send(frame: Partial<PrimeFrame>, left?: () => void): void
  /** Nothing is read until {@link resume}. */
  pause(): void
  resume(): void
  /** Ends the stream after what was sent. */
  end(refusal?: Refusal): void
  /** Ends the connection under it, whatever has not left. */
  cut(): void
}

type Frames = ServerDuplexStream<Buffer, Buffer>

/** A line over gRPC, on a stream whose messages are bytes. */
export class GrpcFrameLine implements FrameLine {
  readonly address: string
  readonly #stream: Frames
  readonly #cut: (peer: string) => void
  #pendingBytes = 0
  #framesLeft = 0

  /** @param cut drops the connection of a peer */
  constructor(stream: Frames, cut: (peer: string) => void) {
    this.#stream = stream
    this.address = stream.getPeer()
    this.#cut = cut
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  get framesLeft(): number {
    return this.#framesLeft
  }

  send(frame: Partial<PrimeFrame>, left?: () => void): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return
    const { buffer, byteOffset, byteLength } = PrimeFrame.encode(frame)
    this.#pendingBytes += byteLength
    this.#stream.write(Buffer.from(buffer, byteOffset, byteLength), () => {
      this.#pendingBytes -= byteLength
      this.#framesLeft += 1
      left?.()
    })
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  end(refusal?: Refusal): void {
    if (this.#stream.destroyed || this.#stream.writableEnded) return
    if (refusal) this.#stream.emit('error', statusOf(refusal))
    else this.#stream.end()
  }

  cut(): void {
    this.#cut(this.address)
  }
}
