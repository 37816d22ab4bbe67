import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from '@jest/globals'
import { checkout, freePort, Program } from '../support/program.js'

export interface Status {
  readonly height: number
  readonly tip: string | null
}

/** Where nobody listens: a node without a seed server. */
const NO_SEED = ['--dns_ip', '127.0.0.1', '--dns_port', '1']

/** A node as a process of its own; killed after the test if it still runs. */
export class LiveNode {
  readonly program: Program
  readonly folder: string
  readonly port: number
  readonly url: string

  private constructor(program: Program, folder: string, port: number) {
    this.program = program
    this.folder = folder
    this.port = port
    this.url = `http://127.0.0.1:${port}`
  }

  /** Spawns a node; {@link untilUp} waits for it. */
  static async spawn(
    folder: string,
    args: readonly string[] = [],
    port?: number,
    environment?: Record<string, string>,
  ): Promise<LiveNode> {
    const chosen = port ?? (await freePort())
    const contracts = args.includes('--contract-port') ? [] : ['--contract-port', '0']
    const seed = args.includes('--dns_port') ? [] : NO_SEED
    const all = [
      'dist/client.js',
      '--port',
      String(chosen),
      '--dir',
      folder,
      '--upd_int',
      '0.2',
      ...seed,
      ...contracts,
      ...args,
    ]
    return new LiveNode(new Program(await checkout(), all, environment), folder, chosen)
  }

  static async start(
    folder: string,
    args: readonly string[] = [],
    port?: number,
    environment?: Record<string, string>,
  ): Promise<LiveNode> {
    const node = await LiveNode.spawn(folder, args, port, environment)
    await node.program.url()
    return node
  }

  async status(): Promise<Status> {
    return (await this.get('/sync/status/')) as Status
  }

  async get(path: string): Promise<unknown> {
    return answerOf(await fetch(`${this.url}${path}`))
  }

  async send(verb: string, path: string, body: object): Promise<unknown> {
    return answerOf(
      await fetch(`${this.url}${path}`, {
        method: verb,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    )
  }

  /** As no program can be told to end: at once, whatever it does. */
  async killHard(): Promise<void> {
    await this.program.kill('SIGKILL')
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!response.ok) throw new Error(`${response.status} ${text}`)
  return JSON.parse(text) as unknown
}

/** The command that people have says the same as the tests. */
export async function expectVerified(folder: string): Promise<void> {
  const args = ['dist/terrarium.js', 'chain', 'verify', '--dir', folder]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: await checkout() })
  expect(stdout).toContain('keep every rule')
}
