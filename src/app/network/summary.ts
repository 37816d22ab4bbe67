import type { Colors } from 'picocolors/types.js'
import { type NodeRecord, urlOf } from '../../nodes/record.js'

/** A node that is up, as far as the summary tells of it. */
export interface Listed {
  readonly name: string
  readonly pid: number | undefined
  readonly record: NodeRecord | undefined
}

/** Where the nodes answer: one line for each. */
export function summary(nodes: readonly Listed[], colors: Colors): string {
  const rows = nodes.flatMap(({ name, pid, record }) => (record ? [{ name, pid, url: urlOf(record) }] : []))
  const nameWidth = Math.max(...rows.map(({ name }) => name.length))
  const urlWidth = Math.max(...rows.map(({ url }) => url.length))
  const line = ({ name, pid, url }: (typeof rows)[number]): string => {
    const pad = ' '.repeat(urlWidth - url.length)
    return `  ${name.padEnd(nameWidth)}  ${colors.cyan(url)}${pad}  ${colors.cyan(`${url}/docs`)}${pad}  ${colors.dim(`process ${pid}`)}`
  }
  return rows.map(line).join('\n')
}
