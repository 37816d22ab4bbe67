import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { LANGUAGES } from '../../src/app/commands/contract/new-remote.js'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'

const TEMPLATES = join(PACKAGE_ROOT, 'templates')

/** Files that a contract in bash has from the template in Python: one runtime, in every folder that is copied. */
const SHARED = ['main.py', 'config.yaml', 'requirements.txt', 'gitignore', '.dockerignore', 'tests/prime.py']

function text(path: string): string {
  return readFileSync(join(TEMPLATES, path), 'utf8')
}

function modules(template: string): string[] {
  return readdirSync(join(TEMPLATES, template, 'runtime')).filter((name) => name.endsWith('.py'))
}

test('the templates speak the protocol of the node', () => {
  const protocol = readFileSync(join(PACKAGE_ROOT, 'common/proto/remote_sc.proto'), 'utf8')
  for (const template of ['python', 'bash']) expect(text(`${template}/proto/remote_sc.proto`)).toBe(protocol)
})

test('a contract in bash is run by the very runtime of one in Python', () => {
  expect(modules('bash')).toEqual(modules('python'))
  for (const path of [...SHARED, ...modules('python').map((name) => `runtime/${name}`)])
    expect(text(`bash/${path}`)).toBe(text(`python/${path}`))
})

test.each(LANGUAGES)('an image of a contract in %s has no key in it', (language) => {
  expect(text(`${language}/.dockerignore`).split('\n')).toEqual(
    expect.arrayContaining(['config.yaml', 'node.crt']),
  )
  expect(text(`${language}/Dockerfile`)).not.toMatch(/^(COPY|ADD)\b.*(config\.yaml|node\.crt)/m)
})
