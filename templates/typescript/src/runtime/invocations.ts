import {
  ACK_STATUSES,
  type ClientFrame,
  type ContractEnv,
  type Delivery,
  ERROR_KINDS,
  type Held,
  type Result,
  type ResultAck,
} from './frames.js'
import { log } from './log.js'
import type { Finished } from './worker-messages.js'
import type { WorkerPool } from './worker-pool.js'

/** An invocation this process has, from its delivery to the answer to its result. */
interface Invocation {
  readonly id: string
  leaseToken: Uint8Array
  readonly progress: NodeJS.Timeout
  result: Result | undefined
}

/** Used where the node names no lease. */
const DEFAULT_LEASE_MS = 60_000

/** What this process works on and what it has finished; kept over reconnects. */
export class Invocations {
  readonly #pool: WorkerPool
  readonly #all = new Map<string, Invocation>()
  #send: ((frame: ClientFrame) => void) | undefined
  #onEmpty: (() => void) | undefined

  constructor(pool: WorkerPool) {
    this.#pool = pool
  }

  get count(): number {
    return this.#all.size
  }

  /** For the first frame of a session. */
  held(): Held[] {
    return [...this.#all.values()].map(heldOf)
  }

  /** A session has begun: what the node does not keep is forgotten, results that are ready go out again. */
  resume(kept: readonly string[], leaseMs: number, send: (frame: ClientFrame) => void): void {
    this.#send = send
    for (const invocation of [...this.#all.values()]) {
      if (!kept.includes(invocation.id)) this.cancel(invocation.id, 'the node has given it to another')
      else if (invocation.result !== undefined) send({ result: invocation.result })
      else send({ progress: heldOf(invocation) })
    }
    log.debug(`${this.#all.size} invocations go on, the lease is ${leaseMs} ms`)
  }

  /** The session is over: results wait for the next. */
  pause(): void {
    this.#send = undefined
  }

  setEnvironment({ env, secrets }: ContractEnv): void {
    this.#pool.setEnvironment({ env, secrets })
  }

  /** Takes a delivery. One that is here already is not run again: it has got another lease. */
  accept(delivery: Delivery): void {
    const known = this.#all.get(delivery.invocation_id)
    if (known === undefined) {
      void this.#run(delivery)
      return
    }
    known.leaseToken = delivery.lease_token
    if (known.result === undefined) return
    known.result = { ...known.result, lease_token: delivery.lease_token }
    this.#send?.({ result: known.result })
  }

  acknowledge({ invocation_id, status: code, detail }: ResultAck): void {
    const status = ACK_STATUSES[code]
    const isKept = status === 'COMMITTED' || status === 'ALREADY_COMMITTED'
    if (!isKept) log.warn(`the result of ${invocation_id} is ${status ?? code}: ${detail}`)
    if (this.#all.get(invocation_id)?.result !== undefined) this.#forget(invocation_id)
  }

  /** Ends its work; there will be no result. */
  cancel(invocationId: string, reason: string): void {
    if (!this.#all.has(invocationId)) return
    log.warn(`${invocationId} is cancelled: ${reason}`)
    this.#forget(invocationId)
    this.#pool.cancel(invocationId)
  }

  /** Resolves once nothing is left without an answer. */
  async empty(): Promise<void> {
    if (this.#all.size > 0) await new Promise<void>((resolve) => (this.#onEmpty = resolve))
  }

  async #run(delivery: Delivery): Promise<void> {
    const { invocation_id: id, lease_token: leaseToken, attempt, transaction_json: txJson } = delivery
    const leaseMs = delivery.lease_ms.toNumber() || DEFAULT_LEASE_MS
    const progress = setInterval(() => this.#send?.({ progress: heldOf(invocation) }), leaseMs / 3)
    const invocation: Invocation = { id, leaseToken, progress, result: undefined }
    this.#all.set(id, invocation)
    const start = performance.now()
    const finished = await this.#pool.run({ invocationId: id, attempt, txJson })
    clearInterval(progress)
    if (finished === undefined || this.#all.get(id) !== invocation) return
    invocation.result = resultOf(invocation, finished, performance.now() - start)
    this.#send?.({ result: invocation.result })
  }

  #forget(id: string): void {
    clearInterval(this.#all.get(id)?.progress)
    this.#all.delete(id)
    if (this.#all.size === 0) this.#onEmpty?.()
  }
}

function heldOf({ id, leaseToken }: Invocation): Held {
  return { invocation_id: id, lease_token: leaseToken }
}

function resultOf({ id, leaseToken }: Invocation, { outcome, logs }: Finished, durationMs: number): Result {
  const { dataJson, outputToChain, error, outputTag, heapJson } = outcome
  if (error !== undefined) log.debug(`${id} failed: ${error.kind} ${error.message}`)
  return {
    invocation_id: id,
    lease_token: leaseToken,
    data_json: dataJson,
    output_to_chain: outputToChain,
    ...(error === undefined ? {} : { error: { ...error, kind: ERROR_KINDS[error.kind] } }),
    logs,
    duration_ms: Math.round(durationMs),
    ...(outputTag === undefined ? {} : { output_tag: outputTag }),
    heap_json: heapJson,
  }
}
