import { setMaxListeners } from 'node:events'
import type { Blockchain } from '../chain/blockchain.js'
import type { Pending } from '../chain/pending.js'
import { RuleError } from '../ledger/rule-error.js'
import type { Transaction } from '../ledger/transaction.js'
import { PeerError } from '../nodes/peer-call.js'
import type { Sleep } from '../time/sleep.js'
import type { ChainSync } from './chain-sync.js'
import { deadline } from './deadline.js'
import type { Link, Links } from './links.js'
import { Orphans } from './orphans.js'
import type { OfferAnswer, Peer } from './peer.js'
import { Rejections } from './rejections.js'
import type { SyncSettings } from './settings.js'

export interface TransactionRelayOptions {
  readonly blockchain: Blockchain
  readonly pending: Pending
  readonly sync: ChainSync
  readonly links: Links
  readonly settings: SyncSettings
  readonly now: () => number
  readonly sleep: Sleep
  readonly onError: (error: unknown) => void
}

/** Who was asked for a transaction, and until when nobody else is. */
interface Asked {
  readonly key: string
  readonly untilMs: number
}

/** Rules that a transaction may break only because blocks are missing here: what it spends is not there, or not for long enough. */
const EARLY_RULES: ReadonlySet<string> = new Set(['UTX-1', 'UTX-3'])

/** Times a node may offer what it offered before, between two blocks. */
const MAX_REPEATS = 20_000

/**
 * Passes pending transactions on: their ids are gathered for a moment and offered, the other node says which it lacks, and
 * is sent those. An id goes over a link once, in one direction.
 */
export class TransactionRelay {
  readonly #options: TransactionRelayOptions
  readonly #asked = new Map<string, Asked>()
  readonly #rejected: Rejections
  readonly #orphans = new Orphans()
  readonly #stopped = new AbortController()
  /** Nodes that were offered all that waits. */
  readonly #greeted = new WeakSet<Link>()

