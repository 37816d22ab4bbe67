import { Wallet } from './wallet.js'

/**
 * Known to everybody who has this program: for networks on one machine, where everybody may spend everybody's coins.
 * Whatever is sent to these accounts elsewhere is given away.
 */
export const DEVELOPMENT_MNEMONIC = 'tiny glass garden sun rain water seed leaf tree flower mushroom earth'

const DEVELOPMENT_ACCOUNTS = 10

/** The wallet of the ten development accounts, the same everywhere. */
export function developmentWallet(): Promise<Wallet> {
  return Wallet.restore(DEVELOPMENT_MNEMONIC, DEVELOPMENT_ACCOUNTS)
}
