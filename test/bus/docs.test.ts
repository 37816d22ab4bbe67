import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { BUS_ERRORS } from '../../src/bus/bus-error.js'

test('docs/bus.md lists exactly the codes of the bus that travel, under their statuses', () => {
  const page = readFileSync(new URL('../../docs/bus.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| ([1-7]) +\| (.*?) *\|$/gm)]
  const listed = rows.flatMap(([, status, codes = '']) =>
    [...codes.matchAll(/[A-Z]{2,}_[A-Z_]+/g)].map(([code]) => [code, Number(status)]),
  )
  const local = ['TIMEOUT', 'ABORTED', 'DISCONNECTED', 'NEGOTIATION_FAILED']
  const travelling = Object.entries(BUS_ERRORS)
    .filter(([code]) => !local.includes(code))
    .map(([code, { status }]) => [code, status])
  expect(listed.sort()).toEqual(travelling.sort())
  for (const code of local) expect(page).toContain(code)
})
