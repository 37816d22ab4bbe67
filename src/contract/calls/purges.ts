import { VALIDATION_CODE } from '../../ledger/validation-code.js'
import { LruMap } from '../../wallet/lru-map.js'
import type { PrivateWrite } from '../call.js'
import type { PrivateValues } from '../private-values.js'
import type { CallChain } from './call-chain.js'

export interface PurgesOptions {
  readonly chain: CallChain
  readonly privateValues: Pick<PrivateValues, 'purge'>
  readonly onFault?: (error: unknown) => void
}

/** Calls that purge and are not in a block yet; more are left to the store, which forgets what is of no use by itself. */
const REMEMBERED = 10_000

/** Forgets all values of a private key once the call that purged it is on the chain, and valid. */
export class Purges {
  readonly #options: PurgesOptions
  readonly #waiting = new LruMap<readonly PrivateWrite[]>(REMEMBERED)
  readonly #end: () => void

  constructor(options: PurgesOptions) {
    this.#options = options
    this.#end = options.chain.onConnected(({ transactions }) => {
      for (const { id } of transactions) this.#connected(id)
    })
  }

  note(transactionId: string, writes: readonly PrivateWrite[]): void {
    const purges = writes.filter(({ isPurge }) => isPurge)
    if (purges.length > 0) this.#waiting.set(transactionId, purges)
  }

  close(): void {
    this.#end()
  }

  #connected(transactionId: string): void {
    const { chain, privateValues, onFault } = this.#options
    if (chain.place(transactionId)?.code !== VALIDATION_CODE.VALID) return
    for (const { namespace, collection, key } of this.#waiting.get(transactionId) ?? [])
      privateValues.purge(namespace, collection, key).catch((error: unknown) => onFault?.(error))
  }
}
