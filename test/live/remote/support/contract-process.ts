import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { afterThisTest } from '../../../support/cleanup.js'
import { type Language, readyFolder } from './languages.js'

export type Settings = Readonly<Record<string, string | number | boolean>>

/** A key that is never to be seen in anything a client prints. */
export const API_KEY = 'SC_ABCDEFGHIJKL.0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'

const DEFAULTS: Settings = {
  chain_id: 'chain',
  smart_contract_id: 'contract',
  api_key: API_KEY,
  reconnect_delay_seconds: 0.2,
  max_backoff_seconds: 1,
}

/** A template's client as a process of its own; killed after the test if it still runs. */
export class ContractProcess {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>
  readonly #ended: Promise<number | null>
  #output = ''

  private constructor(
    folder: string,
    [program, ...args]: Language['start'],
    env: Readonly<Record<string, string>>,
  ) {
    this.#child = spawn(program, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const add = (bytes: Buffer): void => void (this.#output += bytes.toString())
    this.#child.stdout.on('data', add)
    this.#child.stderr.on('data', add)
    this.#ended = once(this.#child, 'close').then(([code]) => code as number | null)
    afterThisTest(() => this.kill('SIGKILL'))
  }

  /** Starts it with the settings on top of those of the tests; undefined in a setting leaves it out. */
  static async start(
    language: Language,
    settings: Readonly<Record<string, string | number | boolean | undefined>>,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ContractProcess> {
    const folder = await readyFolder(language)
    const own = await mkdtemp(join(tmpdir(), 'terrarium-contract-'))
    afterThisTest(() => rm(own, { recursive: true, force: true }))
    const config = join(own, 'config.yaml')
    const lines = Object.entries({ ...DEFAULTS, ...settings })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    await writeFile(config, lines.join(''))
    return new ContractProcess(folder, [...language.start, '--config', config], env)
  }

  /** Starts it in a folder of its own, with the settings that are there. */
  static run(folder: string, command: Language['start']): ContractProcess {
    return new ContractProcess(folder, command, {})
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** What it printed so far, on both streams. */
  get output(): string {
    return this.#output
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** The exit code; null: a signal ended it. */
  ended(): Promise<number | null> {
    return this.#ended
  }

  signal(signal: NodeJS.Signals): void {
    if (this.isRunning) this.#child.kill(signal)
  }

  /** As a terminal does it: all of its process group get the signal. It has to have one of its own. */
  interrupt(signal: NodeJS.Signals): void {
    if (this.isRunning) process.kill(-this.pid, signal)
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.signal(signal)
    return this.#ended
  }
}
