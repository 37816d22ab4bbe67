import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const root = new URL('../../../', import.meta.url)
const NUMBER = /\bCON-\d+\b/g

const sentences =
  readFileSync(new URL('docs/spec/contracts.md', root), 'utf8').match(/^- \*\*[A-Z]+-\d+\*\* .+$/gm) ?? []
const specified = sentences.map((line) => line.split('**')[1] as string)

function quotedIn(folder: string, pick: (text: string) => readonly string[]): Set<string> {
  const names = readdirSync(new URL(folder, root)).filter((name) => name.endsWith('.ts'))
  const texts = names.map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8'))
  return new Set(texts.flatMap(pick).flatMap((text) => text.match(NUMBER) ?? []))
}

test('the spec of contracts numbers every rule once, without gaps, in one sentence each', () => {
  expect(specified).toEqual(specified.map((_, i) => `CON-${i + 1}`))
  expect(sentences.filter((line) => !line.endsWith('.') || line.includes('. '))).toEqual([])
})

test('the sources quote no other rules of contracts', () => {
  const quoted = quotedIn('src/ledger/contracts', (text) => [text])
  expect([...quoted].filter((rule) => !specified.includes(rule))).toEqual([])
})

test('a test quotes every rule of contracts in its name', () => {
  const quoted = quotedIn(
    'test/ledger/contracts',
    (text) => text.match(/^ *test(?:\.each.*)?\(.*|^ *\]\)\(.*/gm) ?? [],
  )
  expect(specified.filter((rule) => !quoted.has(rule))).toEqual([])
})
