import type { Comparison } from '../row.js'

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

/** The value below which a share (0 to 1) of all values lies. */
export function percentile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN
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

/**
 * Measures two contenders in turns by all the time they took, the first of a pair alternating: for work of which no
 * turn is like another, such as what a growing store or a collection of garbage costs. `units` are done by each in a turn.
 */
export async function inTotal(
  turns: number,
  units: number,
  contender: (turn: number) => Promise<void> | void,
  ceiling: (turn: number) => Promise<void> | void,
): Promise<Comparison> {
  const times = [0, 0]
  const both = [contender, ceiling]
  for (let turn = 0; turn < turns; turn++) {
    for (const which of turn % 2 === 0 ? [0, 1] : [1, 0]) {
      const start = performance.now()
      await both[which]?.(turn)
      times[which] = (times[which] ?? 0) + performance.now() - start
    }
  }
  const [value = NaN, most = NaN] = times.map((ms) => (1000 * turns * units) / ms)
  return { value, ceiling: most, ratio: value / most }
}
