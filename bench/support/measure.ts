import type { Comparison } from '../row.js'

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

/**
 * Measures two contenders in turns, the first of a pair alternating. Both give a rate. What else the machine does only
 * slows them down, so the turns that were hardly disturbed are compared: the fastest tenth of each.
 */
export async function inTurns(
  pairs: number,
  contender: () => Promise<number>,
  ceiling: () => Promise<number>,
): Promise<Comparison> {
  const values: number[] = []
  const ceilings: number[] = []
  for (let i = 0; i < pairs; i++) {
    if (i % 2 === 0) values.push(await contender())
    ceilings.push(await ceiling())
    if (i % 2 === 1) values.push(await contender())
  }
  const [fast, fastCeiling] = [fastestTenth(values), fastestTenth(ceilings)]
  return { value: fast, ceiling: fastCeiling, ratio: fast / fastCeiling }
}

/** The slowest of the fastest tenth. */
function fastestTenth(rates: readonly number[]): number {
  return [...rates].sort((a, b) => b - a)[Math.floor(rates.length / 10)] ?? NaN
}
