import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, symlink } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { PACKAGE_ROOT } from '../../src/app/package-info.js'
import { afterThisTest, temporaryFolder } from './cleanup.js'
import { waitFor } from './wait-for.js'

/** How a program ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** A built program running as a process of its own; killed after the test if it still runs. */
export class Program {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: string[] = []
  readonly ended: Promise<Exit>
  #stderr = ''
  #hasEnded = false

  constructor(cwd: string, args: readonly string[], environment: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, args, {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', ...environment },
    })
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#lines.push(line))
    this.#child.stderr.on('data', (chunk) => (this.#stderr += String(chunk)))
    this.ended = once(this.#child, 'close').then(([code, signal]) => {
      this.#hasEnded = true
      return {
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
        stdout: this.#lines.join('\n'),
        stderr: this.#stderr,
      }
    })
    afterThisTest(() => this.kill('SIGKILL'))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** The URL at which it says it is up. */
  async url(): Promise<string> {
    return waitFor('the program to say that it is up', () => {
      if (this.#hasEnded) throw new Error(`the program ended: ${this.#stderr}`)
      const line = this.#lines.find((text) => text.includes('is up'))
      return line === undefined ? undefined : (JSON.parse(line) as { url: string }).url
    })
  }

  /** Its lines on stdout so far. */
  text(): string {
    return this.#lines.join('\n')
  }

  /** Sends a signal that it may live through. */
  signal(signal: NodeJS.Signals): void {
    if (!this.#hasEnded) this.#child.kill(signal)
  }

  /** Sends the signal; resolves once the process is gone. */
  async kill(signal: NodeJS.Signals): Promise<Exit> {
    if (!this.#hasEnded) this.#child.kill(signal)
    return this.ended
  }
}

/** A place from which `node dist/dns.js` works as in a checkout, and whose files are gone after the test. */
export async function checkout(): Promise<string> {
  const dist = join(PACKAGE_ROOT, 'dist')
  await access(join(dist, 'client.js')).catch(() => {
    throw new Error('the programs are not built: run npm run build')
  })
  const folder = await temporaryFolder()
  await symlink(dist, join(folder, 'dist'))
  return folder
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
