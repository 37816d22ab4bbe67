import {
  NotFoundError,
  PeerDisconnectedError,
  ProtocolError,
  RejectedError,
  RequestTimeoutError,
} from '../errors.js'
import { toDisplay } from '../hash.js'
import type { BlockPeer } from './block-peer.js'
import type { BlockItem, DownloadOptions } from './download-blocks.js'
import type { DownloadLimits } from './limits.js'
import { Outlet } from './outlet.js'
import { type Assignment, Scheduler, type Setback } from './scheduler.js'

const TICK_MS = 1000
/** A tick that comes so much later than it should was kept waiting by this process itself. */
const LATE_MS = 200

/** A request under way. */
interface Attempt extends Assignment {
  readonly controller: AbortController
}

/** One run of `downloadBlocks`: tells the scheduler what happens, and does what it says. */
export class Download<Block> {
  readonly #options: DownloadOptions<Block>
  readonly #scheduler: Scheduler
  readonly #source: Iterator<BlockItem>
  readonly #items = new Map<number, BlockItem>()
  readonly #peers = new Map<string, BlockPeer<Block>>()
  readonly #outlet: Outlet<Block>
  readonly #attempts = new Set<Attempt>()
  #begun = 0
  /** When the next tick is due. */
  #dueMs: number
  /** Time in which this process was too busy to read: nobody's fault. */
  #lostMs = 0
  #cancelTick: () => void = () => undefined
  #resolve: () => void = () => undefined
  #reject: (reason: unknown) => void = () => undefined
  #isOver = false

  constructor(options: DownloadOptions<Block>, limits: DownloadLimits) {
    this.#options = options
    this.#source = options.items[Symbol.iterator]()
    this.#dueMs = options.clock.now()
    this.#scheduler = new Scheduler({ limits, nextItem: () => this.#nextItem() }, this.#dueMs)
    this.#outlet = new Outlet({
      ordered: options.ordered ?? false,
      deliver: (index, block) => this.#deliver(index, block),
      onError: (error) => this.#fail(error),
    })
  }

  async run(): Promise<void> {
    const { signal, peers } = this.#options
    signal?.throwIfAborted()
    const over = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    const abort = (): void => this.#fail(signal?.reason)
    const unwatch = peers.watch({ joined: (peer) => this.#join(peer), left: (peer) => this.#leave(peer) })
    signal?.addEventListener('abort', abort)
    try {
      this.#tick()
      await over
    } finally {
      unwatch()
      signal?.removeEventListener('abort', abort)
      this.#cancelTick()
      this.#breakOff(() => true)
      await this.#outlet.idle()
    }
  }

  #join(peer: BlockPeer<Block>): void {
    this.#peers.set(peer.id, peer)
    this.#scheduler.addPeer(peer.id)
    this.#advance()
  }

  #leave({ id }: BlockPeer<Block>): void {
    this.#peers.delete(id)
    this.#scheduler.removePeer(id, this.#now())
    this.#breakOff(({ peer }) => peer === id)
    this.#advance()
  }

  #nextItem(): number | null | undefined {
    for (let next = this.#source.next(); !next.done; next = this.#source.next()) {
      if (this.#options.doneStore?.has(next.value.hash)) continue
      this.#items.set(this.#begun++, next.value)
      return next.value.size ?? null
    }
    return undefined
  }

  /** Does whatever can be done now. */
  #advance(): void {
    if (this.#isOver) return
    try {
      for (const assignment of this.#scheduler.assign(this.#now())) void this.#attempt(assignment)
      this.#checkHope()
    } catch (error) {
      this.#fail(error)
    }
  }

  #tick(): void {
    const lateMs = this.#options.clock.now() - this.#dueMs
    if (lateMs < LATE_MS) {
      this.#judge()
      return
    }
    this.#lostMs += lateMs
    // What came meanwhile is read before anybody is blamed for not having sent it.
    this.#cancelTick = this.#options.clock.after(0, () => this.#judge())
  }

  #judge(): void {
    const nowMs = this.#now()
    for (const peer of this.#peers.values()) if (peer.isHeld) this.#scheduler.held(peer.id, nowMs)
    for (const { index, peer } of this.#scheduler.overdue(nowMs))
      this.#breakOff((attempt) => attempt.index === index && attempt.peer === peer)
    this.#advance()
    this.#dueMs = this.#options.clock.now() + TICK_MS
    if (!this.#isOver) this.#cancelTick = this.#options.clock.after(TICK_MS, () => this.#tick())
  }

  async #attempt({ index, peer: id }: Assignment): Promise<void> {
    const peer = this.#peers.get(id)
    const item = this.#items.get(index)
    if (!peer || !item) return
    const attempt = { index, peer: id, controller: new AbortController() }
    this.#attempts.add(attempt)
    const { signal } = attempt.controller
    const onBytes = (bytes: number): void => {
      if (!signal.aborted) this.#scheduler.received(index, id, bytes, this.#now())
    }
    try {
      const block = await peer.getBlock(item.hash, { onBytes, signal })
      if (signal.aborted) return
      const bytes = this.#options.sizeOf(block)
      if (this.#scheduler.completed(index, id, bytes, this.#now())) this.#outlet.put(index, block)
    } catch (error) {
      if (signal.aborted) return
      const setback = setbackOf(error)
      if (setback) this.#scheduler.failed(index, id, setback, this.#now())
      else this.#fail(error)
    } finally {
      this.#attempts.delete(attempt)
    }
    this.#advance()
  }

  #breakOff(isMeant: (attempt: Attempt) => boolean): void {
    for (const attempt of this.#attempts) if (isMeant(attempt)) attempt.controller.abort()
  }

  async #deliver(index: number, block: Block): Promise<void> {
    const item = this.#items.get(index)
    if (!item || this.#isOver) return
    await this.#options.onBlock(block, item)
    await this.#options.doneStore?.add(item.hash)
    this.#items.delete(index)
    this.#scheduler.delivered(index)
    this.#advance()
  }

  #checkHope(): void {
    if (this.#scheduler.isFinished) {
      this.#isOver = true
      this.#resolve()
      return
    }
    const hopeless = this.#scheduler.hopeless()
    const name = toDisplay(this.#items.get(hopeless?.index ?? -1)?.hash ?? new Uint8Array(32))
    if (hopeless?.reason === 'not_found') throw new NotFoundError(`none of the peers has the block ${name}`)
    if (hopeless)
      throw new RequestTimeoutError(`the block ${name} could not be had of ${this.#peers.size} peers`)
    if (this.#scheduler.isForsaken(this.#now()))
      throw new PeerDisconnectedError('there are no peers to ask for blocks')
  }

  #fail(reason: unknown): void {
    this.#isOver = true
    this.#reject(reason)
  }

  /** Milliseconds in which peers had a chance. */
  #now(): number {
    return this.#options.clock.now() - this.#lostMs
  }
}

/** Undefined for what is not the doing of a peer. */
function setbackOf(error: unknown): Setback | undefined {
  if (error instanceof NotFoundError) return 'not_found'
  if (error instanceof RejectedError) return 'busy'
  if (error instanceof PeerDisconnectedError) return 'disconnected'
  if (error instanceof RequestTimeoutError) return 'stalled'
  return error instanceof ProtocolError ? 'invalid' : undefined
}
