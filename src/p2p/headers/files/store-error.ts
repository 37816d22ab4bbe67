import { P2pError } from '../../errors.js'

/** What can be wrong with the files of a store. */
export type StoreFault =
  /** Another process, or another store of this one, has it open. */
  | 'store_in_use'
  /** There is nothing to open. */
  | 'store_missing'
  /** The file begins with another genesis block. */
  | 'wrong_network'
  /** Headers that were safely written have changed since. */
  | 'store_damaged'
  /** The disk failed; the store must be opened again. */
  | 'store_failed'

/** The files of a store cannot be used; the message says what helps. */
export class StoreError extends P2pError {
  override readonly name = 'StoreError'
  override readonly code: StoreFault
  constructor(code: StoreFault, message: string, options?: ErrorOptions) {
    super(code, message, options)
    this.code = code
  }
}
