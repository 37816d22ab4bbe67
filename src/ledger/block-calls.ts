import { applyWrites } from './contracts/key-writes.js'
import { type EndorsementPolicy, judgeCall } from './judge-call.js'
import type { InvocationPayload } from './payload/invocation.js'
import type { KeyVersion } from './payload/key-access.js'
import { outputId } from './payload/output.js'
import type { StateView } from './state-view.js'
import type { Transaction } from './transaction.js'
import { VALIDATION_CODE, type ValidationCode } from './validation-code.js'
import { WorldOverlay } from './world-overlay.js'
import type { WorldRestore, WorldWrite } from './world-state.js'

/** The world state while the contract calls and outputs of a block are judged and applied to it, one after the other. */
export class BlockCalls {
  readonly #view: StateView
  readonly #policy: EndorsementPolicy
  readonly #overlay: WorldOverlay
  readonly #taken = new Set<string>()

  constructor(view: StateView, policy: EndorsementPolicy) {
    this.#view = view
    this.#policy = policy
    this.#overlay = new WorldOverlay(view)
  }

  get writes(): readonly WorldWrite[] {
    return this.#overlay.writes
  }

  get restores(): readonly WorldRestore[] {
    return this.#overlay.restores
  }

  /** Ids of the calls and outputs that took effect. */
  get taken(): readonly string[] {
    return [...this.#taken]
  }

  /** `version`: the transaction's place in the chain. */
  apply({ payload }: Transaction, version: KeyVersion): ValidationCode {
    if (payload?.kind === 'output') return this.#enter(outputId(payload))
    if (payload?.kind !== 'invocation') return VALIDATION_CODE.VALID
    const outcome = this.#judge(payload)
    if (outcome === VALIDATION_CODE.VALID) this.#take(payload, version) // WS-7
    return outcome
  }

  #judge(call: InvocationPayload): ValidationCode {
    return judgeCall(call, {
      world: this.#overlay,
      endorsementPolicy: this.#policy,
      hasCall: (id) => this.#has(id),
    })
  }

  #enter(output: string): ValidationCode {
    if (this.#has(output)) return VALIDATION_CODE.DUPLICATE_TXID // WS-9
    this.#taken.add(output)
    return VALIDATION_CODE.VALID
  }

  #has(id: string): boolean {
    return this.#taken.has(id) || this.#view.hasCall(id)
  }

  #take(call: InvocationPayload, version: KeyVersion): void {
    this.#taken.add(call.callId)
    applyWrites(call.writes, version, this.#overlay)
  }
}
