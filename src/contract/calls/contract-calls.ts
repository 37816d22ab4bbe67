import { messageOf } from '../../base/errors.js'
import { RuleError } from '../../ledger/rule-error.js'
import { parseNamespace } from '../../ledger/contracts/namespaces.js'
import type { KeyPair } from '../../wallet/keys.js'
import type { Call, CallResponse, Executor, Simulated } from '../call.js'
import { ContractError } from '../contract-error.js'
import type {
  BlockEvents,
  CallStatus,
  CallTransaction,
  Endorsed,
  EventsWanted,
  GatewayCalls,
} from '../gateway/gateway-calls.js'
import type { PrivateValues } from '../private-values.js'
import { CallBoard } from './call-board.js'
import type { CallChain } from './call-chain.js'
import { callTransaction, FIRST_REFUSAL, invocationOf } from './call-transaction.js'
import { readEvents } from './event-reader.js'
import { HeldWrites } from './held-writes.js'
import { Purges } from './purges.js'
import { untilAborted } from './until-aborted.js'

/** What came of running a call. */
export interface CallReport {
  readonly contract: string
  readonly callId: string
  /** As it was called: `contract:function` or `function`. */
  readonly function: string
  readonly kind: 'invoke' | 'evaluate'
  /** Undefined: the contract gave no answer. */
  readonly status: number | undefined
  readonly message: string
  readonly milliseconds: number
}

export interface ContractCallsOptions {
  readonly chain: CallChain
  readonly executor: Executor
  readonly privateValues: Pick<PrivateValues, 'put' | 'purge'>
  /** The node's own: it endorses, and answers for what goes on the chain. */
  readonly keys: KeyPair
  /** Calls that may run at once. */
  readonly maxRunning: number
  /** Of private values that wait for their calls to be submitted. */
  readonly maxHeldBytes: number
  /** A contract answered a call, or did not. */
  readonly onRan?: (report: CallReport) => void
  /** Something failed that no caller waits for. */
  readonly onFault?: (error: unknown) => void
}

/** Rules by which a transaction is not taken because it is here already. */
const KNOWN: ReadonlySet<string> = new Set(['POOL-1', 'POOL-3'])
const FULL = 'POOL-8'

/** Contract calls of this node: run, endorsed, put on the chain, and followed there. */
export class ContractCalls implements GatewayCalls {
  readonly #options: ContractCallsOptions
  readonly board: CallBoard
  readonly #held: HeldWrites
  readonly #purges: Purges
  #running = 0

  constructor(options: ContractCallsOptions) {
    this.#options = options
    this.board = new CallBoard(options.chain)
    this.#held = new HeldWrites(options.maxHeldBytes)
    this.#purges = new Purges(options)
  }

  async evaluate(call: Call, signal?: AbortSignal): Promise<CallResponse> {
    const { response } = await this.#run('evaluate', call, signal)
    return response
  }

  async endorse(call: Call, signal?: AbortSignal): Promise<Endorsed> {
    const { chain, keys } = this.#options
    const simulated = await this.#run('invoke', call, signal)
    const { response, privateWrites } = simulated
    if (response.status >= FIRST_REFUSAL) return { response, transaction: undefined }
    const payload = invocationFor(call, simulated, keys)
    this.#held.put(call.callId, privateWrites)
    const transaction = callTransaction(payload, { chainId: chain.id, timestamp: call.timestampMs }, keys)
    chain.vouch(transaction)
    return { response, transaction }
  }

  async submit(transaction: CallTransaction): Promise<void> {
    const { chain, privateValues } = this.#options
    const { callId } = transaction.payload
    if (chain.isPending(transaction.id) || chain.place(transaction.id)) return
    if (this.hasCall(callId) || this.board.pending(callId) !== undefined) throw duplicate(callId)
    const writes = this.#held.take(callId)
    if (!writes && this.#lacksValues(transaction)) throw valuesGone(callId)
    // Values first: once the hashes are on the chain, the values are to be had.
    if (writes) {
      await privateValues.put(writes)
      this.#purges.note(transaction.id, writes)
    }
    this.board.note(transaction)
    try {
      await chain.submit(transaction)
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      if (error.rule === FULL) throw new ContractError('busy', `the mempool is full: ${error.message}`)
      if (!KNOWN.has(error.rule)) throw error
    }
  }

  async status(callId: string, signal?: AbortSignal): Promise<CallStatus> {
    const { place } = await this.board.untilPlaced(callId, signal)
    return { code: place.code, height: place.height }
  }

  events(wanted: EventsWanted): AsyncIterable<BlockEvents> {
    return readEvents(this.#options.chain, wanted)
  }

  hasCall(callId: string): boolean {
    return this.board.placed(callId) !== undefined
  }

  height(): number {
    return this.#options.chain.height()
  }

  close(): void {
    this.#purges.close()
    this.board.close()
  }

  async #run(kind: CallReport['kind'], call: Call, signal: AbortSignal | undefined): Promise<Simulated> {
    const { maxRunning } = this.#options
    if (this.hasCall(call.callId) || this.board.pending(call.callId) !== undefined)
      throw duplicate(call.callId)
    if (this.#running >= maxRunning)
      throw new ContractError('busy', `too many requests, exceeding concurrency limit (${maxRunning})`)
    this.#running += 1
    const done = this.#execute(kind, call).finally(() => {
      this.#running -= 1
    })
    return untilAborted(done, signal)
  }

  async #execute(kind: CallReport['kind'], call: Call): Promise<Simulated> {
    const { executor, onRan } = this.#options
    const startMs = performance.now()
    const report = (status: number | undefined, message: string): void => {
      const { contract, callId, args } = call
      const name = Buffer.from(args[0] ?? []).toString()
      const milliseconds = performance.now() - startMs
      onRan?.({ contract, callId, function: name, kind, status, message, milliseconds })
    }
    try {
      const simulated = await executor.execute(call)
      report(simulated.response.status, simulated.response.message)
      return simulated
    } catch (error) {
      report(undefined, messageOf(error))
      throw error
    }
  }

  /** Whether this node ran the call and knew private values of it once. */
  #lacksValues({ payload: { writes, endorsements } }: CallTransaction): boolean {
    const { publicKey } = this.#options.keys
    if (!endorsements.some((each) => each.publicKey === publicKey)) return false
    return writes.some(({ namespace, value }) => {
      const parsed = parseNamespace(namespace)
      return value !== null && parsed?.collection !== undefined && !parsed.isMetadata
    })
  }
}

function invocationFor(call: Call, simulated: Simulated, keys: KeyPair) {
  try {
    return invocationOf(call, simulated, keys)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw new ContractError('bad-call', `the call cannot go on the chain: ${error.message} (${error.rule})`)
  }
}

function duplicate(callId: string): ContractError {
  return new ContractError('bad-call', `duplicate transaction found [${callId}]`)
}

function valuesGone(callId: string): ContractError {
  return new ContractError(
    'bad-call',
    `the private values of call ${callId} are held no longer; endorse it again under a new id`,
  )
}