  constructor(options: TransactionRelayOptions) {
    this.#options = options
    // One waits for each node.
    setMaxListeners(0, this.#stopped.signal)
    this.#rejected = new Rejections(options.settings.rememberedIds, options.now)
  }

  start(): void {
    const { events } = this.#options.blockchain
    events.on('pending', this.#onPending)
    events.on('returned', this.#onReturned)
    events.on('connected', this.#onConnected)
    events.on('tip', this.#onTip)
    void this.#run()
  }

  stop(): void {
    const { events } = this.#options.blockchain
    this.#stopped.abort()
    events.off('pending', this.#onPending)
    events.off('returned', this.#onReturned)
    events.off('connected', this.#onConnected)
    events.off('tip', this.#onTip)
  }

  /** A node offers transactions. */
  offered(key: string, ids: readonly string[]): OfferAnswer {
    const { links, sync } = this.#options
    // Without the blocks they build on, none of them could be taken.
    if (!sync.isCaughtUp) return { wanted: [], later: [], isBehind: true }
    const link = links.of(key)
    const tip = this.#options.blockchain.index.tipHash()
    let repeats = 0
    const wanted: string[] = []
    const later: string[] = []
    for (const id of ids) {
      if (!link.transactions.add(id)) repeats = link.repeated(tip)
      if (this.#isKnown(id)) continue
      ;(this.#ask(id, key) ? wanted : later).push(id)
    }
    const state = sync.book.find(key)
    if (state && repeats > MAX_REPEATS) sync.book.punish(state, 'it offers the same again and again')
    return { wanted, later }
  }

  /** A node sends transactions; those it was not asked for count for nothing. */
  async received(key: string, transactions: readonly Transaction[]): Promise<void> {
    const wanted = transactions.filter(({ id }) => this.#asked.get(id)?.key === key)
    const answers = await this.#options.pending.submitMany(wanted)
    for (const [i, transaction] of wanted.entries()) {
      const answer = answers[i]
      this.#asked.delete(transaction.id)
      if (answer instanceof RuleError) this.#refused(key, transaction, answer)
    }
  }

  /** Offers to nodes that are new here what waits already, and to all what could not be offered before. */
  refresh(): void {
    const { links, pending } = this.#options
    for (const { peer, link } of links.all()) {
      if (!this.#greeted.has(link)) {
        this.#greeted.add(link)
        for (const { transaction } of pending.pool.pending()) this.#enqueue(link, transaction.id)
      }
      void this.#offer(peer, link)
    }
  }

  readonly #onPending = (transaction: Transaction): void => {
    this.#spread([transaction.id])
    this.#tryAgain(this.#orphans.takeChildrenOf(transaction.id))
  }

  /** The branch they stood in was left: the nodes of the other branch have never seen them. */
  readonly #onReturned = (transactions: readonly Transaction[]): void => {
    this.#spread(transactions.map(({ id }) => id))
  }

  readonly #onConnected = (block: { readonly transactions: readonly Transaction[] }): void => {
    for (const { id } of block.transactions) this.#asked.delete(id)
  }

  readonly #onTip = (): void => {
    this.#rejected.clear()
    if (this.#options.sync.isCaughtUp) this.#tryAgain(this.#orphans.takeAll())
  }

  #tryAgain(orphans: readonly Transaction[]): void {
    for (const orphan of orphans) {
      this.#options.pending.submit(orphan).catch((error: unknown) => {
        if (!(error instanceof RuleError)) this.#options.onError(error)
        else if (EARLY_RULES.has(error.rule)) this.#orphans.add(orphan)
      })
    }
  }

  async #run(): Promise<void> {
    const { settings, sleep } = this.#options
    const { signal } = this.#stopped
    while (!signal.aborted) {
      this.#forgetLate()
      this.refresh()
      await sleep(settings.pollMs, signal)
    }
  }

  #spread(ids: readonly string[]): void {
    for (const { peer, link } of this.#options.links.all()) {
      for (const id of ids) this.#enqueue(link, id)
      void this.#offer(peer, link)
    }
  }

  #enqueue(link: Link, id: string): void {
    if (link.transactions.has(id)) return
    link.queue.push(id)
    if (link.queue.length > this.#options.settings.rememberedIds) link.queue.shift()
  }

  /** Gathers for a moment, then offers what has gathered, message by message. */
  async #offer(peer: Peer, link: Link): Promise<void> {
    const { settings, sleep, now, onError } = this.#options
    if (link.isOffering || link.queue.length === 0 || now() < link.offerAgainAtMs) return
    link.isOffering = true
    await sleep(settings.offerDelayMs, this.#stopped.signal)
    try {
      while (link.queue.length > 0 && !this.#stopped.signal.aborted) await this.#offerSome(peer, link)
    } catch (error) {
      link.offerAgainAtMs = now() + settings.pollMs
      if (!(error instanceof PeerError)) onError(error)
    } finally {
      link.isOffering = false
    }
  }

  async #offerSome(peer: Peer, link: Link): Promise<void> {
    const { settings, sleep, pending } = this.#options
    const ids = link.queue
      .splice(0, settings.idsPerOffer)
      .filter((id) => pending.pool.get(id) && link.transactions.add(id))
    if (ids.length === 0) return
    try {
      const { wanted, later, isBehind } = await deadline(peer.offer(ids), settings.callMs, sleep)
      if (isBehind) throw new PeerError('unreachable', 'it is fetching blocks yet')
      const offered = new Set(ids)
      await this.#send(
        peer,
        wanted.filter((id) => offered.has(id)),
      )
      this.#offerLater(
        peer,
        link,
        later.filter((id) => offered.has(id)),
      )
    } catch (error) {
      for (const id of ids) link.transactions.delete(id)
      link.queue.unshift(...ids)
      throw error
    }
  }

  async #send(peer: Peer, ids: readonly string[]): Promise<void> {
    const { settings, sleep, pending } = this.#options
    let batch: Transaction[] = []
    let bytes = 0
    for (const id of ids) {
      const transaction = pending.pool.get(id)
      if (!transaction) continue
      if (bytes > 0 && bytes + transaction.bytes > settings.sendBytes) {
        await deadline(peer.send(batch), settings.callMs, sleep)
        batch = []
        bytes = 0
      }
      batch.push(transaction)
      bytes += transaction.bytes
    }
    if (batch.length > 0) await deadline(peer.send(batch), settings.callMs, sleep)
  }

  /** Another node promised these; should it fail, ours are offered once more. */
  #offerLater(peer: Peer, link: Link, ids: readonly string[]): void {
    const { settings, sleep } = this.#options
    const again = ids.filter((id) => link.retried.add(id))
    if (again.length === 0) return
    void sleep(settings.deliveryMs, this.#stopped.signal).then(() => {
      for (const id of again) {
        link.transactions.delete(id)
        this.#enqueue(link, id)
      }
      return this.#offer(peer, link)
    })
  }

  #isKnown(id: string): boolean {
    const { pending, blockchain } = this.#options
    return pending.get(id) !== undefined || blockchain.index.hasTransaction(id) || this.#rejected.has(id)
  }

  /** Whether the node may be asked for it; not so while another has been. */
  #ask(id: string, key: string): boolean {
    const { now, settings } = this.#options
    const asked = this.#asked.get(id)
    if (asked && asked.untilMs > now()) return asked.key === key
    if (this.#asked.size >= settings.rememberedIds) return false
    this.#asked.set(id, { key, untilMs: now() + settings.deliveryMs })
    return true
  }

  #forgetLate(): void {
    const nowMs = this.#options.now()
    for (const [id, { untilMs }] of this.#asked) if (untilMs <= nowMs) this.#asked.delete(id)
  }

  /** A transaction that is wrong in itself condemns its sender; one that does not fit our chain or pool does not. */
  #refused(key: string, transaction: Transaction, { rule }: RuleError): void {
    const { sync } = this.#options
    if (EARLY_RULES.has(rule)) this.#orphans.add(transaction)
    else this.#rejected.add(transaction.id, rule)
    const state = rule.startsWith('TX-') ? sync.book.find(key) : undefined
    if (state) sync.book.punish(state, `its transaction breaks ${rule}`)
  }
}
