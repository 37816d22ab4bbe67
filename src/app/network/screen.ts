import { createLogUpdate } from 'log-update'
import pc from 'picocolors'
import type { Colors } from 'picocolors/types.js'

/** Where a run shows itself: lines that stay, and on a terminal one picture below them that is replaced by the next. */
export interface Screen {
  /** Whether pictures are shown. */
  readonly isLive: boolean
  readonly colors: Colors
  /** Room for a picture, in characters and lines. */
  size(): { readonly width: number; readonly height: number }
  line(text: string, to?: 'stdout' | 'stderr'): void
  picture(text: string): void
  /** Leaves the picture where it is; the next one starts below. */
  keepPicture(): void
}

/** The screen that fits: pictures and colours on a terminal, plain lines in a pipe or a file. */
export function createScreen(environment: Readonly<Record<string, string | undefined>>): Screen {
  const isLive = process.stdout.isTTY && environment['TERM'] !== 'dumb'
  return isLive ? terminalScreen(pc.createColors((environment['NO_COLOR'] ?? '') === '')) : plainScreen()
}

function plainScreen(): Screen {
  return {
    isLive: false,
    colors: pc.createColors(false),
    size: () => ({ width: 0, height: 0 }),
    line: (text, to = 'stdout') => process[to].write(`${text}\n`),
    picture: () => undefined,
    keepPicture: () => undefined,
  }
}

function terminalScreen(colors: Colors): Screen {
  const update = createLogUpdate(process.stdout, { showCursor: true })
  let picture: string | undefined
  return {
    isLive: true,
    colors,
    size: () => ({ width: process.stdout.columns || 80, height: process.stdout.rows || 24 }),
    line(text) {
      if (picture === undefined) {
        process.stdout.write(`${text}\n`)
        return
      }
      update.persist(text)
      update(picture)
    },
    picture(text) {
      picture = text
      update(text)
    },
    keepPicture() {
      if (picture !== undefined) update.done()
      picture = undefined
    },
  }
}
