import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'

export interface CommandRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CommandSurroundings {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** All of stdin. */
  readonly input?: string
}

/** Runs the built `terrarium` to its end, without a terminal. */
export async function terrarium(
  args: readonly string[],
  { cwd, env = {}, input = '' }: CommandSurroundings = {},
): Promise<CommandRun> {
  const child = spawn(process.execPath, [join(PACKAGE_ROOT, 'dist', 'terrarium.js'), ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
  })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // A command that ends without reading all of its input is no fault of the test.
  child.stdin.on('error', () => undefined).end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, stdout, stderr }
}
