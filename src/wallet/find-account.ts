import type { AccountEntry } from './keystore.js'
import { WalletError } from './wallet-error.js'

/** How to name an account: by its index, its address or its name. */
export type AccountReference = number | string

/** The account with this index (a number, or its digits), address or name. @throws {WalletError} `account` when there is none. */
export function findAccount<A extends AccountEntry>(accounts: readonly A[], reference: AccountReference): A {
  const wanted = String(reference).normalize('NFC').trim()
  const found = accounts.find(
    ({ index, address, name }) =>
      String(index) === wanted || address === wanted.toLowerCase() || name === wanted,
  )
  if (found) return found
  throw new WalletError('account', `this wallet has no account ${JSON.stringify(wanted)}`)
}
