import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../src/base/errors.js'
import type { Row } from './row.js'
import { tableText } from './support/table.js'

/** Files here that claim nothing. */
const NO_BENCHES = new Set(['all', 'row'])

const names = benchNames()
const unknown = process.argv.slice(2).filter((name) => !names.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`no bench is called ${unknown.join(', ')}; there are ${names.join(', ')}\n`)
  process.exit(2)
}
const chosen = process.argv.length > 2 ? process.argv.slice(2) : names
const rows: Row[] = []
for (const name of chosen) {
  process.stderr.write(`${name} …\n`)
  rows.push(...(await rowsOf(name)))
}
process.stdout.write(`${tableText(rows)}\n`)
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1

function benchNames(): string[] {
  return readdirSync(new URL('.', import.meta.url))
    .filter((file) => file.endsWith('.js'))
    .map((file) => basename(file, '.js'))
    .filter((name) => !NO_BENCHES.has(name))
    .sort()
}

/** Each bench has a process of its own, so that none warms up or litters another. */
async function rowsOf(name: string): Promise<readonly Row[]> {
  const child = fork(fileURLToPath(new URL('support/run-bench.js', import.meta.url)), [name])
  let rows: readonly Row[] | undefined
  child.on('message', (message) => (rows = message as Row[]))
  try {
    await once(child, 'exit')
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`)
  }
  return (
    rows ?? [{ claim: `the bench ${name} ran to its end`, value: 0, unit: '', target: 'no error', ok: false }]
  )
}
