import { status } from '@grpc/grpc-js'
import type { ChaincodeMessage } from '../wire/fabric.js'
import type { ContractLine, Refusal } from './contract-line.js'

/** What is needed of a gRPC stream, of whichever side. */
export interface MessageStream {
  write(message: Partial<ChaincodeMessage>, left: () => void): boolean
  pause(): unknown
  resume(): unknown
  isPaused(): boolean
}

/** A refusal as gRPC has it. */
export interface RefusalStatus {
  readonly code: status
  readonly details: string
}

export interface MessageLineOptions {
  readonly address: string
  readonly expectedId: string | undefined
  /** Ends the stream as its side of gRPC does it. */
  readonly end: (refusal: RefusalStatus | undefined) => void
}

const CODES: Readonly<Record<Refusal['kind'], status>> = {
  invalid: status.INVALID_ARGUMENT,
  'out-of-order': status.FAILED_PRECONDITION,
  taken: status.ALREADY_EXISTS,
  'not-allowed': status.PERMISSION_DENIED,
  'too-late': status.DEADLINE_EXCEEDED,
}

/** While more than this has not left, nothing is read: whoever does not read answers gets no more of them. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024

/** What a message takes besides its payload, roughly. */
const OVERHEAD_BYTES = 256

/** A line over gRPC. */
export class MessageLine implements ContractLine {
  readonly address: string
  readonly expectedId: string | undefined
  readonly #stream: MessageStream
  readonly #end: MessageLineOptions['end']
  #pendingBytes = 0

  constructor(stream: MessageStream, { address, expectedId, end }: MessageLineOptions) {
    this.#stream = stream
    this.address = address
    this.expectedId = expectedId
    this.#end = end
  }

  get pendingBytes(): number {
    return this.#pendingBytes
  }

  send(message: Partial<ChaincodeMessage>): void {
    const bytes = (message.payload?.length ?? 0) + OVERHEAD_BYTES
    this.#pendingBytes += bytes
    this.#stream.write(message, () => this.#left(bytes))
    if (this.#pendingBytes > MAX_UNREAD_BYTES) this.#stream.pause()
  }

  end(refusal?: Refusal): void {
    this.#end(refusal && { code: CODES[refusal.kind], details: refusal.text })
  }

  #left(bytes: number): void {
    this.#pendingBytes -= bytes
    if (this.#pendingBytes <= MAX_UNREAD_BYTES && this.#stream.isPaused()) this.#stream.resume()
  }
}
