/**
 * What went wrong, for programs.
 * - `mnemonic`: the words are no valid mnemonic.
 * - `derivation_path`: a path that cannot be derived.
 * - `passphrase`: the file does not open with it.
 * - `wallet_file`: the file is no wallet of a known form.
 * - `account`: no such account, or a name that cannot be given.
 * - `recipient`: an address or amount that cannot be paid.
 * - `funds`: the coins do not suffice.
 * - `too_many_inputs`: the coins suffice, but not within one transaction.
 */
export type WalletErrorCode =
  | 'mnemonic'
  | 'derivation_path'
  | 'passphrase'
  | 'wallet_file'
  | 'account'
  | 'recipient'
  | 'funds'
  | 'too_many_inputs'

/** The owner of the wallet can put this right. The message is for them and never holds a secret. */
export class WalletError extends Error {
  override readonly name = 'WalletError'
  readonly code: WalletErrorCode

  constructor(code: WalletErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
