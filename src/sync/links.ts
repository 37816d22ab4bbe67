import type { BlockHeader } from '../ledger/block.js'
import { BoundedSet } from '../base/bounded-set.js'
import type { Peer, Peers } from './peer.js'
import type { SyncSettings } from './settings.js'

/** Blocks remembered per node. */
const REMEMBERED_BLOCKS = 256

/** Nodes that tell us things and are not known to us, at most. */
const MAX_STRANGERS = 256

/** What passed between this node and another, so that nothing passes twice. */
export class Link {
  readonly key: string
  /** Blocks the node was told of, or told us of. */
  readonly blocks = new BoundedSet(REMEMBERED_BLOCKS)
  /** Transactions likewise. */
  readonly transactions: BoundedSet
  /** Transactions that are offered once more. */
  readonly retried: BoundedSet
  /** The newest block it is to be told of. */
  news: BlockHeader | undefined
  isTelling = false
  /** Ids to offer. */
  queue: string[] = []
  isOffering = false
  offerAgainAtMs = 0
  #repeats = 0
  #repeatsSince: string | undefined

  constructor(key: string, rememberedIds: number) {
    this.key = key
    this.transactions = new BoundedSet(rememberedIds)
    this.retried = new BoundedSet(rememberedIds)
  }

  /** Counts what passed more than once since the chain came to end in `tip`: messages may cross, so a few are fine. */
  repeated(tip: string | undefined): number {
    if (this.#repeatsSince !== tip) this.#repeats = 0
    this.#repeatsSince = tip
    return ++this.#repeats
  }
}

/** The links to all known nodes, and to some that are not known but talk to us. */
export class Links {
  readonly #peers: Peers
  readonly #settings: SyncSettings
  readonly #links = new Map<string, Link>()
  readonly #strangers = new Map<string, Link>()

  constructor(peers: Peers, settings: SyncSettings) {
    this.#peers = peers
    this.#settings = settings
  }

  /** Nodes that news are told to, with their links; those no longer known are forgotten. */
  all(): readonly { readonly peer: Peer; readonly link: Link }[] {
    const peers = this.#peers.list()
    const keys = new Set(peers.map(({ key }) => key))
    for (const key of this.#links.keys()) if (!keys.has(key)) this.#links.delete(key)
    return peers.slice(0, this.#settings.relayPeers).map((peer) => ({ peer, link: this.#known(peer.key) }))
  }

  /** The link to whoever talks to us. */
  of(key: string): Link {
    if (this.#peers.find(key)) return this.#known(key)
    let link = this.#strangers.get(key)
    if (!link) {
      link = new Link(key, this.#settings.idsPerOffer)
      this.#strangers.set(key, link)
      const [oldest] = this.#strangers.keys()
      if (this.#strangers.size > MAX_STRANGERS && oldest !== undefined) this.#strangers.delete(oldest)
    }
    return link
  }

  #known(key: string): Link {
    const known = this.#links.get(key)
    if (known) return known
    const link = this.#strangers.get(key) ?? new Link(key, this.#settings.rememberedIds)
    this.#strangers.delete(key)
    this.#links.set(key, link)
    return link
  }
}
