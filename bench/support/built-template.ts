import { execFile } from 'node:child_process'
import { copyFile, cp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const TSC = createRequire(import.meta.url).resolve('typescript/bin/tsc')
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
/** Beside the built benches: there the template finds the packages it needs, those of this repository. */
const FOLDER = join(ROOT, '.tools', 'remote-template')

/** What to start a template with. */
export interface BuiltTemplate {
  /** URL of its program. */
  readonly main: string
  /** Path of a configuration in which nothing stands. */
  readonly config: string
}

/** Builds the TypeScript template with a file of bench/support in place of the author's contract. */
export async function builtTemplate(contract: string): Promise<BuiltTemplate> {
  const template = join(ROOT, 'templates', 'typescript')
  const config = join(FOLDER, 'config.yaml')
  await rm(FOLDER, { recursive: true, force: true })
  await promisify(execFile)(process.execPath, [TSC, '-p', template, '--outDir', join(FOLDER, 'dist')])
  await cp(join(template, 'proto'), join(FOLDER, 'proto'), { recursive: true })
  await copyFile(
    join(dirname(fileURLToPath(import.meta.url)), `${contract}.js`),
    join(FOLDER, 'dist/src/process.js'),
  )
  await writeFile(config, '')
  return { main: pathToFileURL(join(FOLDER, 'dist/src/main.js')).href, config }
}
