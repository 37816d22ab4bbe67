import type { Json } from '../base/json.js'
import { ipInUrl } from '../base/ip.js'
import { guestLink, type Link, type OfferedMethod } from '../bus/index.js'
import { PeerError } from '../nodes/peer-call.js'
import type { NodeRecord } from '../nodes/record.js'
import type { PeerStatus } from '../sync/peer.js'
import { readStatus } from '../sync/rest-peer.js'
import type { Logger } from './log.js'

export interface FollowingOptions {
  readonly record: NodeRecord
  readonly self: NodeRecord
  readonly headers: Readonly<Record<string, string>>
  /** What the node may call here. */
  readonly methods: readonly OfferedMethod[]
  readonly log: Logger
  readonly onStatus: (status: PeerStatus) => void
  readonly onMisbehaviour: (reason: string) => void
}

/** Longest pause between tries to connect. */
const MAX_PAUSE_MS = 15_000

/** A node that refuses is asked again after so many looks; each time after twice as many, up to the last. */
const MAX_LOOKS = 64

/** One node that this node follows; the connection comes back by itself. */
export class Following {
  readonly #options: FollowingOptions
  /** Of the node, as it says; undefined before it does. */
  chainId: string | undefined
  #link: Link
  #subscription: { cancel: () => void } | undefined
  #hasAnswered = false
  #refusals = 0
  #looksLeft = 0
  #isStopped = false

  constructor(options: FollowingOptions) {
    this.#options = options
    this.#link = this.#open()
    this.#subscribe()
  }

  /** The node tells us how far it is. */
  get isUp(): boolean {
    return this.#hasAnswered && this.#link.isUp
  }

  /** Asks once more where the node refused before: it may know us by now. */
  refresh(): void {
    if (this.#isStopped || this.#subscription || --this.#looksLeft > 0) return
    if (this.#link.failure) this.#link = this.#open()
    this.#subscribe()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#subscription?.cancel()
    await this.#link.close()
  }

  #open(): Link {
    const { record, headers, methods } = this.#options
    const { ip_address: ipAddress, port } = record
    const link = guestLink({
      url: `ws://${ipInUrl(ipAddress)}:${port}`,
      name: 'node',
      headers,
      methods,
      ipAddress,
      maxPauseMs: MAX_PAUSE_MS,
    })
    // Why it ends is told to the subscription.
    link.start().catch(() => undefined)
    return link
  }

  #subscribe(): void {
    const { ip_address, port } = this.#options.self
    const calls = [{ method: 'sync.follow', params: { ip_address, port } }]
    this.#subscription = this.#link.subscribe(
      calls,
      { everyEvents: 1 },
      {
        onUpdate: ({ results }) => this.#told(results['sync.follow'] as Json),
        onEnd: (error) => this.#refused(error.code),
      },
    )
  }

  #told(status: Json): void {
    const { onStatus, onMisbehaviour } = this.#options
    try {
      const read = readStatus(status)
      this.chainId = read.chainId
      this.#hasAnswered = true
      this.#refusals = 0
      onStatus(read)
    } catch (error) {
      if (!(error instanceof PeerError)) throw error
      onMisbehaviour(error.message)
    }
  }

  #refused(code: string): void {
    const { record, log } = this.#options
    this.#subscription = undefined
    this.#hasAnswered = false
    this.#looksLeft = Math.min(MAX_LOOKS, 2 ** this.#refusals++)
    if (!this.#isStopped)
      log.debug({ ...record, code }, 'a node is not to be followed; it is asked over REST')
  }
}
