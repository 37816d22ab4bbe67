import { randomBytes } from 'node:crypto'
import type { Clock } from '../../clock.js'
import type { RequestLedger, RequestOptions } from './request-ledger.js'
import type { PendingRequest } from './pending-request.js'

/** A number that nobody can guess, for pings and handshakes. */
export const randomNonce = (): bigint => randomBytes(8).readBigUInt64LE()

/** Pings on their way, each named by its nonce. */
export class Pings {
  readonly #pending = new Map<bigint, { request: PendingRequest<number>; sentAt: number }>()

  constructor(
    private readonly ledger: RequestLedger,
    private readonly clock: Clock,
    private readonly send: (nonce: bigint) => Promise<void>,
  ) {}

  /** Milliseconds until the answer. */
  ask(options: RequestOptions): Promise<number> {
    const nonce = randomNonce()
    const request = this.ledger.open<number>('ping', options)
    if (!request.settled) {
      this.#pending.set(nonce, { request, sentAt: this.clock.now() })
      request.whenSettled(() => this.#pending.delete(nonce))
      this.send(nonce).catch((error: unknown) => request.fail(error))
    }
    return request.promise
  }

  observe(nonce: bigint): void {
    const ping = this.#pending.get(nonce)
    ping?.request.resolve(this.clock.now() - ping.sentAt)
  }
}
