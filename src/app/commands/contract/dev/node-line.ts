/** A line of a node's log in words; undefined where it says only that there is no seed server, which a node by itself does not need. */
export function nodeLine(line: string): string | undefined {
  const record = recordIn(line)
  if (typeof record?.['msg'] !== 'string') return line
  if ('seed' in record) return undefined
  const details = Object.entries(record).filter(([name]) => !['level', 'time', 'msg'].includes(name))
  return [record['msg'], ...details.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ')
}

function recordIn(line: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(line)
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
