import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { mappedIndexMb } from './mapped-index.js'

/** A server in a process of its own, that says once where it is. */
export interface Child {
  readonly url: string
  /** CPU time the process has used, in ms. */
  cpuMs(): Promise<number>
  /** Its resident set in MB. */
  residentMb(): Promise<number>
  /** What of that is pages of the index' file, which the system maps and drops as it likes; 0 where that cannot be told. */
  mappedMb(): Promise<number>
  stop(): Promise<void>
}

type Question = 'cpu' | 'resident' | 'mapped'

/** Starts a file of bench/support, given what it needs as JSON. */
export async function startChild(name: string, input: unknown): Promise<Child> {
  const path = fileURLToPath(new URL(`${name}.js`, import.meta.url))
  const child = fork(path, [JSON.stringify(input)])
  const ended = once(child, 'exit')
  const answer = async (): Promise<unknown> => {
    const [message] = (await Promise.race([
      once(child, 'message'),
      ended.then(() => {
        throw new Error(`${name} ended`)
      }),
    ])) as [unknown]
    return message
  }
  const url = (await answer()) as string
  const ask = async (question: Question): Promise<number> => {
    const told = answer()
    child.send(question)
    return (await told) as number
  }
  return {
    url,
    cpuMs: () => ask('cpu'),
    residentMb: () => ask('resident'),
    mappedMb: () => ask('mapped'),
    async stop() {
      child.disconnect()
      await ended
    },
  }
}

/** The other side of {@link startChild}: what the file was given. */
export function inputOfChild(): unknown {
  return JSON.parse(process.argv[2] ?? 'null')
}

const ANSWERS: Readonly<Record<Question, () => number>> = {
  cpu() {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
  resident: () => process.memoryUsage.rss() / 1e6,
  mapped: () => mappedIndexMb(),
}

/** Says where the server is, answers what the parent asks about the process, and calls `stop` when the bench is done. */
export function serveParent(url: string, stop: () => Promise<void>): void {
  process.on('message', (question: Question) => process.send?.(ANSWERS[question]()))
  process.once('disconnect', () => {
    void stop()
  })
  process.send?.(url)
}
