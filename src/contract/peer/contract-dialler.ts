import { ContractError } from '../contract-error.js'
import type { Sleep } from '../../time/sleep.js'
import type { Connection } from './connection-file.js'
import { connectContract } from './contract-client.js'
import type { ContractStream, Registrar } from './contract-stream.js'
import type { Dialler } from './executor-ports.js'
import { type ContractPeerSettings, DEFAULT_CONTRACT_PEER_SETTINGS } from './settings.js'

const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 30_000

export interface ContractDiallerOptions {
  readonly registrar: Registrar
  readonly sleep: Sleep
  /** From 0 to 1. */
  readonly random: () => number
  readonly settings?: Partial<ContractPeerSettings>
}

/** Connects to contracts that serve: when they are first called, and again whenever the stream is lost. */
export class ContractDialler implements Dialler {
  readonly #options: ContractDiallerOptions
  readonly #contracts = new Map<string, ServedContract>()

  constructor(options: ContractDiallerOptions) {
    this.#options = options
  }

  /** Ids of the contracts that may be dialled. */
  get ids(): readonly string[] {
    return [...this.#contracts.keys()]
  }

  /** From now on the contract of this id is reached so. */
  add(id: string, connection: Connection): void {
    this.remove(id)
    this.#contracts.set(id, new ServedContract(id, connection, this.#options))
  }

  /** Ends its stream, too. */
  remove(id: string): void {
    this.#contracts.get(id)?.close()
    this.#contracts.delete(id)
  }

  async dial(ids: readonly string[], signal: AbortSignal): Promise<ContractStream | undefined> {
    const id = ids.find((each) => this.#contracts.has(each))
    const contract = id === undefined ? undefined : this.#contracts.get(id)
    return contract && unlessAborted(contract.connect(), signal)
  }

  close(): void {
    for (const id of this.ids) this.remove(id)
  }
}

/** One contract that serves. */
class ServedContract {
  readonly #id: string
  readonly #connection: Connection
  readonly #options: ContractDiallerOptions
  readonly #closed = new AbortController()
  #stream: ContractStream | undefined
  #attempt: Promise<ContractStream> | undefined

  constructor(id: string, connection: Connection, options: ContractDiallerOptions) {
    this.#id = id
    this.#connection = connection
    this.#options = options
  }

  /** All that want it at once share one attempt. */
  connect(): Promise<ContractStream> {
    if (this.#stream) return Promise.resolve(this.#stream)
    this.#attempt ??= this.#connectOnce().finally(() => (this.#attempt = undefined))
    return this.#attempt
  }

  close(): void {
    this.#closed.abort()
    this.#stream?.end()
  }

  async #connectOnce(): Promise<ContractStream> {
    const stream = await connectContract({
      id: this.#id,
      connection: this.#connection,
      registrar: this.#options.registrar,
      settings: { ...DEFAULT_CONTRACT_PEER_SETTINGS, ...this.#options.settings },
      onGone: () => this.#lost(),
    })
    if (this.#closed.signal.aborted) {
      stream.end()
      throw new ContractError('not-connected', `the contract ${this.#id} is not dialled any more`)
    }
    return (this.#stream = stream)
  }

  #lost(): void {
    this.#stream = undefined
    void this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    for (let tries = 0; !this.#isSettled(); tries++) {
      await this.#options.sleep(this.#pauseMs(tries), this.#closed.signal)
      if (this.#isSettled()) return
      // Whoever calls the contract meanwhile is told why it cannot be reached.
      await this.connect().catch(() => undefined)
    }
  }

  #isSettled(): boolean {
    return this.#closed.signal.aborted || this.#stream !== undefined
  }

  /** Doubles with each try, and is spread so that many do not come back at once. */
  #pauseMs(tries: number): number {
    return (
      Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 16)) * (0.5 + this.#options.random() / 2)
    )
  }
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason as Error)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
