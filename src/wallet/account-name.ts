import { WalletError } from './wallet-error.js'

const MAX_NAME_LENGTH = 64

/**
 * The name without the white space around it.
 * @throws {WalletError} `account` when it is empty, too long, unprintable, or reads like an index or an address, which
 * must stay unambiguous where an account is looked up.
 */
export function parseAccountName(text: string): string {
  const name = text.normalize('NFC').trim()
  if (name === '' || name.length > MAX_NAME_LENGTH)
    throw new WalletError('account', `an account's name has 1 to ${MAX_NAME_LENGTH} characters`)
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name))
    throw new WalletError('account', "an account's name has printable characters only")
  if (/^\d+$|^0x/i.test(name))
    throw new WalletError('account', "an account's name is no number and does not start with 0x")
  return name
}
