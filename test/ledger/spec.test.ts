import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)

/** Every match of `pattern`'s group in the files below `folder` that end in `suffix`. */
function found(folder: string, suffix: string, pattern: RegExp): Set<string> {
  const names = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
  const texts = names
    .filter((name) => name.endsWith(suffix))
    .map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8'))
  return new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1] as string)))
}

const sentences =
  readFileSync(new URL('docs/spec/chain.md', root), 'utf8').match(/^- \*\*[A-Z]+-\d+\*\* .+$/gm) ?? []
const numbers = sentences.map((line) => line.split('**')[1] as string)
const specified = new Set(numbers)

test('the spec numbers every rule once', () => {
  expect(specified.size).toBe(numbers.length)
  expect(numbers.length).toBeGreaterThan(60)
})

test('every rule of the spec is one sentence', () => {
  expect(sentences.filter((line) => !line.endsWith('.'))).toEqual([])
})

test('the sources enforce the rules of the spec, and no others', () => {
  const enforced = found('src/ledger', '.ts', /'((?:TX|PAY|HDR|BLK)-\d+)'/g)
  expect([...enforced].filter((rule) => !specified.has(rule))).toEqual([])
  expect([...specified].filter((rule) => !enforced.has(rule))).toEqual([])
})

test('a test quotes every rule of the spec in its name', () => {
  const quoted = found('test/ledger', '.test.ts', /['`]([A-Z]+-\d+)\b/g)
  expect([...specified].filter((rule) => !quoted.has(rule))).toEqual([])
})
