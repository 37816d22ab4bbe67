import type { BigTx } from '../../blocks/block-events.js'
import { NotFoundError, RejectedError, TooLargeError, UsageError } from '../../errors.js'
import { sha256d, toDisplay, type Hash } from '../../hash.js'
import { hasWitness, type Network } from '../../networks/network.js'
import type { InvItem } from '../../wire/messages/inv.js'
import type { Reject } from '../../wire/messages/reject.js'
import { strippedTx } from '../../wire/messages/tx.js'
import type { PendingRequest } from './pending-request.js'
import type { RequestLedger, RequestOptions } from './request-ledger.js'

/** Transactions that were asked for, each named by its id. */
export class TxRequests {
  readonly #wanted = new Map<string, PendingRequest<Uint8Array>>()

  constructor(
    private readonly ledger: RequestLedger,
    private readonly network: Network,
    private readonly send: (hash: Hash) => Promise<void>,
  ) {}

  /** The transaction as it came, witnesses included. */
  async get(hash: Hash, options: RequestOptions): Promise<Uint8Array> {
    const key = toDisplay(hash)
    if (this.#wanted.has(key)) throw new UsageError(`transaction ${key} was asked of this peer already`)
    const request = this.ledger.open<Uint8Array>(`getdata of transaction ${key}`, options)
    if (!request.settled) {
      this.#wanted.set(key, request)
      request.whenSettled(() => this.#wanted.delete(key))
      this.send(hash).catch((error: unknown) => request.fail(error))
    }
    return request.promise
  }

  /** @throws {ProtocolError} for a transaction that cannot be read, if any was asked for */
  observe(raw: Uint8Array): void {
    if (this.#wanted.size === 0) return
    const id = sha256d(hasWitness(this.network) ? strippedTx(raw) : raw)
    this.#wanted.get(toDisplay(id))?.resolve(raw)
  }

  get size(): number {
    return this.#wanted.size
  }

  /** One that was too large for one buffer, and has come to its end. */
  observeBig({ txid, raw }: BigTx): void {
    const request = this.#wanted.get(toDisplay(txid))
    if (raw !== undefined) request?.resolve(raw)
    else request?.reject(new TooLargeError(`transaction ${toDisplay(txid)} came in parts, to onTxChunk`))
  }

  notFound(items: readonly InvItem[]): void {
    for (const { hash } of items)
      this.#wanted
        .get(toDisplay(hash))
        ?.reject(new NotFoundError(`the peer does not have transaction ${toDisplay(hash)}`))
  }

  rejected({ hash, code, reason }: Reject): void {
    if (hash === undefined) return
    this.#wanted
      .get(toDisplay(hash))
      ?.reject(new RejectedError(`the peer refuses transaction ${toDisplay(hash)}: ${reason}`, code, reason))
  }
}
