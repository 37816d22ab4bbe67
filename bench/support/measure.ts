import type { Comparison } from '../row.js'

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

/**
 * Measures two contenders in turns, the first of a pair alternating, and compares pair by pair: what else the machine
 * does then disturbs both alike, and one disturbed pair does not count.
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
  return {
    value: median(values),
    ceiling: median(ceilings),
    ratio: median(values.map((value, i) => value / (ceilings[i] ?? NaN))),
  }
}
