import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { NodeRecord } from '../../nodes/record.js'
import { PACKAGE_ROOT } from '../package-info.js'
import type { NodePlan } from './plan.js'

/** How a process came to its end: in words for people. */
export type Ending = string

export type OnLine = (text: string, from: 'stdout' | 'stderr') => void

/** One node as a process of its own. The channel between us ends with this process, however that ends, and the node with it. */
export class NodeProcess {
  readonly plan: NodePlan
  readonly ready: Promise<NodeRecord>
  /** Resolves after its last line. */
  readonly ended: Promise<Ending>
  readonly #child: ChildProcess
  #record: NodeRecord | undefined
  #hasEnded = false
  /** Its last line on stderr: what keeps it from starting, if something does. */
  #complaint: string | undefined

  /** `environment` is added to our own. */
  constructor(
    plan: NodePlan,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
    onLine: OnLine,
  ) {
    this.plan = plan
    this.#child = fork(join(PACKAGE_ROOT, 'dist', `${plan.program}.js`), args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
      env: { ...process.env, ...environment },
      // Out of reach of the terminal's Ctrl-C, which would count as the first of two signals and cut the stop short.
      // Windows has no such signals, and would open a window for each.
      detached: process.platform !== 'win32',
    })
    this.ended = this.#untilEnded()
    this.ready = this.#untilReady()
    // Whoever awaits `ready` sees its failure; nobody may be there yet.
    this.ready.catch(() => undefined)
    forward(this.#child.stdout, (text) => onLine(text, 'stdout'))
    forward(this.#child.stderr, (text) => {
      this.#complaint = text
      onLine(text, 'stderr')
    })
  }

  get name(): string {
    return this.plan.name
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Where it answers; undefined until it does. */
  get record(): NodeRecord | undefined {
    return this.#record
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  signal(name: 'SIGTERM' | 'SIGKILL'): void {
    if (!this.#hasEnded) this.#child.kill(name)
  }

  #untilReady(): Promise<NodeRecord> {
    return new Promise((resolve, reject) => {
      this.#child.on('message', (message) => {
        const { ready } = message as { ready?: NodeRecord }
        if (!ready) return
        this.#record = ready
        resolve(ready)
      })
      void this.ended.then((ending) => {
        reject(new Error(`${this.name} did not start: ${this.#complaint ?? `it ${ending}`}`))
      })
    })
  }

  #untilEnded(): Promise<Ending> {
    return new Promise((resolve) => {
      const end = (ending: Ending): void => {
        this.#hasEnded = true
        resolve(ending)
      }
      this.#child.once('error', (error) => {
        if (this.#child.pid === undefined) end(`could not be run (${error.message})`)
      })
      this.#child.once('close', (code, signal) => {
        end(signal === null ? `ended with exit status ${code}` : `was ended by ${signal}`)
      })
    })
  }
}

function forward(stream: Readable | null, onLine: (text: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine)
}
