import type { Colors } from 'picocolors/types.js'
import type { Column } from './matrix.js'
import type { NetworkView, NodeView } from './network-view.js'

/**
 * A column with a mark for each client that the node of the row knows, not more than `room` wide. Marks move closer
 * together the more there are; undefined where they do not fit.
 */
export function meetingColumn(view: NetworkView, room: number, colors: Colors): Column | undefined {
  const clients = view.filter(({ program }) => program === 'client')
  const names = clients.map(({ name }) => name)
  if (names.length > room) return undefined
  const { head, placeWidth, place } = layout(names, room)
  return {
    head,
    width: names.length * placeWidth,
    align: 'left',
    cell: (node) => clients.map((client) => place(mark(node, client, colors))).join(''),
  }
}

interface Layout {
  readonly head: string
  readonly placeWidth: number
  /** Puts a mark, one character wide, into the middle of its place. */
  readonly place: (mark: string) => string
}

function layout(names: readonly string[], room: number): Layout {
  const nameWidth = Math.max(...names.map((name) => name.length))
  if (names.length * (nameWidth + 1) <= room) {
    const left = Math.floor(nameWidth / 2)
    const right = nameWidth - left
    return {
      head: names.join(' '),
      placeWidth: nameWidth + 1,
      place: (mark) => `${' '.repeat(left)}${mark}${' '.repeat(right)}`,
    }
  }
  const gap = names.length * 2 <= room ? ' ' : ''
  return { head: upright(names, gap), placeWidth: 1 + gap.length, place: (mark) => mark + gap }
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
