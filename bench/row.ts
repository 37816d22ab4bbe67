/** One line of the table that `npm run bench` prints. */
export interface Row {
  readonly claim: string
  readonly value: number
  readonly unit: string
  /** What nobody could do better, measured in the same run, in the same unit. */
  readonly ceiling?: number
  readonly ceilingName?: string
  /** Value as a multiple of the ceiling. */
  readonly ratio?: number
  /** Empty where the figure is for information only. */
  readonly target: string
  readonly ok: boolean
}

/** What every file of bench/ exports as `run`. */
export type Bench = () => Promise<readonly Row[]>

/** A contender against its ceiling. */
export interface Comparison {
  readonly value: number
  readonly ceiling: number
  readonly ratio: number
}

/** More is better: the value must reach a share of its ceiling. */
export function reaches(
  share: number,
  row: Comparison & Pick<Row, 'claim' | 'unit'> & { readonly ceilingName: string },
): Row {
  return { ...row, target: `>= ${share} of the ceiling`, ok: row.ratio >= share }
}

/** Less is better: the value must stay under a limit in its own unit. */
export function staysUnder(limit: number, row: Omit<Row, 'target' | 'ok'>): Row {
  return { ...row, target: `< ${limit}${row.unit === '' ? '' : ` ${row.unit}`}`, ok: row.value < limit }
}

/** A figure that helps to read the others. */
export function forInformation(row: Omit<Row, 'target' | 'ok'>): Row {
  return { ...row, target: '', ok: true }
}
