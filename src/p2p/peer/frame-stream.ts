import type { PayloadHeader, PayloadSink } from '../blocks/payload-sink.js'
import type { Network } from '../networks/network.js'
import { checkPayloadLength, type MessageLimits } from '../wire/limits.js'
import {
  decodeMessageHeader,
  EXTENDED_HEADER_BYTES,
  MESSAGE_HEADER_BYTES,
  type MessageHeader,
} from '../wire/message-header.js'
import { BufferedBody, SinkBody, type FrameBody, type OnFault } from './frame-body.js'

export interface FrameStreamOptions {
  readonly network: Network
  readonly limits: MessageLimits
  /** A whole payload whose checksum is right; the bytes are the receiver's. */
  readonly onPayload: (command: string, payload: Uint8Array) => void | Promise<void>
  /** Where to stream a payload; undefined for one that is collected in memory. */
  readonly openSink: (command: string, header: PayloadHeader) => PayloadSink | undefined
  readonly onFault: OnFault
}

/**
 * Cuts the bytes of a connection into messages, wherever reads split them. One message is finished before the next is
 * begun, so that all is told in the order of the wire.
 */
export class FrameStream {
  readonly #head = new Uint8Array(EXTENDED_HEADER_BYTES)
  #headLength = 0
  #headNeeded = MESSAGE_HEADER_BYTES
  #body: FrameBody | undefined
  /** Bytes of the payload under way that are still to come. */
  #missing = 0
  #pending: Promise<void> | undefined
  #ended = false

  constructor(private readonly options: FrameStreamOptions) {}

  /**
   * Takes the next bytes, which it looks at until the returned promise resolves: no more may be given before that.
   * @throws {ProtocolError} (or rejects with it) where the stream cannot be read on: the connection is of no more use
   */
  push(bytes: Uint8Array): void | Promise<void> {
    const offset = this.#consumeSome(bytes, 0)
    if (this.#pending !== undefined) return this.#pushRest(bytes, offset)
  }

  /** Nothing more will come: the payload under way is aborted. To be called when no push is pending. */
  async end(reason: Error): Promise<void> {
    this.#ended = true
    const body = this.#body
    this.#body = undefined
    await body?.abort(reason)
  }

  /** Whatever was pushed and not looked at yet is ignored. */
  stop(): void {
    this.#ended = true
  }

  async #pushRest(bytes: Uint8Array, from: number): Promise<void> {
    let offset = from
    for (let pending = this.#takePending(); pending !== undefined; pending = this.#takePending()) {
      await pending
      offset = this.#consumeSome(bytes, offset)
    }
  }

  #takePending(): Promise<void> | undefined {
    const pending = this.#pending
    this.#pending = undefined
    return pending
  }

  /** Goes on until something has to be waited for, and returns where the rest starts. */
  #consumeSome(bytes: Uint8Array, from: number): number {
    let offset = from
    while (offset < bytes.length && !this.#ended && this.#pending === undefined)
      offset = this.#consume(bytes, offset)
    return offset
  }

  /** Takes what belongs together, and returns where the rest starts. */
  #consume(bytes: Uint8Array, offset: number): number {
    if (this.#body === undefined) return this.#consumeHead(bytes, offset)
    const end = Math.min(bytes.length, offset + this.#missing)
    this.#missing -= end - offset
    const pushed = this.#body.push(bytes.subarray(offset, end))
    if (this.#missing > 0) this.#pending = pushed ?? undefined
    else this.#finish(this.#body, pushed)
    return end
  }

  #consumeHead(bytes: Uint8Array, offset: number): number {
    const end = Math.min(bytes.length, offset + this.#headNeeded - this.#headLength)
    this.#head.set(bytes.subarray(offset, end), this.#headLength)
    this.#headLength += end - offset
    if (this.#headLength === this.#headNeeded) this.#openFrame()
    return end
  }

  #openFrame(): void {
    const { network, limits } = this.options
    const header = decodeMessageHeader(
      this.#head.subarray(0, this.#headLength),
      network.magic,
      network.family,
    )
    if (header === undefined) {
      this.#headNeeded = EXTENDED_HEADER_BYTES
      return
    }
    checkPayloadLength(header, limits)
    this.#headLength = 0
    this.#headNeeded = MESSAGE_HEADER_BYTES
    this.#missing = header.length
    this.#body = this.#bodyOf(header)
    if (header.length === 0) this.#finish(this.#body, undefined)
  }

  #bodyOf({ command, length, checksum }: MessageHeader): FrameBody {
    const { openSink, onFault, onPayload } = this.options
    try {
      const sink = openSink(command, { length, checksum })
      if (sink !== undefined) return new SinkBody(sink, command, onFault)
    } catch (error) {
      onFault(error, command)
      return new SinkBody(undefined, command, onFault)
    }
    return new BufferedBody(length, command, checksum, onPayload, onFault)
  }

  #finish(body: FrameBody, pushed: void | Promise<void>): void {
    if (pushed === undefined) {
      this.#body = undefined
      this.#pending = body.end() ?? undefined
      return
    }
    this.#pending = pushed.then(() => {
      // Aborted meanwhile: the last slice was taken, but nobody wants the end any more.
      if (this.#ended) return
      this.#body = undefined
      return body.end()
    })
  }
}
