import type { Clock } from '../clock.js'
import { Dispatcher } from './dispatcher.js'
import { handle, type Handlers } from './handlers.js'
import { MessageQueue } from './message-queue.js'
import type { Peer } from './peer.js'
import type { PeerMessage } from './peer-message.js'

const MAX_WAITING_MESSAGES = 1000
const MAX_WAITING_BYTES = 4 * 1_048_576

/** Tells handlers and iterators what came, one message after another. */
export class Delivery {
  readonly #dispatcher: Dispatcher
  readonly #queues = new Set<MessageQueue<PeerMessage>>()
  #idleSince = 0

  constructor(
    private readonly peer: Peer,
    private readonly handlers: Handlers,
    private readonly clock: Clock,
    onError: (error: unknown) => void,
  ) {
    this.#dispatcher = new Dispatcher({
      maxWaiting: MAX_WAITING_MESSAGES,
      maxWaitingBytes: MAX_WAITING_BYTES,
      onError,
    })
  }

  /** Milliseconds since 1970 of the last time that somebody here kept the peer waiting. */
  get lastBusyAt(): number {
    return this.#dispatcher.busy ? this.clock.now() : this.#idleSince
  }

  /** Tells a message in its turn; where a promise is returned, nothing should be added before it resolves. */
  add(message: PeerMessage, bytes: number): void | Promise<void> {
    return this.#dispatcher.add(() => this.#tell(message, false), bytes)
  }

  /** Tells a message in its turn, lent until everybody is done with it; then resolves. Rejects where a handler failed. */
  lend(message: PeerMessage): Promise<void> {
    return this.#dispatcher.complete(() => this.#tell(message, true))
  }

  /** A new reader of all that is told from now on. */
  queue(capacity: number): MessageQueue<PeerMessage> {
    const queue = new MessageQueue<PeerMessage>(capacity, () => this.#queues.delete(queue))
    this.#queues.add(queue)
    return queue
  }

  /** What was not told yet is dropped. */
  drop(): void {
    this.#dispatcher.drop()
  }

  /** When all is told, the readers are told that this is the end. */
  end(): void {
    void this.#dispatcher.add(() => {
      for (const queue of [...this.#queues]) queue.end()
    })
  }

  #tell(message: PeerMessage, lent: boolean): void | Promise<void> {
    const handled = handle(this.handlers, message, this.peer)
    if (handled !== undefined || this.#queues.size > 0) return this.#tellQueues(handled, message, lent)
  }

  async #tellQueues(handled: void | Promise<void>, message: PeerMessage, lent: boolean): Promise<void> {
    try {
      await handled
    } finally {
      for (const queue of this.#queues) await (lent ? queue.lend(message) : queue.add(message))
      this.#idleSince = this.clock.now()
    }
  }
}
