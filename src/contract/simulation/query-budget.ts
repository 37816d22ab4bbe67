import vm from 'node:vm'
import type { SimulationSettings } from './settings.js'
import { StateRequestError } from './state-requests.js'

/** Runs what is in `work` so that it can be broken off: nothing else stops a regular expression that backtracks for ever. */
const stage: { work: () => unknown } = { work: () => undefined }
const breakable = new vm.Script('work()')
let context: vm.Context | undefined

type Limits = Pick<SimulationSettings, 'matchStepMs' | 'matchTimeMs' | 'maxScannedKeys'>

/** What the rich queries of one call may cost together. */
export class QueryBudget {
  readonly #limits: Limits
  #leftMs: number
  #scanned = 0

  constructor(limits: Limits) {
    this.#limits = limits
    this.#leftMs = limits.matchTimeMs
  }

  /** @throws {StateRequestError} when the queries have looked at more keys than they may */
  scan(keys: number): void {
    this.#scanned += keys
    const { maxScannedKeys } = this.#limits
    if (this.#scanned > maxScannedKeys)
      throw new StateRequestError(`the queries of the call look at more than ${maxScannedKeys} keys`)
  }

  /**
   * Runs `work`, which must leave nothing half done when it is broken off. Costs some 0.2 ms on top, so give it many rows.
   * @throws {StateRequestError} when it takes too long
   */
  match<T>(work: () => T): T {
    if (this.#leftMs <= 0) throw this.#exceeded()
    context ??= vm.createContext(stage)
    stage.work = work
    const timeout = Math.ceil(Math.min(this.#leftMs, this.#limits.matchStepMs))
    const start = performance.now()
    try {
      return breakable.runInContext(context, { timeout }) as T
    } catch (error) {
      throw isTimeout(error) ? this.#exceeded() : error
    } finally {
      stage.work = () => undefined
      this.#leftMs -= performance.now() - start
    }
  }

  #exceeded(): StateRequestError {
    const { matchStepMs, matchTimeMs } = this.#limits
    this.#leftMs = 0
    return new StateRequestError(
      `matching with $regex takes too long: more than ${matchStepMs} ms for some documents, or ${matchTimeMs} ms in the call`,
    )
  }
}

function isTimeout(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
}
