import type { Peer } from '../peer/peer.js'

/** Which peer is wanted. */
export interface PeerWish {
  /** Flags that it has to serve. */
  readonly services?: bigint
  /** The height that it has to have told. */
  readonly minHeight?: number
  /** The one with the fewest open requests, instead of the next in turn. */
  readonly leastLoaded?: boolean
  readonly signal?: AbortSignal
}

interface Waiter {
  /** Looks again; true where what was waited for is there. */
  readonly look: () => boolean
  readonly reject: (error: Error) => void
}

/** The connected peers, each in its turn by its id: nobody is passed over, and nobody comes twice, when others come and go. */
export class Rotation {
  #peers: Peer[] = []
  #lastId = -1
  #waiters = new Set<Waiter>()

  /** By id. */
  get peers(): readonly Peer[] {
    return this.#peers
  }

  add(peer: Peer): void {
    this.#peers = [...this.#peers, peer].sort((a, b) => a.id - b.id)
    for (const waiter of [...this.#waiters]) if (waiter.look()) this.#waiters.delete(waiter)
  }

  /** @returns whether it was there */
  remove(peer: Peer): boolean {
    const before = this.#peers.length
    this.#peers = this.#peers.filter((other) => other !== peer)
    return this.#peers.length < before
  }

  /** The next peer that is as wished, now or when one has connected. */
  next(wish: PeerWish): Promise<Peer> {
    return this.#wait(() => this.#find(wish), wish.signal)
  }

  /** Resolves when so many are connected at the same time. */
  async reached(count: number, signal: AbortSignal | undefined): Promise<void> {
    await this.#wait(() => (this.#peers.length >= count ? true : undefined), signal)
  }

  /** Whoever waits is told that there will be none. */
  close(error: Error): void {
    for (const waiter of this.#waiters) waiter.reject(error)
    this.#waiters.clear()
  }

  async #wait<T>(find: () => T | undefined, signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted()
    const found = find()
    if (found !== undefined) return found
    let waiter: Waiter | undefined
    let onAbort: () => void = () => undefined
    const outcome = new Promise<T>((resolve, reject) => {
      const look = (): boolean => {
        const value = find()
        if (value !== undefined) resolve(value)
        return value !== undefined
      }
      waiter = { look, reject }
      this.#waiters.add(waiter)
      onAbort = (): void => reject(signal?.reason as Error)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
    return outcome.finally(() => {
      signal?.removeEventListener('abort', onAbort)
      if (waiter !== undefined) this.#waiters.delete(waiter)
    })
  }

  #find(wish: PeerWish): Peer | undefined {
    const inTurn = [
      ...this.#peers.filter(({ id }) => id > this.#lastId),
      ...this.#peers.filter(({ id }) => id <= this.#lastId),
    ].filter((peer) => isAsWished(peer, wish))
    const [first] = wish.leastLoaded === true ? inTurn.sort((a, b) => a.load - b.load) : inTurn
    if (first !== undefined) this.#lastId = first.id
    return first
  }
}

function isAsWished({ version }: Peer, { services = 0n, minHeight = 0 }: PeerWish): boolean {
  if (version === undefined) return false
  return (version.services & services) === services && version.startHeight >= minHeight
}
