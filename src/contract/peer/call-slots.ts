import { ContractError } from '../contract-error.js'
import type { ContractPeerSettings } from './settings.js'

type Limits = Pick<ContractPeerSettings, 'callsAtOnce' | 'waitingCalls' | 'waitingBytes' | 'timeoutMs'>

interface Waiting {
  start(): void
}

interface Queue {
  running: number
  bytes: number
  readonly waiting: Set<Waiting>
}

/** Whose turn it is: a contract works on so many calls at once, others wait in their order. */
export class CallSlots {
  readonly #limits: Limits
  readonly #queues = new Map<string, Queue>()

  constructor(limits: Limits) {
    this.#limits = limits
  }

  /**
   * Resolves when a call of so many bytes may run, with what gives its turn back.
   * @throws {ContractError} busy: too many wait, or it waited too long
   */
  async take(contract: string, bytes: number): Promise<() => void> {
    const queue = this.#queueOf(contract)
    if (queue.running < this.#limits.callsAtOnce) queue.running += 1
    else await this.#wait(contract, queue, bytes)
    return () => this.#giveBack(contract, queue)
  }

  #queueOf(contract: string): Queue {
    let queue = this.#queues.get(contract)
    if (!queue) this.#queues.set(contract, (queue = { running: 0, bytes: 0, waiting: new Set() }))
    return queue
  }

  #wait(contract: string, queue: Queue, bytes: number): Promise<void> {
    const { waitingCalls, waitingBytes, timeoutMs } = this.#limits
    if (queue.waiting.size >= waitingCalls || queue.bytes + bytes > waitingBytes) {
      return Promise.reject(new ContractError('busy', `too many calls wait for the contract ${contract}`))
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer)
        queue.waiting.delete(entry)
        queue.bytes -= bytes
      }
      const timer = setTimeout(() => {
        leave()
        reject(new ContractError('busy', `the contract ${contract} had no time for the call`))
      }, timeoutMs)
      const start = (): void => {
        leave()
        resolve()
      }
      const entry: Waiting = { start }
      queue.waiting.add(entry)
      queue.bytes += bytes
    })
  }

  /** The turn goes to the one that waits longest. */
  #giveBack(contract: string, queue: Queue): void {
    for (const next of queue.waiting) {
      next.start()
      return
    }
    queue.running -= 1
    if (queue.running === 0) this.#queues.delete(contract)
  }
}
