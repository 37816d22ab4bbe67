import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { PACKAGE_ROOT } from '../../../../src/app/package-info.js'
import { waitFor } from '../../../support/wait-for.js'

const run = promisify(execFile)

/** A language in which contracts are written, as its template has it. */
export interface Language {
  readonly name: string
  /** Commands without which the template cannot be used; each ends with 0 where it is there. */
  readonly needs: readonly (readonly string[])[]
  /** Where the probe stands in the template. */
  readonly probe: string
  /** Commands of its README that make it ready, in its folder. */
  readonly setUp: readonly (readonly string[])[]
  /** Tries the template as its author would. */
  readonly test: readonly [string, ...string[]]
  /** Starts the client, in its folder; `--config` follows. */
  readonly start: readonly [string, ...string[]]
  /** It has no stdout and stderr of its own for each invocation: all goes to stderr. */
  readonly hasOneLog: boolean
}

const NPM = ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'] as const
const PYTHON_NEEDS = [
  ['python3', '-c', 'import sys, venv; assert sys.version_info >= (3, 10)'],
  ['make', '--version'],
]
const PYTHON = {
  setUp: [
    ['make', 'setup'],
    ['make', 'proto'],
  ],
  test: ['make', 'test'],
  start: ['venv/bin/python', 'main.py'],
} as const

export const LANGUAGES: readonly Language[] = [
  {
    name: 'typescript',
    needs: [['npm', '--version']],
    probe: 'src/process.ts',
    setUp: [NPM, ['npm', 'run', 'build']],
    test: ['npm', 'test'],
    start: [process.execPath, 'dist/src/main.js'],
    hasOneLog: false,
  },
  { name: 'python', needs: PYTHON_NEEDS, probe: 'process.py', ...PYTHON, hasOneLog: false },
  {
    name: 'go',
    needs: [['go', 'version']],
    probe: 'process.go',
    setUp: [['go', 'build', '-o', 'smart-contract', '.']],
    test: ['make', 'test'],
    start: ['./smart-contract'],
    hasOneLog: true,
  },
  {
    name: 'bash',
    needs: [...PYTHON_NEEDS, ['bash', '--version'], ['jq', '--version']],
    probe: 'process.sh',
    ...PYTHON,
    hasOneLog: true,
  },
]

/** Whether this machine has what the template needs. */
export async function isAvailable({ name, needs }: Language): Promise<boolean> {
  try {
    await access(templateOf(name))
    for (const [program = '', ...args] of needs) await run(program, args)
    return true
  } catch {
    return false
  }
}

/**
 * A folder with the template, the probe in place of its contract, made ready by the commands of its README. Kept for the
 * next run; another template or probe gets another folder.
 */
export function readyFolder(language: Language): Promise<string> {
<<<<<<< HEAD
=======
  const known = folders.get(language.name)
  const folder = known ?? makeReady(language)
  folders.set(language.name, folder)
  return folder
}

const folders = new Map<string, Promise<string>>()

async function makeReady(language: Language): Promise<string> {
  const template = templateOf(language.name)
>>>>>>> w-ts
  const probe = join(import.meta.dirname, '..', 'fixtures', `process.${language.probe.split('.').at(-1)}`)
  return madeFolder(language, probe)
}

/** {@link readyFolder} with the template as it is. */
export function plainFolder(language: Language): Promise<string> {
  return madeFolder(language, undefined)
}

async function madeFolder(language: Language, probe: string | undefined): Promise<string> {
  const template = templateOf(language.name)
  const folder = join(
    tmpdir(),
    'terrarium-templates',
    `${language.name}-${await digestOf(probe === undefined ? [template] : [template, probe])}`,
  )
  const lock = `${folder}.lock`
  await mkdir(dirname(folder), { recursive: true })
  // Another run of tests may be at it.
  await waitFor(
    `${lock} to be free`,
    async () => (await exists(join(folder, READY))) || isTaken(lock),
    SET_UP_MS,
  )
  try {
    if (!(await exists(join(folder, READY)))) await setUp(language, template, probe, folder)
  } finally {
    await rm(lock, { recursive: true, force: true })
  }
  return folder
}

/** Whether the lock is this process's now. One that is older than any set-up was left behind. */
async function isTaken(lock: string): Promise<boolean> {
  const age = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  if (age > SET_UP_MS) await rm(lock, { recursive: true, force: true })
  return mkdir(lock).then(
    () => true,
    () => false,
  )
}

async function setUp(language: Language, template: string, probe: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await cp(template, folder, {
    recursive: true,
    filter: (path) => !NOT_COPIED.test(path.slice(template.length)),
  })
  if (probe !== undefined) await replaceContract(folder, language, probe)
  for (const [program = '', ...args] of language.setUp)
    await run(program, args, { cwd: folder, maxBuffer: 1 << 26 })
  await writeFile(join(folder, READY), '')
}

<<<<<<< HEAD
async function replaceContract(folder: string, language: Language, probe: string): Promise<void> {
  await cp(probe, join(folder, language.probe))
  // The example of a test is one of the author's contract.
  for (const test of ['test/process.test.ts', 'process_test.go', 'tests/test_process.py'])
    await rm(join(folder, test), { force: true })
}

=======
const SET_UP_MS = 240_000
>>>>>>> w-ts
const READY = '.ready'
const NOT_COPIED = /(node_modules|dist|venv|__pycache__)$/

function templateOf(name: string): string {
  return join(PACKAGE_ROOT, 'templates', name)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Of all files there, by name and content. */
async function digestOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of paths) {
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => [])
    const files = entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name))
    const all = (files.length > 0 ? files : [path]).filter(
      (each) => !/node_modules|dist|venv|__pycache__/.test(each),
    )
    for (const file of all.sort()) hash.update(file).update(await readFile(file))
  }
  return hash.digest('hex').slice(0, 12)
}
