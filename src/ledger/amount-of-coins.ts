/** Units in one coin. */
export const UNITS_PER_COIN = 100_000_000

/** Whether a number of coins is a whole number of units. JSON numbers hold eight decimals exactly enough up to 90 million coins. */
export function isCoins(coins: number): boolean {
  return coins >= 0 && Number.isSafeInteger(unitsOf(coins)) && unitsOf(coins) / UNITS_PER_COIN === coins
}

/** Units (10^-8 coin) of an amount of coins that {@link isCoins}. */
export function unitsOf(coins: number): number {
  return Math.round(coins * UNITS_PER_COIN)
}
