import { expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { transform } from '@swc/core'
import { removeFolder, temporaryFolder } from '../support/chain.js'
import { afterwards } from './mining-test.js'

const DIST = join(process.cwd(), 'dist')

/** Longest time a process without anything to do may take to end. */
const EXIT_MS = 20_000

test.each(['all', 'nothing'])(
  'a process ends when its threads rest and %s was closed',
  async (whatToClose) => {
    const program = await programOf('mines-and-closes')
    const { stdout } = await promisify(execFile)(process.execPath, [program, whatToClose], {
      timeout: EXIT_MS,
    })
    expect(stdout.trim()).toBe('found')
  },
)

/** A fixture that Node can run, on the built sources. */
async function programOf(fixture: string): Promise<string> {
  if (!existsSync(join(DIST, 'mining'))) throw new Error('build first: processes run what is in dist/')
  const source = await readFile(new URL(`fixtures/${fixture}.ts`, import.meta.url), 'utf8')
  const { code } = await transform(source, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
    swcrc: false,
  })
  const folder = await temporaryFolder()
  afterwards(() => removeFolder(folder))
  const program = join(folder, `${fixture}.mjs`)
  await writeFile(program, code.replaceAll('../../../src/', `${pathToFileURL(DIST).href}/`))
  return program
}
