import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server in a process of its own, that says once where it is. */
export interface Child {
  readonly url: string
  /** CPU time the process has used, in ms. */
  cpuMs(): Promise<number>
  stop(): Promise<void>
}

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
  return {
    url,
    async cpuMs() {
      const told = answer()
      child.send('cpu')
      return (await told) as number
    },
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

/** Says where the server is, answers how much CPU time it used, and calls `stop` when the bench is done. */
export function serveParent(url: string, stop: () => Promise<void>): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.((user + system) / 1000)
  })
  process.once('disconnect', () => {
    void stop()
  })
  process.send?.(url)
}
