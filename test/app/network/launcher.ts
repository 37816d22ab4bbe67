import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { PACKAGE_ROOT } from '../../../src/app/package-info.js'
import { takenPort } from '../../../src/app/network/free-ports.js'

/** All know each other; the first group is how many. */
export const UP = /^network is up: (\d+) nodes? know each other \(\d+\.\d s\)$/m

/** All have the same tip; the groups are how many, its height and the end of its hash. */
export const AGREED = /^(\d+) nodes? agree on the chain: height (\d+), tip …([0-9a-f]{7})$/m

const PATIENCE_MS = 40_000

/** `terrarium` as a process of its own, and all it has written. */
export class Launcher {
  readonly process: ChildProcess
  readonly ended: Promise<{ code: number | null; signal: string | null }>
  stdout = ''
  stderr = ''

  constructor(...args: string[]) {
    this.process = spawn(process.execPath, [join(PACKAGE_ROOT, 'dist', 'terrarium.js'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.ended = once(this.process, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as string | null,
    }))
  }

  /** Resolves when stdout has text that matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#untilSeen(String(pattern), () => pattern.exec(this.stdout))
  }

  async #untilSeen<T>(what: string, look: () => T): Promise<NonNullable<T>> {
    const startMs = performance.now()
    for (;;) {
      const seen = look()
      if (seen) return seen
      if (this.process.exitCode !== null || performance.now() - startMs > PATIENCE_MS)
        throw new Error(`no ${what} in:\n${this.stdout}\n${this.stderr}`)
      await delay(20)
    }
  }

  /** Resolves when so many nodes have agreed on a tip of this height or a later one; a look may miss a height. */
  async untilAgreed(nodes: number, minHeight: number): Promise<void> {
    await this.#untilSeen(`${nodes} nodes agree at height ${minHeight} or later`, () =>
      this.agreements().some((agreed) => agreed.nodes === nodes && agreed.height >= minHeight),
    )
  }

  /** How many nodes agreed at which heights, in the order told. */
  agreements(): { nodes: number; height: number }[] {
    const told = this.stdout.matchAll(new RegExp(AGREED, 'gm'))
    return [...told].map(([, nodes, height]) => ({ nodes: Number(nodes), height: Number(height) }))
  }

  /** URL and process of each node that was up, by its name. */
  nodes(): Map<string, { url: string; pid: number }> {
    const found = this.stdout.matchAll(/^\[(\w+)\] up at (\S+) \(process (\d+)\)$/gm)
    return new Map([...found].map(([, name = '', url = '', pid]) => [name, { url, pid: Number(pid) }]))
  }

  pids(): number[] {
    return [...this.nodes().values()].map(({ pid }) => pid)
  }
}

/** Resolves when none of the processes runs any more. */
export async function untilGone(pids: readonly number[]): Promise<void> {
  const startMs = performance.now()
  while (pids.some(isRunning)) {
    if (performance.now() - startMs > PATIENCE_MS)
      throw new Error(`still there: ${pids.filter(isRunning).join(', ')}`)
    await delay(20)
  }
}

/** A process that nobody has collected yet has ended all the same. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return process.platform !== 'linux' || !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** The first of `count` free ports in a row, below those that systems choose for outgoing calls. */
export async function freeBasePort(count: number): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 10_000)
    const ports = Array.from({ length: count }, (_, index) => base + index)
    if ((await takenPort(ports, '127.0.0.1')) === undefined) return base
  }
}
