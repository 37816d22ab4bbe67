import type { Call, Executor, Simulated } from '../call.js'
import { ContractError } from '../contract-error.js'
import { CallRun } from './call-run.js'
import { CallSlots } from './call-slots.js'
import type { Deployed, ExecutorPorts } from './executor-ports.js'
import { type ContractPeerSettings, DEFAULT_CONTRACT_PEER_SETTINGS } from './settings.js'

/** Runs calls in the processes that are connected to this node. */
export class ContractExecutor<D extends Deployed> implements Executor {
  readonly #ports: ExecutorPorts<D>
  readonly #settings: ContractPeerSettings
  readonly #slots: CallSlots

  constructor(ports: ExecutorPorts<D>, settings: Partial<ContractPeerSettings> = {}) {
    this.#ports = ports
    this.#settings = { ...DEFAULT_CONTRACT_PEER_SETTINGS, ...settings }
    this.#slots = new CallSlots(this.#settings)
  }

  async execute(call: Call): Promise<Simulated> {
    const bytes = call.args.reduce((sum, { length }) => sum + length, call.signedProposal.length)
    const { maxMessageBytes } = this.#settings
    if (bytes > maxMessageBytes) {
      throw new ContractError('bad-call', `the call takes ${bytes} bytes; ${maxMessageBytes} are the most`)
    }
    const giveBack = await this.#slots.take(call.contract, bytes)
    try {
      return await this.#execute(call)
    } finally {
      giveBack()
    }
  }

  /** All of a call sees one snapshot. */
  async #execute(call: Call): Promise<Simulated> {
    const snapshot = this.#ports.openSnapshot()
    try {
      const definition = this.#ports.definitions(snapshot)
      const state = this.#ports.simulate(call, snapshot, definition)
      try {
        const run = new CallRun(call, { ...this.#ports, definition, state })
        const { response, event } = await this.#inTime((signal) => run.start(signal))
        return state.finish(response, event)
      } catch (error) {
        state.abort()
        throw error
      }
    } finally {
      snapshot.close()
    }
  }

  async #inTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = new AbortController()
    const timer = setTimeout(
      () => late.abort(new ContractError('timeout', 'timeout expired while executing transaction')),
      this.#settings.timeoutMs,
    )
    try {
      return await work(late.signal)
    } finally {
      clearTimeout(timer)
    }
  }
}
