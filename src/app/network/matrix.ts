import Table from 'cli-table3'
import type { Colors } from 'picocolors/types.js'
import { meetingColumn } from './meeting-column.js'
import { agreedTip, knowsAll, type NetworkView, type NodeView, others, shortHash } from './network-view.js'

/** The room there is, in characters and lines, and how to colour. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly colors: Colors
}

/** One column: what stands above it, and in the row of a node. */
export interface Column {
  readonly head: string
  readonly width: number
  readonly align: 'left' | 'right'
  readonly cell: (node: NodeView) => string
}

const PADDING = 2
/** Padding of a column, and the border at its right. */
const COLUMN_FRAME = PADDING + 1
/** Borders above and below the rows, the line of those left out, the legend, and one to spare. */
const FRAME_HEIGHT = 6

/**
 * A table of the nodes: whom each knows, a mark for each client, and where its chain ends. What does not fit is left
 * out: rows of nodes with which all is well first, and of the columns those of who knows whom.
 */
export function matrix(view: NetworkView, { width, height, colors }: Canvas): string {
  const columns = fittingColumns(view, width, colors)
  const headLines = Math.max(...columns.map(({ head }) => head.split('\n').length))
  const rows = fittingRows(view, Math.max(1, height - FRAME_HEIGHT - headLines))
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align),
    // Fixed, so that nothing moves when a value gets longer.
    colWidths: columns.map(({ width: text }) => text + PADDING),
    style: { head: [], border: colors.isColorSupported ? ['gray'] : [], compact: true },
  })
  for (const node of rows) table.push(columns.map(({ cell }) => cell(node)))
  const hidden = view.length - rows.length
  const remarks = [
    ...(hidden === 0 ? [] : [colors.dim(`and ${hidden} more nodes`)]),
    ...(view.some(isMining) ? [colors.dim(legend(view))] : []),
  ]
  return [table.toString(), ...remarks].join('\n')
}

function fittingColumns(view: NetworkView, width: number, colors: Colors): Column[] {
  const name = nameColumn(view, colors)
  const chain = chainColumns(view, colors)
  const used = [name, ...chain].reduce((sum, column) => sum + column.width + COLUMN_FRAME, 1)
  const knows = knowsColumn(view, colors)
  const afterKnows = width - used - knows.width - COLUMN_FRAME
  if (afterKnows < 0) return [name, ...chain]
  const marks = meetingColumn(view, afterKnows - COLUMN_FRAME, colors)
  return marks ? [name, marks, knows, ...chain] : [name, knows, ...chain]
}

function nameColumn(view: NetworkView, colors: Colors): Column {
  const width = Math.max(...view.map(({ name }) => name.length)) + ' *'.length
  const cell = (node: NodeView): string => (isMining(node) ? `${node.name} ${colors.yellow('*')}` : node.name)
  return { head: 'node', width, align: 'left', cell }
}

function knowsColumn(view: NetworkView, colors: Colors): Column {
  const cell = (node: NodeView): string => {
    if (node.state === 'ended') return colors.red('ended')
    if (node.state === 'starting') return colors.dim('…')
    const count = `${node.knows.size}/${others(view, node).length}`
    return knowsAll(view, node) ? colors.green(count) : colors.yellow(count)
  }
  return { head: 'knows', width: 'knows'.length, align: 'right', cell }
}

/** Tips on which not all agree stand out. */
function chainColumns(view: NetworkView, colors: Colors): Column[] {
  const paint = agreedTip(view) ? colors.green : colors.yellow
  const ofChain =
    (text: (node: NodeView) => string) =>
    (node: NodeView): string => {
      if (node.program === 'dns') return ''
      return node.state === 'up' ? text(node) : colors.dim('–')
    }
  return [
    {
      head: 'height',
      width: 'height'.length,
      align: 'right',
      cell: ofChain(({ tip }) => String(tip?.height ?? '–')),
    },
    {
      head: 'tip',
      width: shortHash('0'.repeat(64)).length,
      align: 'left',
      cell: ofChain(({ tip }) => (tip ? paint(shortHash(tip.hash)) : '–')),
    },
    { head: 'pend', width: 'pend'.length, align: 'right', cell: ofChain(({ pending }) => String(pending)) },
  ]
}

function isMining({ mining, state }: NodeView): boolean {
  return state === 'up' && mining !== 'off'
}

function legend(view: NetworkView): string {
  return `* mines (${[...new Set(view.filter(isMining).map(({ mining }) => mining))].join(', ')})`
}

function fittingRows(view: NetworkView, maxRows: number): NetworkView {
  if (view.length <= maxRows) return view
  const agreed = agreedTip(view) !== undefined
  const isWell = (node: NodeView): number => Number(knowsAll(view, node)) + Number(agreed || !node.tip)
  const byNeed = [...view].sort((a, b) => isWell(a) - isWell(b))
  const shown = new Set(byNeed.slice(0, maxRows))
  return view.filter((node) => shown.has(node))
}
