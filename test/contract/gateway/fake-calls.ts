import { binaryOf } from '../../../src/ledger/payload/binary.js'
import type { InvocationPayload } from '../../../src/ledger/payload/invocation.js'
import { VALIDATION_CODE, type ValidationCode } from '../../../src/ledger/validation-code.js'
import type { Call, CallResponse } from '../../../src/contract/call.js'
import type {
  BlockEvents,
  CallStatus,
  CallTransaction,
  Endorsed,
  EventsWanted,
  GatewayCalls,
} from '../../../src/contract/gateway/gateway-calls.js'
import { KeyPair } from '../../../src/wallet/keys.js'
import { signTransaction } from '../../../src/wallet/sign-transaction.js'

const KEYS = new KeyPair(Buffer.alloc(32, 5))
export const CHAIN_ID = 'c'.repeat(64)

type Answer = (call: Call, signal: AbortSignal) => CallResponse | Promise<CallResponse>

/** The transaction a node makes of a call that got this answer. */
export function transactionOf(call: Call, { status, message, payload }: CallResponse): CallTransaction {
  const invocation: InvocationPayload = {
    kind: 'invocation',
    contract: call.contract,
    callId: call.callId,
    args: call.args.map(binaryOf),
    creator: { mspId: call.caller.mspId, credentials: call.caller.certificate },
    invoker: KEYS.address,
    reads: [],
    rangeReads: [],
    writes: [{ namespace: call.contract, key: 'k', value: { text: 'v' } }],
    response: { status, message, payload: binaryOf(payload) },
    endorsements: [{ publicKey: KEYS.publicKey, signature: 'ab'.repeat(64) }],
  }
  const parts = { inputs: [], outputs: [], fee: 0 }
  const context = { version: 1 as const, chainId: CHAIN_ID, timestamp: call.timestampMs }
  return signTransaction({ ...context, ...parts, payload: invocation }, [KEYS]) as CallTransaction
}

/** A node without a chain: a test says what contracts answer and which blocks come. */
export class FakeCalls implements GatewayCalls {
  readonly submitted: CallTransaction[] = []
  readonly #answer: Answer
  readonly #blocks: BlockEvents[] = []
  readonly #statuses = new Map<string, CallStatus>()
  /** Called once something has changed. */
  readonly #waiting = new Set<() => void>()
  /** How many blocks with events were asked for. */
  blocksRead = 0
  #height = -1

  constructor(answer: Answer) {
    this.#answer = answer
  }

  /** A block with one call, and an event of it where one is given. */
  commit(
    callId: string,
    code: ValidationCode = VALIDATION_CODE.VALID,
    event?: { readonly name: string; readonly payload: Uint8Array },
  ): void {
    this.#height += 1
    this.#statuses.set(callId, { code, height: this.#height })
    if (event) this.#blocks.push({ height: this.#height, events: [{ callId, ...event }] })
    this.#changed()
  }

  /** A block with these events. */
  addBlock(events: BlockEvents['events']): void {
    this.#height += 1
    if (events.length > 0) this.#blocks.push({ height: this.#height, events })
    this.#changed()
  }

  async evaluate(call: Call, signal: AbortSignal): Promise<CallResponse> {
    return this.#answer(call, signal)
  }

  async endorse(call: Call, signal: AbortSignal): Promise<Endorsed> {
    const response = await this.#answer(call, signal)
    return { response, transaction: response.status < 400 ? transactionOf(call, response) : undefined }
  }

  async submit(transaction: CallTransaction): Promise<void> {
    this.submitted.push(transaction)
    return Promise.resolve()
  }

  async status(callId: string, signal: AbortSignal): Promise<CallStatus> {
    for (;;) {
      const found = this.#statuses.get(callId)
      if (found) return found
      await this.#change(signal)
      signal.throwIfAborted()
    }
  }

  async *events({ from, signal }: EventsWanted): AsyncGenerator<BlockEvents, void, undefined> {
    for (let i = 0; !signal.aborted;) {
      const block = this.#blocks[i]
      if (!block) {
        await this.#change(signal)
        continue
      }
      i += 1
      if (block.height < from) continue
      this.blocksRead += 1
      yield block
    }
  }

  hasCall(callId: string): boolean {
    return this.#statuses.has(callId)
  }

  height(): number {
    return this.#height
  }

  /** How many wait for a block now. */
  get waiting(): number {
    return this.#waiting.size
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      this.#waiting.add(done)
      signal.addEventListener('abort', done)
      if (signal.aborted) done()
    })
  }

  #changed(): void {
    for (const wake of this.#waiting) wake()
  }
}
