import { PeerDisconnectedError } from '../errors.js'
import type { Link } from './transport.js'

/** Writes to a link no faster than the link takes it. */
export class Outbox {
  #full = false
  #closed: PeerDisconnectedError | undefined
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = []

  constructor(private readonly link: Link) {}

  /**
   * The bytes are taken at once, in the order of the calls; resolves when more may follow.
   * @throws {PeerDisconnectedError} rejects with it when the link has ended.
   */
  async send(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw this.#closed
    if (!this.link.write(bytes)) this.#full = true
    if (this.#full) await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** The link has room again. */
  drained(): void {
    this.#full = false
    for (const { resolve } of this.#waiting.splice(0)) resolve()
  }

  /** The link has ended: whoever waits is told. */
  close(): void {
    this.#closed ??= new PeerDisconnectedError()
    for (const { reject } of this.#waiting.splice(0)) reject(this.#closed)
  }
}
