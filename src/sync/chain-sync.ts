import { setMaxListeners } from 'node:events'
import pLimit from 'p-limit'
import type { Blockchain } from '../chain/blockchain.js'
import { bestHeader } from '../ledger/fork-choice.js'
import { PeerError } from '../nodes/peer-call.js'
import type { Sleep } from '../time/sleep.js'
import { deadline } from './deadline.js'
import { Download } from './download.js'
import { HeaderSession } from './header-session.js'
import type { OnMisbehaviour, Peers, PeerStatus } from './peer.js'
import { PeerBook, type PeerState } from './peer-book.js'
import type { SyncSettings } from './settings.js'

export interface ChainSyncOptions {
  readonly blockchain: Blockchain
  readonly peers: Peers
  readonly settings: SyncSettings
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** A number in [0, 1). */
  readonly random: () => number
  readonly sleep: Sleep
  readonly onMisbehaviour: OnMisbehaviour
  /** This node failed; sync goes on later. */
  readonly onError: (error: unknown) => void
}

/** Rounds in which a node that tells us by itself is asked once all the same. */
const ROUNDS_PER_LOOK = 6

/** Status calls under way at the same time. */
const PARALLEL_STATUS = 8

/** Blocks that the chain may lie behind the best header while its tip still counts as news. */
const NEWS_DEPTH = 6

/**
 * Keeps a node's chain at the most work there is among the known nodes: asks each how far it is, fetches headers of those
 * who have more, then the blocks. What one node does or fails to do never holds up the others.
 */
export class ChainSync {
  readonly book: PeerBook
  readonly #options: ChainSyncOptions
  readonly #download: Download
  readonly #stopped = new AbortController()
  #loop: Promise<void> | undefined
  #sessions = 0
  /** From {@link start} until all known nodes were asked once. */
  #isFirstLook = false

  constructor(options: ChainSyncOptions) {
    this.#options = options
    const { peers, settings, now, sleep, onMisbehaviour } = options
    const { signal } = this.#stopped
    // One waits for each node and batch.
    setMaxListeners(0, signal)
    this.book = new PeerBook({
      peers,
      settings,
      now,
      onMisbehaviour,
      onRetryIn: (ms) => void sleep(ms, signal).then(() => this.schedule()),
    })
    this.#download = new Download({ ...options, book: this.book, signal })
  }

  /** Polls from now on, until {@link stop}. */
  start(): void {
    this.#isFirstLook = true
    this.#loop = this.#run()
  }

  /** Asks nobody anything any more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#loop
    await this.#options.blockchain.alone(() => undefined)
  }

  /** Whether nothing is being fetched. */
  get isIdle(): boolean {
    return this.#sessions === 0 && this.#download.isIdle
  }

  /** Whether the chain's end is worth telling others: not so while it is far behind what is being fetched. */
  get isNews(): boolean {
    const { blockchain } = this.#options
    const best = bestHeader(blockchain.index)
    return !best || best.header.height - blockchain.height() <= NEWS_DEPTH
  }

