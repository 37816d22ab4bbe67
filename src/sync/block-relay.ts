import type { Blockchain } from '../chain/blockchain.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import { blockBytes } from '../ledger/check-block.js'
import { checkHeader } from '../ledger/check-header.js'
import type { TreeEntry } from '../ledger/header-tree.js'
import { RuleError } from '../ledger/rule-error.js'
import type { Transaction } from '../ledger/transaction.js'
import { PeerError } from '../nodes/peer-call.js'
import type { Sleep } from '../time/sleep.js'
import type { ChainSync } from './chain-sync.js'
import { deadline } from './deadline.js'
import type { Link, Links } from './links.js'
import type { AnnouncedVerdict, Peer } from './peer.js'
import type { PeerState } from './peer-book.js'
import type { SyncSettings } from './settings.js'

export interface BlockRelayOptions {
  readonly blockchain: Blockchain
  readonly sync: ChainSync
  readonly links: Links
  readonly settings: SyncSettings
  readonly sleep: Sleep
  readonly onError: (error: unknown) => void
}

/** Times a node may tell of blocks it told of before, between two blocks. */
const MAX_REPEATS = 256

/** Blocks that came with their announcement and are being checked, at most. */
const MAX_ARRIVING = 32

/** Rules that a header of an honest node may break here. */
const FORGIVEN: ReadonlySet<string> = new Set(['HDR-19', 'FORK-1', 'FORK-2', 'FORK-3'])

/**
 * Tells the known nodes of each new end of the chain, and hears them: the header first, whose work is checked before
 * anything else happens; small blocks come with it, others are fetched. No node is told what it told or was told.
 */
export class BlockRelay {
  readonly #options: BlockRelayOptions
  readonly #arriving = new Map<string, Promise<void>>()
  #latest: Block | undefined

  constructor(options: BlockRelayOptions) {
    this.#options = options
  }

  start(): void {
    const { events } = this.#options.blockchain
    events.on('connected', this.#onConnected)
    events.on('tip', this.#onTip)
  }

  stop(): void {
    const { events } = this.#options.blockchain
    events.off('connected', this.#onConnected)
    events.off('tip', this.#onTip)
  }

  /**
   * A node tells of a block. `key` is undefined where the teller is not who it says it is.
   * @throws {RuleError} when the header is wrong
   */
  async announced(
    key: string | undefined,
    header: BlockHeader,
    transactions: readonly Transaction[] | undefined,
  ): Promise<AnnouncedVerdict> {
    const { sync, links } = this.#options
    const state = key === undefined ? undefined : sync.book.find(key)
    if (key !== undefined) this.#note(links.of(key), header, state)
    await this.#arriving.get(header.hash)
    const entry = await this.#entryOf(header, state)
    if (entry === 'orphan') {
      if (!state) return 'ignored'
      sync.askSoon(state)
      return 'orphan'
    }
    if (!entry || entry.invalid) return 'ignored'
    const isNew = !entry.hasBody
    if (isNew && transactions && this.#arriving.size < MAX_ARRIVING) {
      const arrival = this.#takeIn({ header, transactions }, state)
      this.#arriving.set(header.hash, arrival)
      return 'taken'
    }
    if (state) sync.noteHeld(state, header.hash)
    sync.schedule()
    return isNew ? 'wanted' : 'known'
  }

  readonly #onConnected = (block: Block): void => {
    this.#latest = block
  }

  readonly #onTip = (header: BlockHeader | undefined): void => {
    const { sync, links } = this.#options
    if (!header || !sync.isNews) return
    for (const { peer, link } of links.all()) {
      link.news = header
      void this.#tell(peer, link)
    }
  }

  /** One announcement at a time; what is overtaken by a newer tip is not told any more. */
  async #tell(peer: Peer, link: Link): Promise<void> {
    const { settings, sleep, onError } = this.#options
    if (link.isTelling) return
    link.isTelling = true
    try {
      for (let news = takeNews(link); news; news = takeNews(link)) {
        await deadline(peer.announce(news, this.#inline(news)), settings.callMs, sleep)
      }
    } catch (error) {
      // A node that could not be told finds out when it polls.
      if (!(error instanceof PeerError)) onError(error)
    } finally {
      link.isTelling = false
    }
  }

  #inline({ hash }: BlockHeader): readonly Transaction[] | undefined {
    const block = this.#latest
    const isSmall = block?.header.hash === hash && blockBytes(block) <= this.#options.settings.inlineBytes
    return isSmall ? block.transactions : undefined
  }

  #note(link: Link, { hash }: BlockHeader, state: PeerState | undefined): void {
    if (link.blocks.add(hash)) return
    const repeats = link.repeated(this.#options.blockchain.index.tipHash())
    if (repeats <= MAX_REPEATS || !state) return
    this.#options.sync.book.punish(state, 'it tells of the same blocks again and again')
  }

  /** What is known of a header after its own rules and those of its branch are checked. @throws {RuleError} */
  async #entryOf(
    header: BlockHeader,
    state: PeerState | undefined,
  ): Promise<TreeEntry | 'orphan' | undefined> {
    const { blockchain, sync } = this.#options
    const { index, chain } = blockchain
    const known = index.entry(header.hash)
    if (known) return known
    try {
      checkHeader(header, chain)
      if (header.height > 0 && !index.entry(header.previousHash)) return 'orphan'
      await blockchain.submitHeaders([header])
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      if (FORGIVEN.has(error.rule)) return undefined
      if (state) sync.book.punish(state, `a header it tells of breaks ${error.rule}`)
      throw error
    }
    return index.entry(header.hash)
  }

  async #takeIn(block: Block, state: PeerState | undefined): Promise<void> {
    const { blockchain, sync, onError } = this.#options
    const { hash } = block.header
    try {
      await blockchain.submit(block)
    } catch (error) {
      if (!(error instanceof RuleError)) onError(error)
      else if (state && !FORGIVEN.has(error.rule)) sync.book.punish(state, `its block breaks ${error.rule}`)
    } finally {
      this.#arriving.delete(hash)
    }
    if (state) sync.noteHeld(state, hash)
    sync.schedule()
  }
}

/** The newest block that the node has not heard of; from now on it counts as told. */
function takeNews(link: Link): BlockHeader | undefined {
  const { news } = link
  link.news = undefined
  return news && link.blocks.add(news.hash) ? news : undefined
}
