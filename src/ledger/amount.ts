/** The most units (10^-8 coin) that can exist: the largest integer every JSON reader keeps exact. */
export const MAX_MONEY = Number.MAX_SAFE_INTEGER

/** The sum of amounts, each 0 to MAX_MONEY; undefined when it exceeds MAX_MONEY. */
export function sumAmounts(amounts: Iterable<number>): number | undefined {
  let sum = 0
  for (const amount of amounts) {
    if (amount > MAX_MONEY - sum) return undefined
    sum += amount
  }
  return sum
}