  /** Whether hardly any block is missing, as far as the nodes that can be asked now tell. */
  get isCaughtUp(): boolean {
    if (this.#isFirstLook || !this.isNews) return false
    const height = this.#options.blockchain.height()
    return !this.book
      .ready()
      .some((state) => this.#mayTell(state) && (state.claim?.height ?? -1) - height > NEWS_DEPTH)
  }

  /** Asks all known nodes how far they are, and fetches what is missing; resolves when all have answered or failed. */
  async poll(): Promise<void> {
    await this.#pollOf(this.book.all())
  }

  /** A node that we follow says how far it is. */
  heard(key: string, status: PeerStatus): void {
    const state = this.book.find(key)
    if (!state) return
    state.claim = this.#claimOf(status)
    this.schedule()
  }

  /** A node tells us what no honest node tells. */
  misbehaved(key: string, reason: string): void {
    const state = this.book.find(key)
    if (state) this.book.punish(state, reason)
  }

  /** Starts whatever can be fetched now. */
  schedule(): void {
    if (this.#stopped.signal.aborted) return
    for (const state of this.book.all()) {
      if (state.claim?.tip !== undefined) this.noteHeld(state, state.claim.tip)
    }
    for (const state of this.#behindWhom()) this.#startSession(state)
    this.#download.schedule()
  }

  /** A node has the block of this hash, and all below it. */
  noteHeld(state: PeerState, hash: string): void {
    const { index } = this.#options.blockchain
    const entry = index.entry(hash)
    if (!entry || entry.invalid) return
    const best = state.best === undefined ? undefined : index.entry(state.best)
    if (!best || entry.work > best.work) state.best = hash
  }

  /** A node told of a block whose parent is unknown here: perhaps it has more. Asks it now and then, whatever it tells. */
  askSoon(state: PeerState): void {
    const { now, settings } = this.#options
    if (state.isTelling || state.askAgainAtMs > now()) return
    state.askAgainAtMs = now() + settings.backoffMs
    void this.#ask(state)
  }

  async #run(): Promise<void> {
    const { settings, random, sleep, onError } = this.#options
    const { signal } = this.#stopped
    for (let round = 0; !signal.aborted; round++) {
      const isLook = round % ROUNDS_PER_LOOK === 0
      const asked = this.book.all().filter(({ peer }) => isLook || !peer.isFollowed)
      await this.#pollOf(asked).catch(onError)
      this.#isFirstLook = false
      await sleep(settings.pollMs * (1 + settings.jitter * (2 * random() - 1)), signal)
    }
  }

  async #pollOf(states: readonly PeerState[]): Promise<void> {
    const limit = pLimit(PARALLEL_STATUS)
    await Promise.all(states.map((state) => limit(() => this.#ask(state))))
  }

  /** A node of another chain is no peer, nor is it to blame: the chain may have been founded anew. */
  #claimOf(status: PeerStatus): PeerStatus | undefined {
    return status.chainId === this.#options.blockchain.chain.id ? status : undefined
  }

  async #ask(state: PeerState): Promise<void> {
    const { settings, sleep } = this.#options
    if (this.#stopped.signal.aborted) return
    try {
      const status = await deadline(state.peer.status(), settings.callMs, sleep)
      state.claim = this.#claimOf(status)
    } catch (error) {
      state.claim = undefined
      this.#blame(state, error)
      return
    }
    this.schedule()
  }

  /** Nodes whose headers are to be fetched next: those who claim the most, one for each end of a branch. */
  #behindWhom(): readonly PeerState[] {
    const { settings, random } = this.#options
    const states = this.book.all()
    const told = new Set(states.filter(({ isTelling }) => isTelling).map(({ claim }) => claim?.tip))
    const candidates = this.book
      .ready()
      .filter((state) => this.#hasNews(state))
      .map((state) => ({ state, work: state.claim?.work ?? 0n, luck: random() }))
      .sort((a, b) => (a.work === b.work ? a.luck - b.luck : a.work > b.work ? -1 : 1))
    const chosen: PeerState[] = []
    for (const { state } of candidates) {
      if (this.#sessions + chosen.length >= settings.headerSessions) break
      if (told.has(state.claim?.tip)) continue
      told.add(state.claim?.tip)
      chosen.push(state)
    }
    return chosen
  }

  #hasNews(state: PeerState): boolean {
    return !state.isTelling && this.#mayTell(state)
  }

  /** Whether the node claims more than we know of. */
  #mayTell({ claim, deadTips, tellAgainAtMs }: PeerState): boolean {
    const { blockchain, now } = this.#options
    if (!claim?.tip || tellAgainAtMs > now() || deadTips.has(claim.tip)) return false
    return claim.work > blockchain.work() && !blockchain.index.entry(claim.tip)
  }

  #startSession(state: PeerState): void {
    this.#sessions++
    state.isTelling = true
    void this.#fetchHeaders(state)
      .catch((error: unknown) => this.#blame(state, error))
      .finally(() => {
        this.#sessions--
        state.isTelling = false
        this.schedule()
      })
  }

  async #fetchHeaders(state: PeerState): Promise<void> {
    const { settings } = this.#options
    const claimed = state.claim?.tip
    const outcome = await new HeaderSession(state, { ...this.#options, signal: this.#stopped.signal }).run()
    if (outcome === 'dead' && claimed !== undefined) state.deadTips.add(claimed)
    if (outcome === 'early') state.tellAgainAtMs = this.#options.now() + settings.pollMs
    if (outcome === 'done') state.claim = undefined
  }

  #blame(state: PeerState, error: unknown): void {
    if (this.#stopped.signal.aborted) return
    if (!(error instanceof PeerError)) this.#options.onError(error)
    else if (error.fault === 'misbehaved') this.book.punish(state, error.message)
    else this.book.fail(state)
  }
}
