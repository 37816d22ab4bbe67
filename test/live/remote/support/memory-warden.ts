import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterThisTest } from '../../../support/cleanup.js'
import { residentKb } from './resident-kb.js'

const LOOK_MS = 100

/**
 * Stands for the kernel of a machine that has no memory left: whatever grows beyond the limit, of the processes given and
 * their children, is killed with SIGKILL. The machine itself never comes near.
 */
export class MemoryWarden {
  readonly #limitKb: number
  readonly #pids: () => readonly number[]
  #isOver = false
  /** How many it has killed. */
  kills = 0

  /** `pids`: of the processes to look at, asked anew every time. */
  constructor(limitMb: number, pids: () => readonly number[]) {
    this.#limitKb = limitMb * 1024
    this.#pids = pids
    const watching = this.#watch()
    afterThisTest(async () => {
      this.#isOver = true
      await watching
    })
  }

  /** Whether this machine tells how much memory a process has. */
  static isPossible(): boolean {
    return process.platform === 'linux'
  }

  async #watch(): Promise<void> {
    while (!this.#isOver) {
      for (const pid of await withChildren(this.#pids())) {
        if ((await residentKb(pid)) <= this.#limitKb) continue
        if (isKilled(pid)) this.kills += 1
      }
      await delay(LOOK_MS)
    }
  }
}

async function withChildren(parents: readonly number[]): Promise<readonly number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const found = await Promise.all(all.map(async (pid) => ((await isChildOf(pid, parents)) ? [pid] : [])))
  return [...parents, ...found.flat()]
}

async function isChildOf(pid: number, parents: readonly number[]): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The name, in brackets, may hold anything; the state and the parent follow it.
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  return parents.includes(parent)
}

function isKilled(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}
