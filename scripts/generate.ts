/** Writes the files that follow from the code, or with --check tells which are out of date. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeApi } from '../src/api/node-api.js'
import { openApi } from '../src/api/openapi.js'
import { ERRORS } from '../src/api/errors.js'
import type { MethodTable } from '../src/api/method.js'
import { PACKAGE_ROOT, VERSION } from '../src/app/package-info.js'
import { apiReference } from './api-reference.js'
import { wireModule } from './wire-module.js'

const table: MethodTable = nodeApi

const REMOTE_PROTO = 'common/proto/remote_sc.proto'

/** Every generated file or part of a file, by its path. */
const generated: Record<string, (current: string) => string> = {
  'common/api/openapi.json': () => json(openApi(table, VERSION)),
  'common/api/methods.json': () => json(methodList()),
  'docs/errors.md': (current) => between(current, errorTable()),
  'docs/architecture.md': (current) => between(current, drawing()),
  'docs/p2p-api.md': () => p2pPage(),
  'src/contract/wire/fabric.ts': () => wire('common/proto/fabric.proto'),
  'src/contract/wire/remote.ts': () => wire(REMOTE_PROTO),
  ...copies(
    REMOTE_PROTO,
    ['typescript', 'python', 'go', 'bash'].map((each) => `templates/${each}/proto/remote_sc.proto`),
  ),
  ...runtimeOfBash(),
}

/** A template is copied as a whole, so each has the file itself. */
function copies(source: string, paths: readonly string[]): Record<string, () => string> {
  return Object.fromEntries(paths.map((path) => [path, () => textOf(source)]))
}

/** A contract in bash is run by what runs one in Python. */
function runtimeOfBash(): Record<string, () => string> {
  const others = [
    'main.py',
    'config.yaml',
    'requirements.txt',
    'gitignore',
    '.dockerignore',
    'tests/prime.py',
  ]
  const modules = readdirSync(join(PACKAGE_ROOT, 'templates/python/runtime')).filter((name) =>
    name.endsWith('.py'),
  )
  const names = [...others, ...modules.map((name) => `runtime/${name}`)]
  return Object.fromEntries(
    names.map((name) => [`templates/bash/${name}`, () => textOf(`templates/python/${name}`)]),
  )
}

function methodList(): object {
  return Object.fromEntries(
    Object.entries(table).map(
      ([
        name,
        { summary, params, paramsShape, result, streams, http, refuses, scope, errors, changesWith, example },
      ]) => [
        name,
        {
          summary,
          http,
          scope: scope ?? 'public',
          errors,
          changes_with: changesWith,
          refuses,
          params: paramsShape ?? params,
          result,
          streams,
          example,
        },
      ],
    ),
  )
}

function p2pPage(): string {
  const reference = apiReference(PACKAGE_ROOT, 'src/p2p/index.ts')
  return `# All that terrarium/p2p offers\n\nFrom the code; [how to use it](p2p.md).\n\n${reference}\n`
}

function wire(path: string): string {
  return wireModule(textOf(path), path)
}

function textOf(path: string): string {
  return readFileSync(join(PACKAGE_ROOT, path), 'utf8')
}

function errorTable(): string {
  const rows = Object.entries(ERRORS).map(([code, { status, text }]) => `| ${code} | ${status} | ${text} |`)
  return ['| code | status | meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

/** Folders of src as boxes, imports between them as arrows, read off the code. */
function drawing(): string {
  const output = execFileSync(
    join(PACKAGE_ROOT, 'node_modules/.bin/depcruise'),
    ['src', '--include-only', '^src/', '--output-type', 'json'],
    { encoding: 'utf8', cwd: PACKAGE_ROOT, maxBuffer: 1 << 28 },
  )
  const { modules } = JSON.parse(output) as {
    modules: { source: string; dependencies: { resolved: string }[] }[]
  }
  const arrows = new Set<string>()
  for (const { source, dependencies } of modules) {
    for (const { resolved } of dependencies) {
      const [from, to] = [folderOf(source), folderOf(resolved)]
      if (from !== to) arrows.add(`  ${from} --> ${to}`)
    }
  }
  return ['```mermaid', 'flowchart TD', ...[...arrows].sort(), '```'].join('\n')
}

function folderOf(path: string): string {
  const [, folder = '', file] = path.split('/')
  return file === undefined ? 'programs' : folder
}

function between(current: string, content: string): string {
  return current.replace(
    /(<!-- generated -->\n)[\s\S]*?(<!-- end -->)/,
    (_, start: string, end: string) => `${start}\n${content}\n\n${end}`,
  )
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

const stale: string[] = []
for (const [name, make] of Object.entries(generated)) {
  const path = join(PACKAGE_ROOT, name)
  const current = read(path)
  const wanted = make(current)
  if (current === wanted) continue
  if (process.argv.includes('--check')) stale.push(name)
  else writeFileSync(path, wanted)
}
if (stale.length > 0) {
  console.error(`out of date: ${stale.join(', ')}; npm run generate writes them anew`)
  process.exitCode = 1
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
