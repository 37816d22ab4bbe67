import { ProtocolError } from '../errors.js'
import { sha256d } from '../hash.js'
import type { PayloadSink } from '../blocks/payload-sink.js'

/** What takes the payload of the frame under way. Where a promise is returned, the next call waits for it. */
export interface FrameBody {
  push(slice: Uint8Array): void | Promise<void>
  end(): void | Promise<void>
  abort(reason: Error): void | Promise<void>
}

/** Is told what went wrong inside a payload; the frames after it are not affected. */
export type OnFault = (error: unknown, command: string) => void

/** Collects a payload in one buffer of its own, and hands it over if its checksum is right. */
export class BufferedBody implements FrameBody {
  readonly #payload: Uint8Array
  #length = 0

  constructor(
    length: number,
    private readonly command: string,
    private readonly checksum: Uint8Array | undefined,
    private readonly onPayload: (command: string, payload: Uint8Array) => void | Promise<void>,
    private readonly onFault: OnFault,
  ) {
    this.#payload = new Uint8Array(length)
  }

  push(slice: Uint8Array): void {
    this.#payload.set(slice, this.#length)
    this.#length += slice.length
  }

  end(): void | Promise<void> {
    if (this.checksum === undefined || isChecksum(this.checksum, this.#payload))
      return this.onPayload(this.command, this.#payload)
    this.onFault(
      new ProtocolError('bad_checksum', `the checksum of a message '${this.command}' is wrong`),
      this.command,
    )
  }

  abort(): void {
    // Nobody has seen any of it.
  }
}

function isChecksum(checksum: Uint8Array, payload: Uint8Array): boolean {
  return Buffer.from(checksum.buffer, checksum.byteOffset, 4).equals(sha256d(payload).subarray(0, 4))
}

/** Feeds a sink; where there is none, and once it has failed, the payload is thrown away. */
export class SinkBody implements FrameBody {
  #sink: PayloadSink | undefined

  constructor(
    sink: PayloadSink | undefined,
    private readonly command: string,
    private readonly onFault: OnFault,
  ) {
    this.#sink = sink
  }

  push(slice: Uint8Array): void | Promise<void> {
    return this.#guard((sink) => sink.push(slice))
  }

  end(): void | Promise<void> {
    return this.#guard((sink) => sink.end())
  }

  abort(reason: Error): void | Promise<void> {
    return this.#guard((sink) => sink.abort(reason))
  }

  #guard(act: (sink: PayloadSink) => void | Promise<void>): void | Promise<void> {
    if (this.#sink === undefined) return
    try {
      return act(this.#sink)?.catch((error: unknown) => this.#fail(error))
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#sink = undefined
    this.onFault(error, this.command)
  }
}
