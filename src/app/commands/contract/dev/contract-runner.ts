import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from './child.js'
import type { ContractFolder } from './contract-folder.js'

export interface ContractRunnerOptions {
  readonly contract: ContractFolder
  /** host:port that it dials. */
  readonly peerAddress: string
  readonly mspId: string
  readonly onLine: (line: string) => void
  /** Something for the person who watches. */
  readonly tell: (text: string) => void
}

const FIRST_PAUSE_MS = 250
const MAX_PAUSE_MS = 5_000
/** A process that ran so long has not failed at its start. */
const SOUND_MS = 5_000

/** Keeps the process of a contract running, built anew and started again when asked. */
export class ContractRunner {
  readonly #options: ContractRunnerOptions
  readonly #stopped = new AbortController()
  #child: Child | undefined
  #wake = new AbortController()
  #isRestarting = false

  constructor(options: ContractRunnerOptions) {
    this.#options = options
  }

  /** Runs until {@link stop}. */
  async run(): Promise<void> {
    const { tell } = this.#options
    let failures = 0
    while (!this.#isStopped()) {
      const startedMs = performance.now()
      this.#child = (await this.#build()) ? this.#start() : undefined
      const ending = await this.#child?.ended
      if (this.#isStopped()) return
      if (this.#isRestarting) {
        this.#isRestarting = false
        failures = 0
        continue
      }
      failures = performance.now() - startedMs > SOUND_MS ? 0 : failures + 1
      const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
      if (ending === undefined) tell('the build failed; waiting for a change')
      else tell(`the contract is gone: ${ending}; starting it again in ${pauseMs / 1000} s`)
      await this.#pause(ending === undefined ? undefined : pauseMs)
    }
  }

  /** Its files changed. */
  async restart(): Promise<void> {
    this.#isRestarting = this.#child !== undefined && !this.#child.hasEnded
    this.#wake.abort()
    await this.#child?.stop()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#wake.abort()
    await this.#child?.stop()
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted
  }

  /** Until it is time, or something changed; without a time only that. */
  async #pause(pauseMs: number | undefined): Promise<void> {
    this.#wake = new AbortController()
    const { signal } = this.#wake
    if (this.#isStopped()) return
    await sleep(pauseMs ?? 2 ** 31 - 1, undefined, { signal }).catch(() => undefined)
  }

  async #build(): Promise<boolean> {
    const { contract, onLine } = this.#options
    if (!contract.hasBuild) return true
    const build = new Child('npm', ['run', '--silent', 'build'], { cwd: contract.folder, onLine })
    this.#child = build
    const ending = await build.ended
    return ending === 'it ended with status 0'
  }

  /** As a Fabric peer starts a contract. */
  #start(): Child {
    const { contract, peerAddress, mspId, onLine } = this.#options
    const flags = ['--peer.address', peerAddress, '--chaincode-id-name', contract.id]
    return new Child('npm', ['start', '--silent', '--', ...flags], {
      cwd: contract.folder,
      environment: { CORE_CHAINCODE_ID_NAME: contract.id, CORE_PEER_LOCALMSPID: mspId },
      onLine,
    })
  }
}
