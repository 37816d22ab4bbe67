import type { Json } from '../base/json.js'
import type { Steps } from '../base/steps.js'
import type { Block } from '../ledger/block.js'
import { encodeHeaderJson } from '../ledger/encode-block.js'
import { encodeTransaction } from '../ledger/encode-transaction.js'
import type { Transaction } from '../ledger/transaction.js'
import { inSlices } from '../time/in-slices.js'

/** Transactions encoded in one step. */
const STEP = 32

/** Puts one template after another into JSON without holding up the thread: what the last one held already is not encoded again. */
export class TemplateEncoder {
  #last: ReadonlyMap<Transaction, Json> = new Map()

  /** The block in the form that it may be submitted in. */
  async encode({ header, transactions }: Block): Promise<Record<string, Json>> {
    const encoded = await inSlices(encodeAll(transactions, this.#last))
    this.#last = encoded
    return { ...encodeHeaderJson(header), transactions: [...encoded.values()] }
  }
}

function* encodeAll(
  transactions: readonly Transaction[],
  known: ReadonlyMap<Transaction, Json>,
): Steps<ReadonlyMap<Transaction, Json>> {
  const encoded = new Map<Transaction, Json>()
  for (const transaction of transactions) {
    encoded.set(transaction, known.get(transaction) ?? encodeTransaction(transaction))
    if (encoded.size % STEP === 0) yield
  }
  return encoded
}
