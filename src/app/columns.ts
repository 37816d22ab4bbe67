import Table from 'cli-table3'

/** Room between columns, and nothing else. */
const NO_FRAME = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}

export type Cell = string | number

/** Rows under a heading; columns of numbers are aligned to the right. */
export function columns(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  amounts: readonly string[],
): string {
  const table = new Table({
    head: [...head],
    chars: NO_FRAME,
    colAligns: head.map((name) => (amounts.includes(name) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows.map((row) => [...row]))
  return table.toString().replace(/ +$/gm, '')
}
