import type { Steps } from '../base/steps.js'
import { contractPolicy } from '../ledger/contracts/contract-policy.js'
import type { EndorsementPolicy } from '../ledger/judge-call.js'
import type { InvocationPayload } from '../ledger/payload/invocation.js'
import { RuleError } from '../ledger/rule-error.js'
import type { Signature, VerifySignature } from '../ledger/signature.js'
import { endorsementChecks, type SignatureCheck } from '../ledger/signature-checks.js'
import type { Transaction } from '../ledger/transaction.js'
import { inSlices } from '../time/in-slices.js'
import type { VerifyAll } from './verify-all.js'

export interface EndorsementsOptions {
  /** For calls that are looked at before their block is connected. */
  readonly verifyAll: VerifyAll
  /** For calls that were not. */
  readonly verify: VerifySignature
}

/** Calls that wait for a block and whose endorsers are remembered, the oldest forgotten first: a few MB. */
const CAPACITY = 20_000

type Endorsers = ReadonlySet<string>

/**
 * Whose endorsements of contract calls are valid. Calls are looked at ahead, many at a time and away from the calling
 * thread; what was not is verified when it is asked for. So the answers depend on the calls alone.
 */
export class Endorsements {
  /** Judges calls by the contracts deployed. */
  readonly policy: EndorsementPolicy = contractPolicy((call) => this.endorsersOf(call))
  readonly #options: EndorsementsOptions
  readonly #known = new WeakMap<InvocationPayload, Endorsers>()
  /** By transaction id: the same transaction may come again in a block, as another object. */
  readonly #waiting = new Map<string, Endorsers>()

  constructor(options: EndorsementsOptions) {
    this.#options = options
  }

  /** Public keys whose endorsements of the call are valid signatures. */
  endorsersOf(call: InvocationPayload): Endorsers {
    const known = this.#known.get(call)
    if (known) return known
    const valid = endorsementChecks(call).filter((each) =>
      this.#options.verify(each.publicKey, each.message, each.signature),
    )
    return this.#remember(call, valid)
  }

  /** All endorsements of the call are valid: this node has made them. */
  vouch(call: InvocationPayload): void {
    this.#remember(call, call.endorsements)
  }

  /** Verifies the endorsements of the calls among transactions that are about to be connected. */
  async prepare(transactions: readonly Transaction[]): Promise<void> {
    const calls: InvocationPayload[] = []
    for (const { id, payload } of transactions) {
      if (payload?.kind !== 'invocation' || this.#known.has(payload)) continue
      const waiting = this.#waiting.get(id)
      if (waiting) this.#known.set(payload, waiting)
      else if (payload.endorsements.length > 0) calls.push(payload)
    }
    if (calls.length > 0) await this.#verify(calls)
  }

  /** {@link prepare} for transactions that wait for a block, which may bring them as other objects. */
  async prepareWaiting(transactions: readonly Transaction[]): Promise<void> {
    await this.prepare(transactions)
    for (const { id, payload } of transactions) {
      const endorsers = payload?.kind === 'invocation' && this.#known.get(payload)
      if (endorsers) this.#keepWaiting(id, endorsers)
    }
  }

  /** All at once; only where one is wrong each on its own. */
  async #verify(calls: readonly InvocationPayload[]): Promise<void> {
    const checks = await inSlices(checksInSteps(calls))
    const allValid = await this.#areValid(checks.flat())
    for (const [i, call] of calls.entries()) {
      const own = checks[i] ?? []
      this.#remember(call, allValid ? own : await this.#validAmong(own))
    }
  }

  async #validAmong(checks: readonly SignatureCheck[]): Promise<readonly SignatureCheck[]> {
    if (await this.#areValid(checks)) return checks
    const valid = await Promise.all(checks.map((check) => this.#areValid([check])))
    return checks.filter((_, i) => valid[i])
  }

  async #areValid(checks: readonly SignatureCheck[]): Promise<boolean> {
    try {
      await this.#options.verifyAll(checks)
      return true
    } catch (error) {
      if (error instanceof RuleError) return false
      throw error
    }
  }

  #remember(call: InvocationPayload, valid: readonly Signature[]): Endorsers {
    const endorsers = new Set(valid.map(({ publicKey }) => publicKey))
    this.#known.set(call, endorsers)
    return endorsers
  }

  #keepWaiting(id: string, endorsers: Endorsers): void {
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size < CAPACITY) break
      this.#waiting.delete(oldest)
    }
    this.#waiting.set(id, endorsers)
  }
}

/** Hashing what a large call says takes a while: each call is a step. */
function* checksInSteps(calls: readonly InvocationPayload[]): Steps<(readonly SignatureCheck[])[]> {
  const checks: (readonly SignatureCheck[])[] = []
  for (const call of calls) {
    checks.push(endorsementChecks(call))
    yield
  }
  return checks
}
