import {
  type Outpoint,
  type Output,
  type Transaction,
  TRANSACTION_VERSION,
} from '../../src/ledger/transaction.js'
import type { Account } from '../../src/wallet/account.js'
import { signTransaction } from '../../src/wallet/sign-transaction.js'

/** An output that a bench may spend. */
export interface OwnCoin extends Outpoint {
  readonly owner: Account
}

/** A transaction with one input. `timestamp` keeps transactions apart that are otherwise alike. */
export function transfer(
  chainId: string,
  { owner, transactionId, outputIndex }: OwnCoin,
  outputs: readonly Output[],
  timestamp: number,
): Transaction {
  const inputs = [{ transactionId, outputIndex }]
  return signTransaction({ version: TRANSACTION_VERSION, chainId, timestamp, inputs, outputs, fee: 0 }, [
    owner.keys,
  ])
}
