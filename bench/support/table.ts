import type { Row } from '../row.js'

const HEADER = ['claim', 'value', 'ceiling', 'ratio', 'target', '', 'the ceiling is']

/** An aligned table, claims and words to the left, figures to the right. */
export function tableText(rows: readonly Row[]): string {
  const lines = [HEADER, ...rows.map(cells)]
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => aligned(cell, column, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function cells(row: Row): string[] {
  return [
    row.claim,
    withUnit(row.value, row.unit),
    row.ceiling === undefined ? '' : withUnit(row.ceiling, row.unit),
    row.ratio === undefined ? '' : figure(row.ratio),
    row.target,
    row.target === '' ? '' : row.ok ? 'ok' : 'MISSED',
    row.ceilingName ?? '',
  ]
}

function aligned(cell: string, column: number, width: number): string {
  return column >= 1 && column <= 3 ? cell.padStart(width) : cell.padEnd(width)
}

function withUnit(value: number, unit: string): string {
  return unit === '' ? figure(value) : `${figure(value)} ${unit}`
}

/** Three digits that count; whole numbers stay whole. */
function figure(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3)
}
