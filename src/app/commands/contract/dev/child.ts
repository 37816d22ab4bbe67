import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface ChildOptions {
  readonly cwd?: string
  readonly environment?: Readonly<Record<string, string>>
  /** Whether it is told when this process is gone. */
  readonly ipc?: boolean
  readonly onLine: (line: string) => void
}

/** How it ended, for people. */
export type Ending = string

/** Time between the polite request and the end. */
const GRACE_MS = 3_000

/** A process with all that it starts, whose lines are read. */
export class Child {
  readonly #child: ChildProcess
  readonly ended: Promise<Ending>
  #hasEnded = false

  constructor(
    command: string,
    args: readonly string[],
    { cwd, environment, ipc = false, onLine }: ChildOptions,
  ) {
    this.#child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
      // A group of its own: npm does not hand signals on to what it starts.
      detached: process.platform !== 'win32',
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream) createInterface({ input: stream }).on('line', onLine)
    this.ended = this.#end()
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** What it sends first. @throws {Error} where it ends before */
  async message(): Promise<unknown> {
    const early = this.ended.then((ending) => {
      throw new Error(ending)
    })
    const [message] = (await Promise.race([once(this.#child, 'message'), early])) as unknown[]
    return message
  }

  /** Ends it and all that it started, politely first. */
  async stop(): Promise<void> {
    if (this.hasEnded) return
    this.#signal('SIGTERM')
    const cut = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS)
    await this.ended
    clearTimeout(cut)
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    try {
      if (process.platform === 'win32') this.#child.kill(signal)
      else process.kill(-pid, signal)
    } catch {
      // It ended just now.
    }
  }

  async #end(): Promise<Ending> {
    try {
      const [code, signal] = (await once(this.#child, 'close')) as [number | null, string | null]
      return signal === null ? `it ended with status ${code}` : `it was ended by ${signal}`
    } catch (error) {
      return `it could not be started: ${error instanceof Error ? error.message : String(error)}`
    } finally {
      this.#hasEnded = true
    }
  }
}
