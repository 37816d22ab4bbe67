import { unitsOf } from '../../../ledger/amount-of-coins.js'
import { DEFAULTS } from '../../settings/defaults.js'
import { integerIn, secondsIn } from '../../settings/setting.js'
import { coinsText, unitsOfText } from './coins.js'
import { type CommandForm, type Flags, isSet, readText, requiredText, textOf } from './options.js'

const MAX_CONFIRMATIONS = 100_000
const MAX_WAIT_SECONDS = 30 * 24 * 3600

/** The flags of `terrarium wallet send`. */
export const ORDER_FORM: CommandForm = {
  name: 'send',
  usage: '--to <account or address> --amount <coins> [options]',
  describe:
    'Pays coins to an address, or to an account of the same wallet, and prints the id of the transaction.',
  shared: ['wallet', 'passphrase-file', 'dev', 'node', 'json'],
  own: {
    from: 'index, name or address of the account that pays [0]',
    to: 'address that is paid, or index or name of an account of this wallet',
    amount: 'how many coins, with at most eight decimals',
    fee: `coins for whoever mines the block [${coinsText(unitsOf(DEFAULTS.wallet.default_fee))}]`,
    'chain-id': 'send only if the node is on this chain',
    yes: { sign: 'do not ask whether to send' },
    wait: 'follow the transaction until it has this many confirmations',
    'wait-limit': `give up following after this many seconds [${DEFAULTS.wallet.default_wait_limit}]`,
  },
  example: ['$0 --dev --from 0 --to 1 --amount 2.5 --wait 1', 'pay between development accounts'],
}

/** What the flags ask for; amounts in units. */
export interface Order {
  readonly from: string
  readonly to: string
  readonly amount: number
  readonly fee: number
  readonly chainId: string | undefined
  readonly isConfirmed: boolean
  readonly confirmations: number
  readonly waitLimitMs: number
  readonly isJson: boolean
}

/** @throws {SettingsError} naming the flag that is wrong or missing */
export function orderOf(flags: Flags): Order {
  const { default_fee, default_wait_limit } = DEFAULTS.wallet
  const fee = textOf(flags, 'fee')
  const wait = textOf(flags, 'wait')
  return {
    from: textOf(flags, 'from') ?? '0',
    to: requiredText(flags, 'to'),
    amount: readText('amount', requiredText(flags, 'amount'), payable),
    fee: fee === undefined ? unitsOf(default_fee) : readText('fee', fee, unitsOfText),
    chainId: textOf(flags, 'chain-id'),
    isConfirmed: isSet(flags, 'yes'),
    confirmations: wait === undefined ? 0 : readText('wait', wait, integerIn(1, MAX_CONFIRMATIONS)),
    waitLimitMs: readText(
      'wait-limit',
      textOf(flags, 'wait-limit') ?? String(default_wait_limit),
      secondsIn(1, MAX_WAIT_SECONDS),
    ),
    isJson: isSet(flags, 'json'),
  }
}

function payable(text: string): number {
  const units = unitsOfText(text)
  if (units > 0) return units
  throw new Error(`takes more than nothing, not ${JSON.stringify(text)}`)
}
