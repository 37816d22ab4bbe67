import { execFile, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Network } from '../../../src/p2p/networks/network.js'

const FOLDER = fileURLToPath(new URL('../../live/bcoin/', import.meta.url))

interface Tip {
  readonly height: number
  /** As people read it. */
  readonly hash: string
}

type Answer = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string })

/** A regtest node that others wrote (bcoin 1.0.2), as a process of its own. */
export class Bcoin {
  readonly #waiting = new Map<
    number,
    { resolve: (result: unknown) => void; reject: (error: Error) => void }
  >()
  #lastId = 0

  private constructor(
    readonly port: number,
    readonly child: ChildProcess,
  ) {
    child.on('message', (message) => {
      const answer = message as Answer
      const waiting = this.#waiting.get(answer.id)
      this.#waiting.delete(answer.id)
      if ('error' in answer) waiting?.reject(new Error(answer.error))
      else waiting?.resolve(answer.result)
    })
    child.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`bcoin ended: ${code ?? signal ?? ''}`))
    })
  }

  /** Installs bcoin into its own folder where it is not yet, and starts it with the magic of a regtest network. */
  static async start(network: Network): Promise<Bcoin> {
    await install()
    const [port, httpPort] = await freePorts()
    const magic = Buffer.from(network.magic).reverse().toString('hex')
    const child = fork(`${FOLDER}serve.cjs`, [String(port), String(httpPort), magic], {
      execArgv: [],
      env: { ...process.env, NODE_BACKEND: 'js' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const bcoin = new Bcoin(port, child)
    await new Promise((resolve, reject) => bcoin.#waiting.set(0, { resolve, reject }))
    return bcoin
  }

  tip(): Promise<Tip> {
    return this.#ask('tip') as Promise<Tip>
  }

  /** Mines blocks after the tip, or after the block at `height`, which makes a branch. */
  mine(count: number, height?: number): Promise<Tip> {
    return this.#ask('mine', { count, height }) as Promise<Tip>
  }

  /** The last `depth` blocks are replaced by one more. */
  async reorg(depth: number): Promise<Tip> {
    const { height } = await this.tip()
    return this.mine(depth + 1, height - depth)
  }

  /** The hashes of the best chain from one height to another, as people read them. */
  hashes(from: number, to: number): Promise<string[]> {
    return this.#ask('hashes', { from, to }) as Promise<string[]>
  }

  /** The bytes of a block of the best chain. */
  async block(height: number): Promise<Uint8Array> {
    return Buffer.from((await this.#ask('block', { height })) as string, 'hex')
  }

  /** A transaction that spends the coinbase of a height that is 100 deep or more; nobody has seen it yet. */
  async spend(height: number, fee = 10_000): Promise<{ raw: Uint8Array; txid: string }> {
    const { raw, txid } = (await this.#ask('spend', { height, fee })) as { raw: string; txid: string }
    return { raw: Buffer.from(raw, 'hex'), txid }
  }

  /** Gives it a transaction as if a wallet did; it announces it to its peers. */
  async submit(raw: Uint8Array): Promise<void> {
    await this.#ask('submit', { raw: Buffer.from(raw).toString('hex') })
  }

  /** The ids of its mempool, as people read them. */
  mempool(): Promise<string[]> {
    return this.#ask('mempool') as Promise<string[]>
  }

  peers(): Promise<number> {
    return this.#ask('peers') as Promise<number>
  }

  /** Ends the process. */
  async close(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await ended
  }

  #ask(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.child.send({ id, method, params }, (error) => {
        if (error !== null) reject(error)
      })
    })
  }
}

async function install(): Promise<void> {
  if (existsSync(`${FOLDER}node_modules/bcoin/package.json`)) return
  // Its native parts do not compile on newer Node and are not needed.
  await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: FOLDER })
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()]
  const [port = 0, httpPort = 0] = await Promise.all(
    servers.map(async (server) => {
      await once(server.listen(0, '127.0.0.1'), 'listening')
      return (server.address() as AddressInfo).port
    }),
  )
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return [port, httpPort]
}
