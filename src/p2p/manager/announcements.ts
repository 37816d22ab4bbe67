import type { Announcement } from '../headers/headers-source.js'
import type { Peer } from '../peer/peer.js'
import type { PeerMessage } from '../peer/peer-message.js'
import type { Headers } from '../wire/messages/headers.js'
import { INV } from '../wire/messages/inv.js'

/** Tells whoever follows the tip of news of blocks from any peer. */
export class Announcements {
  readonly #listeners = new Set<(announcement: Announcement) => void>()

  /** Returns the function that ends it. */
  listen(listener: (announcement: Announcement) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  connected(peer: Peer): void {
    this.#tell({ kind: 'connected', peer })
  }

  unaskedHeaders(peer: Peer, headers: Headers): void {
    this.#tell({ kind: 'headers', peer, headers })
  }

  heard(peer: Peer, message: PeerMessage): void {
    if (this.#listeners.size === 0 || message.command !== 'inv') return
    const hashes = message.body.filter(({ type }) => type === INV.block).map(({ hash }) => hash)
    if (hashes.length > 0) this.#tell({ kind: 'blocks', peer, hashes })
  }

  #tell(announcement: Announcement): void {
    for (const listener of this.#listeners) listener(announcement)
  }
}
