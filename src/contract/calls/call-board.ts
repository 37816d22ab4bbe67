import type { Block } from '../../ledger/block.js'
import type { Place } from '../../ledger/place.js'
import type { Transaction } from '../../ledger/transaction.js'
import { LruMap } from '../../wallet/lru-map.js'
import { ContractError } from '../contract-error.js'
import type { CallChain, PlacedTransaction } from './call-chain.js'
import { untilAborted } from './until-aborted.js'

/** Calls whose transactions are remembered, about 200 bytes each. */
const REMEMBERED_CALLS = 50_000

interface Waiting {
  readonly resolve: (found: PlacedTransaction) => void
  readonly reject: (error: Error) => void
}

/**
 * What became of calls. The chain is asked each time, so an answer is right on the branch of the moment; what is remembered
 * here is only which transactions carry a call.
 */
export class CallBoard {
  readonly #chain: CallChain
  readonly #transactions = new LruMap<readonly string[]>(REMEMBERED_CALLS)
  readonly #failures = new LruMap<string>(1000)
  readonly #waiting = new Map<string, Set<Waiting>>()
  readonly #ends: readonly (() => void)[]

  constructor(chain: CallChain) {
    this.#chain = chain
    this.#ends = [
      chain.onConnected((block) => this.#connected(block)),
      chain.onDropped((transaction, reason) => this.#dropped(transaction, reason)),
    ]
    for (const transaction of chain.pending()) this.note(transaction)
  }

  /** Remembers which transaction carries a call. */
  note({ id, payload }: Pick<Transaction, 'id' | 'payload'>): void {
    if (payload?.kind !== 'invocation') return
    const known = this.#transactions.get(payload.callId) ?? []
    if (!known.includes(id)) this.#transactions.set(payload.callId, [...known, id])
  }

  /** The call will not come into a block: tells those that wait for it, and those that ask later. */
  fail(callId: string, reason: string): void {
    this.#failures.set(callId, reason)
    for (const { reject } of this.#take(callId)) reject(new ContractError('bad-call', reason))
  }

  /** Why a call came into no block, as far as this node knows. */
  failure(callId: string): string | undefined {
    return this.#failures.get(callId)
  }

  /** A transaction with this call that waits for a block. */
  pending(callId: string): string | undefined {
    return this.#transactions.get(callId)?.find((id) => this.#chain.isPending(id))
  }

  /** Where the call stands in the chain: the valid one, also of long ago, before those that are not, as far as they are remembered. */
  placed(callId: string): PlacedTransaction | undefined {
    const carrier = this.#chain.carrierOf(callId)
    const known = this.#transactions.get(callId) ?? []
    for (const transactionId of carrier === undefined ? known : [carrier]) {
      const place = this.#chain.place(transactionId)
      if (place) return { transactionId, place }
    }
    return undefined
  }

  /**
   * Where the call stands in the chain, once it does. @throws {ContractError} `bad-call` where it waits for a block no longer
   */
  async untilPlaced(callId: string, signal?: AbortSignal): Promise<PlacedTransaction> {
    const placed = this.placed(callId)
    if (placed) return placed
    signal?.throwIfAborted()
    const failure = this.pending(callId) === undefined ? this.#failures.get(callId) : undefined
    if (failure !== undefined) throw new ContractError('bad-call', failure)
    return this.#wait(callId, signal)
  }

  close(): void {
    for (const end of this.#ends) end()
    for (const callId of [...this.#waiting.keys()])
      for (const { reject } of this.#take(callId)) reject(new Error('the node is stopping'))
  }

  async #wait(callId: string, signal: AbortSignal | undefined): Promise<PlacedTransaction> {
    const waiters = this.#waiting.get(callId) ?? new Set()
    this.#waiting.set(callId, waiters)
    let own: Waiting | undefined
    const placed = new Promise<PlacedTransaction>((resolve, reject) => {
      own = { resolve, reject }
      waiters.add(own)
    })
    try {
      return await untilAborted(placed, signal)
    } finally {
      if (own) waiters.delete(own)
      if (waiters.size === 0 && this.#waiting.get(callId) === waiters) this.#waiting.delete(callId)
    }
  }

  #connected({ transactions }: Block): void {
    for (const transaction of transactions) {
      if (transaction.payload?.kind !== 'invocation') continue
      this.note(transaction)
      const { callId } = transaction.payload
      const placed = this.placed(callId)
      if (placed) for (const { resolve } of this.#take(callId)) resolve(placed)
    }
  }

  #dropped({ payload, id }: Transaction, reason: string): void {
    if (payload?.kind !== 'invocation') return
    const place: Place | undefined = this.#chain.place(id)
    if (!place && this.pending(payload.callId) === undefined)
      this.fail(payload.callId, `the transaction of the call waits for a block no longer: ${reason}`)
  }

  #take(callId: string): readonly Waiting[] {
    const waiters = this.#waiting.get(callId)
    this.#waiting.delete(callId)
    return waiters ? [...waiters] : []
  }
}
