import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>
  readonly typesVersions: { readonly '*': Readonly<Record<string, readonly string[]>> }
}

test('what is exported is found by projects in CommonJS whose TypeScript does not read exports, too', () => {
  const manifest = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as Manifest
  const types = Object.entries(manifest.exports).flatMap(([path, entry]) =>
    typeof entry === 'string' ? [] : [[path.slice('./'.length), [entry.types]]],
  )
  expect(manifest.typesVersions['*']).toEqual(Object.fromEntries(types))
})
