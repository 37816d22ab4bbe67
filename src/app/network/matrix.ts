import Table from 'cli-table3'
import type { Colors } from 'picocolors/types.js'
import { knowsAll, type NetworkView, type NodeView, others } from './network-view.js'

/** The room there is, in characters and lines, and how to colour. */
export interface Canvas {
  readonly width: number
  readonly height: number
  readonly colors: Colors
}

/** Borders and padding of the four columns. */
const FRAME_WIDTH = 13
/** Borders, the line of those left out, and one to spare. */
const FRAME_HEIGHT = 5

/**
 * A table of who knows whom: a row for each node, a mark for each client. Marks move closer together the more there are,
 * and rows that are complete are left out first where not all fit.
 */
export function matrix(view: NetworkView, { width, height, colors }: Canvas): string {
  const clients = view.filter(({ program }) => program === 'client')
  const names = clients.map(({ name }) => name)
  const room =
    width - FRAME_WIDTH - Math.max(...view.map(({ name }) => name.length)) - 'knows'.length - 'rounds'.length
  const columns = columnsFor(names, room)
  const rows = fitting(view, Math.max(1, height - FRAME_HEIGHT - columns.heading.split('\n').length))
  const table = new Table({
    head: ['node', columns.heading, 'knows', 'rounds'],
    colAligns: ['left', 'left', 'right', 'right'],
    style: { head: [], border: colors.isColorSupported ? ['gray'] : [], compact: true },
  })
  for (const node of rows) {
    const marks = clients.map((client) => columns.place(mark(node, client, colors)))
    table.push([node.name, marks.join(''), countOf(view, node, colors), node.rounds])
  }
  const hidden = view.length - rows.length
  return hidden === 0 ? table.toString() : `${table.toString()}\n${colors.dim(`and ${hidden} more nodes`)}`
}

interface Columns {
  readonly heading: string
  /** Puts a mark, one character wide, into the middle of its column. */
  readonly place: (mark: string) => string
}

function columnsFor(names: readonly string[], room: number): Columns {
  const nameWidth = Math.max(...names.map((name) => name.length))
  if (names.length * (nameWidth + 1) - 1 <= room) {
    const left = Math.floor(nameWidth / 2)
    const right = nameWidth - left
    return { heading: names.join(' '), place: (mark) => `${' '.repeat(left)}${mark}${' '.repeat(right)}` }
  }
  if (names.length > room) return { heading: `${names.length} nodes`, place: () => '' }
  const gap = names.length * 2 - 1 <= room ? ' ' : ''
  return { heading: upright(names, gap), place: (mark) => mark + gap }
}

/** Names read from top to bottom, without the digits that all of them begin with. */
function upright(names: readonly string[], gap: string): string {
  const width = Math.max(...names.map((name) => name.length))
  const padded = names.map((name) => name.padStart(width))
  const digits = (line: number) => padded.map((name) => name[line] ?? ' ')
  const lines = Array.from({ length: width }, (_, line) => digits(line))
  const first = lines.findIndex((line) => new Set(line).size > 1)
  return lines
    .slice(first)
    .map((line) => line.join(gap))
    .join('\n')
}

function mark(node: NodeView, client: NodeView, colors: Colors): string {
  if (node.name === client.name) return colors.dim('╲')
  if (node.knows.has(client.name)) return colors.green('●')
  return client.state === 'ended' ? colors.red('×') : colors.dim('·')
}

function countOf(view: NetworkView, node: NodeView, colors: Colors): string {
  if (node.state === 'ended') return colors.red('ended')
  if (node.state === 'starting') return colors.dim('…')
  const count = `${node.knows.size}/${others(view, node).length}`
  return knowsAll(view, node) ? colors.green(count) : colors.yellow(count)
}

function fitting(view: NetworkView, maxRows: number): NetworkView {
  if (view.length <= maxRows) return view
  const byNeed = [...view].sort((a, b) => Number(knowsAll(view, a)) - Number(knowsAll(view, b)))
  const shown = new Set(byNeed.slice(0, maxRows))
  return view.filter((node) => shown.has(node))
}
