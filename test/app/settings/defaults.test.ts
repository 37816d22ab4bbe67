import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { compile } from '../../../src/api/validator.js'
import { DEFAULT_FILES, DEFAULTS } from '../../../src/app/settings/defaults.js'
import { misfit } from '../../../src/app/settings/misfit.js'

const folder = new URL('../../../defaults/', import.meta.url)

test.each(Object.entries(DEFAULT_FILES))(
  'the defaults of %s keep their whole schema',
  (_, { file, schema }) => {
    const value: unknown = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    expect(compile(schema)(value)).toBeUndefined()
  },
)

test('every file in defaults/ is read, and no other', () => {
  const files = Object.values(DEFAULT_FILES).map(({ file }) => file as string)
  expect(readdirSync(folder).sort()).toEqual(files.sort())
})

test.each([
  ['a value that is undefined', { ...DEFAULTS.mining, threads: undefined }, /threads is no integer/],
  ['a key that is not there', { mode: 'off', gather_time: 1 }, /threads is missing/],
  ['text for a number', { ...DEFAULTS.mining, gather_time: '1' }, /gather_time is no number/],
  ['no object', 7, /the file is no object/],
])('%s is named', (_, value, text) => {
  expect(misfit(value, DEFAULT_FILES.mining.schema)).toMatch(text)
})

test('a fault inside a section is named by its whole path', () => {
  const wrong = { ...DEFAULTS.node, discovery: { ...DEFAULTS.node.discovery, jitter: null } }
  expect(misfit(wrong, DEFAULT_FILES.node.schema)).toBe('discovery.jitter is no number')
})
