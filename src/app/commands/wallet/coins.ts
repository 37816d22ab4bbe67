import { sumAmounts } from '../../../ledger/amount.js'
import { UNITS_PER_COIN } from '../../../ledger/amount-of-coins.js'

const DECIMALS = String(UNITS_PER_COIN).length - 1
const COINS = new RegExp(`^(\\d+)(?:\\.(\\d{1,${DECIMALS}}))?$`)

/**
 * Units of an amount that a person wrote in coins, such as 2.5; exact, whatever its size.
 * @throws {Error} whose message completes "--amount …"
 */
export function unitsOfText(text: string): number {
  const [, whole = '', fraction = ''] = COINS.exec(text) ?? []
  if (whole === '')
    throw new Error(`takes coins with at most ${DECIMALS} decimals, such as 2.5, not ${JSON.stringify(text)}`)
  const units = Number(BigInt(whole) * BigInt(UNITS_PER_COIN) + BigInt(fraction.padEnd(DECIMALS, '0')))
  if (sumAmounts([units]) === undefined) throw new Error(`takes no more coins than can exist, not ${text}`)
  return units
}

/** An amount of units in coins, without zeros that say nothing: 250000000 is `2.5`. */
export function coinsText(units: number): string {
  const digits = String(Math.abs(units)).padStart(DECIMALS + 1, '0')
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '')
  const whole = `${units < 0 ? '-' : ''}${digits.slice(0, -DECIMALS)}`
  return fraction === '' ? whole : `${whole}.${fraction}`
}
