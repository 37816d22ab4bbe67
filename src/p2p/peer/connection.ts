import { diagnostics, type MessageDiagnostics } from '../diagnostics.js'
import { type P2pError, PeerDisconnectedError, RequestTimeoutError } from '../errors.js'
import { sha256d } from '../hash.js'
import { encodeMessageHeader } from '../wire/message-header.js'
import { FrameStream, type FrameStreamOptions } from './frame-stream.js'
import type { PeerSettings } from './options.js'
import { Outbox } from './outbox.js'
import type { Link } from './transport.js'

export type ConnectionSettings = Pick<
  PeerSettings,
  'host' | 'port' | 'localAddress' | 'transport' | 'clock' | 'connectTimeoutMs' | 'network' | 'limits'
>

export interface ConnectionEvents extends Pick<FrameStreamOptions, 'onPayload' | 'openSink' | 'onFault'> {
  onOpen(): void
  /** Exactly once, and last; the reason is undefined where we ended it without one. */
  onClosed(reason: Error | undefined): void
}

/** A link that carries messages. It reads no faster than the messages are taken, and writes no faster than the peer reads. */
export class Connection {
  /** Bytes of payloads and headers so far. */
  readonly traffic = { bytesIn: 0, bytesOut: 0 }
  readonly #link: Link
  readonly #outbox: Outbox
  readonly #frames: FrameStream
  readonly #cancelTimeout: () => void
  #taking: Promise<void> = Promise.resolve()
  #opened = false
  #closing: { reason: Error | undefined } | undefined

  /** Connects at once. */
  constructor(
    private readonly settings: ConnectionSettings,
    private readonly events: ConnectionEvents,
  ) {
    const { transport, host, port, localAddress, clock, connectTimeoutMs } = settings
    this.#frames = new FrameStream({ ...settings, ...watched(settings, events) })
    this.#cancelTimeout = clock.after(connectTimeoutMs, () =>
      this.close(new RequestTimeoutError(`no connection to ${host}:${port} in ${connectTimeoutMs} ms`)),
    )
    this.#link = transport(
      { host, port, ...(localAddress === undefined ? {} : { localAddress }) },
      {
        onOpen: () => this.#onOpen(),
        onBytes: (bytes) => this.#onBytes(bytes),
        onDrain: () => this.#outbox.drained(),
        onClose: (error) => this.#onClose(error),
      },
    )
    this.#outbox = new Outbox(this.#link)
  }

  get opened(): boolean {
    return this.#opened
  }

  /** Resolves when more may be sent. Messages leave in the order of the calls. */
  async send(command: string, payload: Uint8Array): Promise<void> {
    const checksum = sha256d(payload).subarray(0, 4)
    const header = encodeMessageHeader(this.settings.network.magic, {
      command,
      length: payload.length,
      checksum,
    })
    this.traffic.bytesOut += header.length + payload.length
    diagnostics.sent.tell(() => messageOf(this.settings, command, payload.length))
    // One write for what is small: each costs a call into the system.
    if (payload.length <= 16_384) return this.#outbox.send(Buffer.concat([header, payload]))
    void this.#outbox.send(header).catch(() => undefined)
    return this.#outbox.send(payload)
  }

  /** Ends the link at once; without effect on one that has ended. */
  close(reason?: Error): void {
    if (this.#closing !== undefined) return
    this.#closing = { reason }
    this.#frames.stop()
    this.#cancelTimeout()
    this.#outbox.close()
    this.#link.destroy()
  }

  #onOpen(): void {
    if (this.#closing !== undefined) return
    this.#opened = true
    this.#cancelTimeout()
    this.events.onOpen()
  }

  #onBytes(bytes: Uint8Array): boolean {
    this.traffic.bytesIn += bytes.length
    try {
      const taking = this.#frames.push(bytes)
      if (taking === undefined) return true
      this.#taking = taking.then(
        () => this.#link.resume(),
        (error: unknown) => this.#fail(error),
      )
    } catch (error) {
      this.#fail(error)
    }
    return false
  }

  #fail(error: unknown): void {
    this.events.onFault(error, '')
    this.close(error instanceof Error ? error : new Error(String(error)))
  }

  #onClose(error: Error | undefined): void {
    const { host, port } = this.settings
    this.#closing ??= { reason: lossOf(error, this.#opened, `${host}:${port}`) }
    const { reason } = this.#closing
    this.#cancelTimeout()
    this.#outbox.close()
    this.#frames.stop()
    // What is being taken is taken to its end before the rest is called off.
    void this.#taking.then(() => this.#frames.end(reason ?? new PeerDisconnectedError()))
    this.events.onClosed(reason)
  }
}

const messageOf = (
  { host, port }: ConnectionSettings,
  command: string,
  bytes: number,
): MessageDiagnostics => ({ host, port, command, bytes })

/** The same events, of which whoever measures is told. */
function watched(
  settings: ConnectionSettings,
  { onPayload, openSink, onFault }: ConnectionEvents,
): Omit<FrameStreamOptions, 'network' | 'limits'> {
  const tell = (command: string, bytes: number): void =>
    diagnostics.received.tell(() => messageOf(settings, command, bytes))
  return {
    onFault,
    onPayload(command, payload) {
      tell(command, payload.length)
      return onPayload(command, payload)
    },
    openSink(command, header) {
      const sink = openSink(command, header)
      if (sink !== undefined) tell(command, header.length)
      return sink
    },
  }
}

function lossOf(error: Error | undefined, opened: boolean, address: string): P2pError {
  const what = opened ? `${address} has disconnected` : `cannot connect to ${address}`
  return new PeerDisconnectedError(error === undefined ? what : `${what}: ${error.message}`, { cause: error })
}
