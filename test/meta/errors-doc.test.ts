import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { ERRORS } from '../../src/api/errors.js'

test('docs/errors.md lists exactly the codes of the error table, with their statuses and texts', () => {
  const document = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const rows = [...document.matchAll(/^\| ([A-Z_]+) +\| (\d+) +\| (.*?) +\|$/gm)].map(
    ([, code, status, text]) => [code, Number(status), text],
  )
  expect(rows).toEqual(Object.entries(ERRORS).map(([code, { status, text }]) => [code, status, text]))
})
