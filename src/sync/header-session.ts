import { messageOf } from '../base/errors.js'
import type { Blockchain } from '../chain/blockchain.js'
import type { BlockHeader } from '../ledger/block.js'
import { checkHeader } from '../ledger/check-header.js'
import { bestHeader } from '../ledger/fork-choice.js'
import { requireEntry, type TreeEntry, workOf } from '../ledger/header-tree.js'
import { RuleError } from '../ledger/rule-error.js'
import { PeerError } from '../nodes/peer-call.js'
import type { Sleep } from '../time/sleep.js'
import { deadline } from './deadline.js'
import { ancestorAt, locatorOf } from './locator.js'
import type { PeerState } from './peer-book.js'
import type { SyncSettings } from './settings.js'

export interface HeaderSessionOptions {
  readonly blockchain: Blockchain
  readonly settings: SyncSettings
  readonly sleep: Sleep
  /** Ends the session. */
  readonly signal: AbortSignal
}

/** done: nothing is missing; early: a header lies too far ahead of our clock; dead: its branch is invalid here. */
export type HeaderOutcome = 'done' | 'early' | 'dead'

/**
 * Fetches the headers of one node's chain. Each call's headers are checked for their proof of work as they come; they
 * stay in memory until the whole branch shows enough work to be stored (FORK-3), and no more than so many.
 */
export class HeaderSession {
  readonly #options: HeaderSessionOptions
  readonly #state: PeerState
  #held: BlockHeader[] = []
  #heldWork = 0n

  constructor(state: PeerState, options: HeaderSessionOptions) {
    this.#state = state
    this.#options = options
  }

  /** @throws {PeerError} */
  async run(): Promise<HeaderOutcome> {
    const { settings, sleep, signal } = this.#options
    const { peer, claim } = this.#state
    const base = this.#locator()
    let last: string | undefined
    for (;;) {
      const locator = last === undefined ? base : [last, ...base]
      const headers = await deadline(peer.headers(locator, settings.headersPerCall), settings.callMs, sleep)
      if (signal.aborted) return 'done'
      const outcome = await this.#take(headers)
      if (outcome) return outcome
      if (headers.length < settings.headersPerCall) break
      last = headers.at(-1)?.hash
    }
    this.#checkClaim(claim?.work ?? 0n)
    return 'done'
  }

  /** From the best header where it lies on top of our chain, else from our chain's end. */
  #locator(): readonly string[] {
    const { index } = this.#options.blockchain
    const tip = this.#options.blockchain.tip()
    const best = bestHeader(index)
    if (!tip || !best) return locatorOf(index, best)
    const isAbove =
      best.header.height >= tip.height && ancestorAt(index, best.header, tip.height).hash === tip.hash
    return locatorOf(index, isAbove ? best : requireEntry(index, tip.hash))
  }

  /** Returns why there is no use in going on, if there is none. */
  async #take(headers: readonly BlockHeader[]): Promise<HeaderOutcome | undefined> {
    const { index } = this.#options.blockchain
    this.#checkLinks(headers)
    for (const header of headers) {
      const known = this.#held.length === 0 ? index.entry(header.hash) : undefined
      if (known?.invalid) return 'dead'
      if (known) this.#state.best = header.hash
      else this.#hold(header)
    }
    return this.#store()
  }

  #checkLinks(headers: readonly BlockHeader[]): void {
    const { index } = this.#options.blockchain
    if (headers.length > this.#options.settings.headersPerCall)
      throw lie('it sends more headers than were asked for')
    let previous = this.#held.at(-1)?.hash
    for (const header of headers) {
      const follows = previous === undefined ? followsKnown(header, index) : header.previousHash === previous
      if (!follows) throw lie('its headers do not follow each other')
      previous = header.hash
    }
  }

  #hold(header: BlockHeader): void {
    const { blockchain, settings } = this.#options
    try {
      checkHeader(header, blockchain.chain)
    } catch (error) {
      throw lie(`a header is wrong: ${messageOf(error)}`)
    }
    if (this.#held.length === 0) this.#heldWork = blockchain.index.entry(header.previousHash)?.work ?? 0n
    this.#held.push(header)
    this.#heldWork += workOf(header)
    if (this.#held.length > settings.maxHeldHeaders)
      throw lie('its headers go on and on and show little work')
  }

  /** Stores what is held once it is worth it. */
  async #store(): Promise<HeaderOutcome | undefined> {
    const { blockchain } = this.#options
    if (this.#held.length === 0 || !blockchain.isEnoughWork(this.#heldWork)) return undefined
    const all = this.#held
    let rest: readonly BlockHeader[] = all
    this.#held = []
    try {
      while (rest.length > 0) {
        await blockchain.submitHeaders(rest)
        // What is left begins with a header that breaks a rule: alone it tells which.
        rest = rest.filter(({ hash }) => !blockchain.index.entry(hash))
      }
    } catch (error) {
      return outcomeOf(error)
    } finally {
      const last = rest.length === 0 ? all.at(-1)?.hash : rest[0]?.previousHash
      if (last !== undefined && blockchain.index.entry(last)) this.#state.best = last
    }
    return undefined
  }

  #checkClaim(work: bigint): void {
    const best = this.#bestEntry()
    if ((best?.work ?? 0n) < work) throw lie('its headers show less work than it claims')
  }

  #bestEntry(): TreeEntry | undefined {
    return this.#state.best === undefined ? undefined : this.#options.blockchain.index.entry(this.#state.best)
  }
}

function followsKnown(header: BlockHeader, index: Blockchain['index']): boolean {
  return header.height === 0 || index.entry(header.previousHash) !== undefined
}

/** HDR-19 passes with time, and FORK-2 may be our operator's doing. */
function outcomeOf(error: unknown): HeaderOutcome {
  if (!(error instanceof RuleError)) throw error
  if (error.rule === 'HDR-19') return 'early'
  if (error.rule === 'FORK-2') return 'dead'
  throw lie(`a header breaks ${error.rule}: ${error.message}`)
}

function lie(reason: string): PeerError {
  return new PeerError('misbehaved', reason)
}
