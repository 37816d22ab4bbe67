import { PeerDisconnectedError, type P2pError } from '../../../src/p2p/errors.js'
import type {
  Announcement,
  HeadersAnswer,
  HeadersPeer,
  HeadersRequest,
  HeadersSource,
} from '../../../src/p2p/headers/headers-source.js'
import type { TestChain } from '../kit/test-chain.js'
import { payload, raw } from './kit.js'

type Answer = (request: HeadersRequest) => Promise<HeadersAnswer>

const MAX_HEADERS = 2000

/** A peer in memory that has a chain, and answers as a node does unless it is told otherwise. */
export class FakePeer implements HeadersPeer {
  readonly requests: HeadersRequest[] = []
  startHeight: number
  /** Answers the next requests, one each, instead of the chain. */
  readonly instead: Answer[] = []

  constructor(
    readonly id: number,
    public chain: TestChain,
  ) {
    this.startHeight = chain.height
  }

  async getHeaders(request: HeadersRequest): Promise<HeadersAnswer> {
    this.requests.push(request)
    const answer = this.instead.shift()
    return answer === undefined ? this.answer(request) : answer(request)
  }

  /** What follows the first hash of the locator that the chain has. */
  answer({ locator }: HeadersRequest): Promise<HeadersAnswer> {
    const heights = locator.map((hash) => heightOf(this.chain, hash)).filter((height) => height >= 0)
    const first = (heights[0] ?? 0) + 1
    return Promise.resolve(
      answerOf(raw(this.chain, first, Math.min(this.chain.height, first + MAX_HEADERS - 1))),
    )
  }
}

export function answerOf(headers: Uint8Array): HeadersAnswer {
  return { raw: payload(headers), count: headers.length / 80 }
}

/** Never answers by itself; goes with the signal. */
export function silence({ signal }: HeadersRequest): Promise<HeadersAnswer> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
}

export function gone(): Promise<HeadersAnswer> {
  return Promise.reject(new PeerDisconnectedError())
}

function heightOf(chain: TestChain, hash: Uint8Array): number {
  for (let height = chain.height; height >= 0; height--)
    if (Buffer.compare(chain.hash(height), hash) === 0) return height
  return -1
}

/** Peers in turn. */
export class FakeSource implements HeadersSource {
  readonly reports: { readonly peer: HeadersPeer['id']; readonly error: P2pError }[] = []
  readonly #listeners = new Set<(announcement: Announcement) => void>()
  #waiting: (() => void)[] = []
  #turn = 0

  constructor(public peers: FakePeer[]) {}

  get listeners(): number {
    return this.#listeners.size
  }

  /** Those who wait for a peer. */
  get waiting(): number {
    return this.#waiting.length
  }

  async nextPeer({ signal }: { signal?: AbortSignal }): Promise<FakePeer> {
    for (;;) {
      signal?.throwIfAborted()
      const peer = this.peers[this.#turn++ % Math.max(1, this.peers.length)]
      if (peer !== undefined) return peer
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
        signal?.addEventListener('abort', () => resolve())
      })
    }
  }

  report(peer: HeadersPeer, error: P2pError): void {
    this.reports.push({ peer: peer.id, error })
  }

  onAnnouncement(listener: (announcement: Announcement) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  announce(announcement: Announcement): void {
    for (const listener of this.#listeners) listener(announcement)
  }

  connect(peer: FakePeer): void {
    this.peers = [...this.peers, peer]
    for (const resolve of this.#waiting.splice(0)) resolve()
    this.announce({ kind: 'connected', peer })
  }
}
