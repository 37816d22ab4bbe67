import { messageOf } from '../base/errors.js'
import type { Blockchain } from '../chain/blockchain.js'
import type { Block } from '../ledger/block.js'
import { blockBytes } from '../ledger/check-block.js'
import { isBetter } from '../ledger/fork-choice.js'
import type { TreeEntry } from '../ledger/header-tree.js'
import { RuleError } from '../ledger/rule-error.js'
import { PeerError } from '../nodes/peer-call.js'
import type { Sleep } from '../time/sleep.js'
import { deadline } from './deadline.js'
import { MAX_FLIGHTS, type PeerBook, type PeerState } from './peer-book.js'
import { type Batch, type Flight, Plan } from './plan.js'
import type { SyncSettings } from './settings.js'

export interface DownloadOptions {
  readonly blockchain: Blockchain
  readonly book: PeerBook
  readonly settings: SyncSettings
  readonly now: () => number
  readonly sleep: Sleep
  /** Ends waiting; nothing is asked afterwards. */
  readonly signal: AbortSignal
  readonly onError: (error: unknown) => void
}

/** Weight of the newest batch in the running mean of block sizes. */
const NEWEST = 0.3

/**
 * Fetches the blocks of the best branch that some node can deliver: batches from all nodes that have them, a bounded
 * number at a time, handed to the chain in order.
 */
export class Download {
  readonly #options: DownloadOptions
  #plan: Plan | undefined
  #isFeeding = false
  #pausedUntilMs = 0
  #meanBytes: number

  constructor(options: DownloadOptions) {
    this.#options = options
    this.#meanBytes = options.settings.batchBytes / options.settings.blocksPerCall
  }

  get isIdle(): boolean {
    return this.#plan === undefined && !this.#isFeeding
  }

  /** Asks what can be asked now. To be called whenever a node becomes ready or known to have more. */
  schedule(): void {
    if (this.#options.signal.aborted || this.#options.now() < this.#pausedUntilMs) return
    this.#plan ??= this.#choose()
    const plan = this.#plan
    if (!plan) return
    this.#dropStalled(plan)
    // In rounds, so that each gets one before any gets two.
    for (let i = 0; i < MAX_FLIGHTS; i++) for (const state of this.#idle()) this.#assign(plan, state)
    const isStuck = plan.isHeadUnasked && !plan.isAsking && !this.#isFeeding
    if (!isStuck) return
    // Nobody is left who can deliver: another branch may be within reach.
    this.#plan = this.#choose()
    if (this.#plan) this.schedule()
  }

  /** The best branch that a node which may be asked now has to offer. */
  #choose(): Plan | undefined {
    const { blockchain } = this.#options
    const { index } = blockchain
    const tip = entryOf(blockchain, blockchain.tip()?.hash)
    let target: TreeEntry | undefined
    for (const { best } of this.#idle()) {
      const entry = entryOf(blockchain, best)
      if (entry && !entry.invalid && !entry.hasBody && isBetter(entry, target)) target = entry
    }
    if (!target || (tip && target.work <= tip.work)) return undefined
    return new Plan(index, tip, target)
  }

  #idle(): readonly PeerState[] {
    return this.#options.book.ready().filter((state) => !state.isBusy)
  }

  #assign(plan: Plan, state: PeerState): void {
    const { settings, blockchain, now } = this.#options
    if (plan.open >= settings.windowBatches && !plan.isHeadUnasked) return
    const held = plan.heldBy(state.best, blockchain.index)
    const range = plan.take(held, this.#batchSize())
    if (!range) return
    const flight = { ...range, state, startedMs: now() }
    plan.asked(flight)
    void this.#fetch(plan, flight)
  }

  #batchSize(): number {
    const { batchBytes, blocksPerCall } = this.#options.settings
    return Math.max(1, Math.min(blocksPerCall, Math.floor(batchBytes / this.#meanBytes)))
  }

  async #fetch(plan: Plan, flight: Flight): Promise<void> {
    const { settings, sleep, signal, onError } = this.#options
    const { state } = flight
    state.flights++
    void sleep(settings.stallMs, signal).then(() => this.schedule())
    try {
      const hashes = plan.hashes.slice(flight.start, flight.end)
      const blocks = await deadline(state.peer.blocks(hashes), settings.batchMs, sleep)
      if (plan.isOpen(flight)) this.#accept(plan, flight, hashes, blocks)
    } catch (error) {
      if (!(error instanceof PeerError)) onError(error)
      this.#failed(state, error)
    } finally {
      state.flights--
      plan.giveBack(flight)
      this.schedule()
    }
  }

  #accept(plan: Plan, flight: Flight, hashes: readonly string[], blocks: readonly Block[]): void {
    const { book, blockchain } = this.#options
    if (blocks.length > hashes.length || blocks.some(({ header }, i) => header.hash !== hashes[i]))
      throw new PeerError('misbehaved', 'it sends other blocks than were asked for')
    if (blocks.length === 0) {
      book.withhold(flight.state)
      return
    }
    const bytes = blocks.reduce((sum, block) => sum + blockBytes(block), 0) / blocks.length
    this.#meanBytes += NEWEST * (bytes - this.#meanBytes)
    blockchain.lookAhead(blocks)
    plan.arrived(flight, blocks)
    void this.#feed()
  }

  #failed(state: PeerState, error: unknown): void {
    const { book, signal } = this.#options
    if (signal.aborted) return
    if (error instanceof PeerError && error.fault === 'misbehaved') book.punish(state, error.message)
    else book.fail(state)
  }

