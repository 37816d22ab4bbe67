import type { Colors } from 'picocolors/types.js'
import { prettyFactory } from 'pino-pretty'
import type { Screen } from './screen.js'

/** Turns a line of a node into lines that begin with its name. */
export type NodeLines = (name: string, text: string) => string

/** Names in colours of their own on a terminal, where they also line up. Log entries become readable; other text stays as it is. */
export function nodeLines(names: readonly string[], { isLive, colors }: Screen): NodeLines {
  const width = isLive ? Math.max(...names.map((name) => name.length)) + '[]'.length : 0
  const prefixes = new Map(
    names.map((name, index) => [name, colorAt(index, colors)(`[${name}]`.padEnd(width))]),
  )
  const pretty = prettyFactory({
    colorize: colors.isColorSupported,
    translateTime: 'HH:MM:ss',
    // The same in every node, or said by its name.
    ignore: 'profile,dir',
    singleLine: true,
  })
  const readable = (text: string): string => (text.startsWith('{') ? pretty(text) : text).trimEnd()
  return (name, text) =>
    readable(text)
      .split('\n')
      .map((line) => `${prefixes.get(name) ?? `[${name}]`} ${line}`)
      .join('\n')
}

function colorAt(index: number, colors: Colors): (text: string) => string {
  const cycle = [
    colors.bold,
    colors.cyan,
    colors.magenta,
    colors.yellow,
    colors.blue,
    colors.green,
    colors.cyanBright,
    colors.magentaBright,
    colors.yellowBright,
    colors.blueBright,
  ]
  return cycle[index % cycle.length] ?? colors.bold
}
