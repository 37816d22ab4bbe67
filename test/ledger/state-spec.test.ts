import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

const root = new URL('../../', import.meta.url)
const NUMBER = /\b(?:UTX|WS|FORK|POOL)-\d+\b/g

const sentences =
  readFileSync(new URL('docs/spec/state.md', root), 'utf8').match(/^- \*\*[A-Z]+-\d+\*\* .+$/gm) ?? []
const specified = sentences.map((line) => line.split('**')[1] as string)

/** All rules that files of a folder quote. */
function quotedIn(folder: string, suffix: string): Set<string> {
  const names = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
  const texts = names
    .filter((name) => name.endsWith(suffix))
    .map((name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8'))
  return new Set(texts.flatMap((text) => text.match(NUMBER) ?? []))
}

test('the spec of the state numbers every rule once, without gaps, in one sentence each', () => {
  const next = new Map<string, number>()
  for (const rule of specified) {
    const [group = '', number] = rule.split('-')
    next.set(group, (next.get(group) ?? 0) + 1)
    expect(Number(number)).toBe(next.get(group))
  }
  expect([...next.keys()]).toEqual(['UTX', 'WS', 'FORK', 'POOL'])
  expect(sentences.filter((line) => !line.endsWith('.') || line.includes('. '))).toEqual([])
})

test('the sources quote the rules of the state, and no others', () => {
  expect([...quotedIn('src/ledger', '.ts')].sort()).toEqual([...specified].sort())
})

test('a test quotes every rule of the state in its name', () => {
  const names = ['test/ledger', 'test/chain'].flatMap((folder) =>
    readdirSync(new URL(folder, root))
      .filter((name) => name.endsWith('.test.ts'))
      .flatMap(
        (name) => readFileSync(new URL(`${folder}/${name}`, root), 'utf8').match(/^ *test\(.*/gm) ?? [],
      ),
  )
  const quoted = new Set(names.flatMap((name) => name.match(NUMBER) ?? []))
  expect(specified.filter((rule) => !quoted.has(rule))).toEqual([])
})