  /** A slow node must not hold up all others: what they wait for is asked of another, if there is one. */
  #dropStalled(plan: Plan): void {
    const { settings, now, book, blockchain } = this.#options
    const { head } = plan
    if (!head || now() - head.startedMs < settings.stallMs) return
    const canReplace = this.#idle().some((state) => plan.heldBy(state.best, blockchain.index) > head.start)
    if (!canReplace) return
    book.fail(head.state)
    plan.giveBack(head)
  }

  /** Hands the chain what has come, in order. */
  async #feed(): Promise<void> {
    if (this.#isFeeding) return
    this.#isFeeding = true
    try {
      for (let batch = this.#nextBatch(); batch; batch = this.#nextBatch()) {
        await this.#takeIn(batch.plan, batch)
      }
    } catch (error) {
      this.#pause()
      this.#options.onError(error)
    } finally {
      this.#isFeeding = false
    }
    this.schedule()
  }

  /** Our own failure, such as a full disk, is not tried again at once. */
  #pause(): void {
    const { now, settings, sleep, signal } = this.#options
    this.#plan = undefined
    this.#pausedUntilMs = now() + settings.maxBackoffMs
    void sleep(settings.maxBackoffMs, signal).then(() => this.schedule())
  }

  #nextBatch(): (Batch & { readonly plan: Plan }) | undefined {
    const plan = this.#plan
    const batch = this.#options.signal.aborted ? undefined : plan?.nextBatch()
    return plan && batch && { ...batch, plan }
  }

  async #takeIn(plan: Plan, batch: Batch): Promise<void> {
    const { blockchain, book } = this.#options
    try {
      await blockchain.submitMany(batch.blocks)
      book.deliver(batch.state)
      plan.takenIn(batch)
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      this.#refused(plan, batch, error)
    }
    if (plan.isDone || entryOf(blockchain, plan.target)?.invalid) this.#end(plan)
    this.schedule()
  }

  #refused(plan: Plan, batch: Batch, error: RuleError): void {
    const { blockchain, book } = this.#options
    const { index } = blockchain
    // Somebody put the branch aside in the meantime: nobody's fault.
    if (error.rule !== 'FORK-2')
      book.punish(batch.state, `its block breaks ${error.rule}: ${messageOf(error)}`)
    const taken = batch.blocks.findIndex(({ header }) => !index.entry(header.hash)?.hasBody)
    plan.refused(batch, taken === -1 ? batch.blocks.length : taken)
  }

  /** The plan is done, or not worth going on with. */
  #end(plan: Plan): void {
    const { blockchain, book } = this.#options
    if (this.#plan === plan) this.#plan = undefined
    const wrong = plan.hashes.findIndex(
      (hash) => !blockchain.putAside.has(hash) && isWrong(blockchain.index.entry(hash)),
    )
    const culprit = plan.serverOf(wrong)
    // Blocks beside the chain are judged in full only when the chain turns to them.
    if (culprit) book.punish(culprit, 'its branch holds a block that breaks a rule')
    for (const state of book.all()) {
      const entry = entryOf(blockchain, state.best)
      if (!entry?.invalid) continue
      state.deadTips.add(entry.header.hash)
      if (state.claim?.tip !== undefined) state.deadTips.add(state.claim.tip)
      state.best = undefined
    }
  }
}

/** Whether a block that was taken in turned out to break a rule. */
function isWrong(entry: TreeEntry | undefined): boolean {
  return entry?.invalid === 'itself' || entry?.hasBody === false
}

function entryOf({ index }: Blockchain, hash: string | undefined): TreeEntry | undefined {
  return hash === undefined ? undefined : index.entry(hash)
}
