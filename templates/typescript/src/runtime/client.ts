import { status } from '@grpc/grpc-js'
import { Backoff } from './backoff.js'
import type { Channel } from './channel.js'
import type { Config } from './config.js'
import { Invocations } from './invocations.js'
import { log } from './log.js'
import { cureOf } from './refusal.js'
import { Session, type SessionEnd } from './session.js'
import type { WorkerPool } from './worker-pool.js'

/** Keeps a session with the node, one at a time, until it is stopped or may not try again. */
export class RemoteClient {
  readonly #config: Config
  readonly #channel: Channel
  readonly #invocations: Invocations
  readonly #backoff: Backoff
  #session: Session | undefined
  #isStopping = false
  #wake: () => void = () => undefined

  constructor(config: Config, channel: Channel, pool: WorkerPool) {
    this.#config = config
    this.#channel = channel
    this.#invocations = new Invocations(pool)
    this.#backoff = new Backoff(config)
  }

  /** Resolves with the exit code when it was stopped or has given up. */
  async run(): Promise<number> {
    while (!this.#isStopping) {
      const end = await this.#runSession()
      if (this.#isStopping) break
      const code = await this.#afterEnd(end)
      if (code !== undefined) return code
    }
    return 0
  }

  /** Takes no more work, lets what has begun end within the grace, and ends the session. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const session = this.#session
    if (session !== undefined) {
      session.drain()
      await this.#lastResults(session)
      if (this.#invocations.count > 0) log.warn(`left to another: ${this.#invocations.count} invocations`)
      await session.sayGoodbye('stopped')
    }
    this.#wake()
  }

  async #runSession(): Promise<SessionEnd> {
    const { instanceId, numWorkers } = this.#config
    this.#session = new Session(this.#channel, this.#invocations, { instanceId, maxInFlight: numWorkers })
    const end = await this.#session.ended
    this.#session = undefined
    return end
  }

  /** Waits for the next connection; an exit code: there will be none. */
  async #afterEnd(end: SessionEnd): Promise<number | undefined> {
    const cure = cureOf(end.code)
    const what = `${status[end.code] ?? end.code}: ${end.text}`
    this.#backoff.noteEnd(end.healthyMs)
    const delayMs = this.#delayMs(end, cure !== undefined)
    if (cure === undefined) log.warn(`disconnected: ${what}`)
    else log.error(`the node refuses this client: ${what} - ${cure}`)
    if (cure !== undefined && this.#config.exitOnAuthError) return 1
    if (this.#backoff.isExhausted) {
      log.error(`gave up after ${this.#backoff.attempts} attempts`)
      return 1
    }
    log.info(`next connection in ${(delayMs / 1000).toFixed(1)} s`)
    await this.#sleep(delayMs)
    return undefined
  }

  #delayMs(end: SessionEnd, isRefused: boolean): number {
    const delayMs = this.#backoff.nextDelayMs(isRefused)
    if (end.retryAfterMs === undefined) return delayMs
    const asked = Math.min(end.retryAfterMs, this.#config.maxBackoffMs) + this.#backoff.jitterMs()
    return end.code === status.RESOURCE_EXHAUSTED ? asked : Math.max(asked, delayMs)
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  /** Resolves when all results are answered, the grace is over or the session is. */
  async #lastResults(session: Session): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const grace = new Promise((resolve) => (timer = setTimeout(resolve, this.#config.shutdownGraceMs)))
    await Promise.race([this.#invocations.empty(), grace, session.ended])
    clearTimeout(timer)
  }
}
