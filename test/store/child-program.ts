import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { transformFileSync } from '@swc/core'
import { afterAll } from '@jest/globals'
import { temporaryFolder } from './temporary-folder.js'

const DIST = join(process.cwd(), 'dist')

/** Makes a fixture runnable by Node on the built sources; answers the path of the program. */
export function childProgram(fixture: string, fixtures = 'test/store/fixtures'): string {
  if (!existsSync(join(DIST, 'store'))) throw new Error('no built sources: run `npm run build` first')
  const { code } = transformFileSync(join(process.cwd(), fixtures, `${fixture}.ts`), {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
    swcrc: false,
  })
  const folder = temporaryFolder()
  chmodSync(folder, 0o755)
  const program = join(folder, `${fixture}.mjs`)
  writeFileSync(program, code.replaceAll(/(\.\.\/)+src\//g, `${pathToFileURL(DIST).href}/`))
  return program
}

const children: Child[] = []

// A test that fails half-way leaves no process behind.
afterAll(() => Promise.all(children.map((child) => child.kill())))

/** A running program: the lines it printed so far, and ways to wait for more or for its end. */
export class Child {
  readonly lines: string[] = []
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #ended: Promise<unknown>

  constructor(command: string, args: readonly string[], uid?: number) {
    this.#process = spawn(command, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
    children.push(this)
    // What a killed process leaves in the pipe still counts: 'close' comes after the last line.
    this.#ended = once(this.#process, 'close')
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.lines.push(line)
      this.#process.emit('told')
    })
  }

  static run(program: string, ...args: string[]): Child {
    return new Child(process.execPath, [program, ...args])
  }

  get pid(): number {
    return this.#process.pid ?? -1
  }

  say(line: string): void {
    this.#process.stdin.write(`${line}\n`)
  }

  /** Its line number `index`, from 0; rejects when it ends before it prints so many. */
  async line(index: number): Promise<string> {
    const failed = this.#ended.then(() => 'ended')
    while (this.lines.length <= index) {
      const what = await Promise.race([once(this.#process, 'told'), failed])
      if (what === 'ended' && this.lines.length <= index)
        throw new Error(`ended after: ${this.lines.join(' | ')}`)
    }
    return this.lines[index] ?? ''
  }

  /** Its exit status once it has ended, or the signal that ended it. */
  async end(): Promise<number | string> {
    await this.#ended
    return this.#process.exitCode ?? this.#process.signalCode ?? 'unknown'
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }
}
