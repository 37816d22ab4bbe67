import { sealSigned } from '../ledger/seal-transaction.js'
import { signatureMessage } from '../ledger/signature-checks.js'
import type { Transaction, UnsignedTransaction } from '../ledger/transaction.js'
import type { KeyPair } from './keys.js'

/** The transaction with one signature by each of these keys, in the order the chain wants. A key given twice signs once. */
export function signTransaction(unsigned: UnsignedTransaction, signers: Iterable<KeyPair>): Transaction {
  return sealSigned(unsigned, (id) => {
    const message = signatureMessage(id)
    const signatures = new Map(Array.from(signers, (keys) => [keys.publicKey, keys.sign(message)]))
    return [...signatures]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([publicKey, signature]) => ({ publicKey, signature }))
  })
}
