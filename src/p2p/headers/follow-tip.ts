import { ProtocolError } from '../errors.js'
import { AnnouncementInbox } from './announcement-inbox.js'
import { askPeer } from './ask-peer.js'
import type { ConnectResult, Reorg } from './connect-result.js'
import { equalHashes } from './equal-hashes.js'
import type { Header } from './header.js'
import { MAX_HEADERS, parseHeadersPayload } from './headers-payload.js'
import type { Announcement, HeadersPeer, HeadersSource } from './headers-source.js'
import type { HeadersStore } from './headers-store.js'
import { syncHeaders, type SyncOptions } from './sync-headers.js'

/** Messages in a row that lead nowhere for which a peer is not blamed: after a reorg it may announce its tip alone. */
const MAX_UNCONNECTED = 10

/** The tip is another one. */
export interface TipChange {
  readonly tip: Header
  /** Where the tip before is not an ancestor of this one. */
  readonly reorg?: Reorg
}

/**
 * Syncs, and then follows what all peers announce: every new tip of the store, until the signal is aborted. Tips that
 * come in quick succession are told as one.
 * @throws StoreError
 */
export async function* followTip(
  source: HeadersSource,
  store: HeadersStore,
  options: SyncOptions = {},
): AsyncGenerator<TipChange, void, undefined> {
  const inbox = new AnnouncementInbox(options.signal)
  const unsubscribe = source.onAnnouncement((announcement) => {
    inbox.put(announcement)
  })
  const follower = new TipFollower(source, store, options)
  try {
    for (let last = store.tip, isUp = await follower.catchUp(); isUp;) {
      const { tip } = store
      if (!equalHashes(tip.hash, last.hash)) {
        const reorg = store.reorgSince(last)
        last = tip
        yield reorg === undefined ? { tip } : { tip, reorg }
      } else {
        const announcement = await inbox.take()
        isUp = announcement !== undefined && (await follower.follow(announcement))
      }
    }
  } finally {
    unsubscribe()
    inbox.close()
  }
}

/** Does what announcements ask for. Its methods answer false once the signal is aborted. */
class TipFollower {
  readonly #source: HeadersSource
  readonly #store: HeadersStore
  readonly #options: SyncOptions
  /** Messages in a row that led nowhere. */
  readonly #unconnected = new WeakMap<HeadersPeer, number>()

  constructor(source: HeadersSource, store: HeadersStore, options: SyncOptions) {
    this.#source = source
    this.#store = store
    this.#options = options
  }

  catchUp(): Promise<boolean> {
    return this.#unlessAborted(() => syncHeaders(this.#source, this.#store, this.#options))
  }

  follow(announcement: Announcement): Promise<boolean> {
    return this.#unlessAborted(async () => {
      const { peer, kind } = announcement
      if (kind === 'headers') return this.#take(peer, announcement.raw)
      const isNews = kind === 'connected' || announcement.hashes.some((hash) => !this.#store.contains(hash))
      if (isNews) await this.#ask(peer)
    })
  }

  async #take(peer: HeadersPeer, raw: Uint8Array): Promise<void> {
    try {
      const { count } = parseHeadersPayload(raw)
      const result = await this.#store.connectPayload(raw)
      const leadsOn = this.#judge(peer, result)
      if (leadsOn || count === MAX_HEADERS) await this.#ask(peer)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#source.report(peer, error)
    }
  }

  /** Whether the peer should be asked for what is missing in between. */
  #judge(peer: HeadersPeer, { refused }: ConnectResult): boolean {
    const isUnconnected = refused?.code === 'unknown_parent'
    const inARow = isUnconnected ? (this.#unconnected.get(peer) ?? 0) + 1 : 0
    this.#unconnected.set(peer, inARow)
    const error = refused?.toProtocolError()
    if (error === undefined || (isUnconnected && inARow < MAX_UNCONNECTED)) return isUnconnected
    this.#unconnected.delete(peer)
    throw error
  }

  /** Asks the peer that has news, and others where it does not answer. */
  async #ask(peer: HeadersPeer): Promise<void> {
    const { isDone } = await askPeer(this.#source, this.#store, peer, this.#options)
    if (!isDone) await syncHeaders(this.#source, this.#store, this.#options)
  }

  async #unlessAborted(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      if (this.#options.signal?.aborted === true) return false
      throw error
    }
  }
}
