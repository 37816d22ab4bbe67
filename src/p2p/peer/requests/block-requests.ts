import type { BlockChunk, SmallBlock, TxChunk } from '../../blocks/block-events.js'
import { NotFoundError, RejectedError, TooLargeError, UsageError } from '../../errors.js'
import { toDisplay, type Hash } from '../../hash.js'
import type { InvItem } from '../../wire/messages/inv.js'
import type { Reject } from '../../wire/messages/reject.js'
import { MessageQueue } from '../message-queue.js'
import type { StreamedMessage } from '../peer-message.js'
import type { PendingRequest } from './pending-request.js'
import type { RequestLedger, RequestOptions } from './request-ledger.js'

/** A part of a block that is streamed; `TxChunk`s are parts of a transaction that is larger than a chunk. */
export type BlockPart = BlockChunk | TxChunk

interface Wanted {
  readonly request: PendingRequest<SmallBlock | undefined>
  /** Undefined where the whole block is wanted. */
  readonly parts: MessageQueue<BlockPart> | undefined
  /** Something of it came: the rest belongs to whoever asked, even if he has left. */
  begun: boolean
}

/** Blocks that were asked for, each named by its hash: what comes of them goes to whoever asked, and to nobody else. */
export class BlockRequests {
  readonly #wanted = new Map<string, Wanted>()

  constructor(
    private readonly ledger: RequestLedger,
    private readonly send: (hash: Hash) => Promise<void>,
  ) {}

  /** The whole block, which must be below the limit of large messages. */
  async get(hash: Hash, options: RequestOptions): Promise<SmallBlock> {
    const block = await this.#ask(hash, options, undefined).request.promise
    if (block === undefined) throw new Error('a block has ended without a block')
    return block
  }

  /** The parts of a block of any size; to be trusted when the iteration ends, and not before. */
  chunks(hash: Hash, options: RequestOptions): AsyncIterableIterator<BlockPart> {
    const parts = new MessageQueue<BlockPart>(1, () => wanted.request.resolve(undefined))
    const wanted = this.#ask(hash, options, parts)
    wanted.request.promise.then(
      () => parts.end(),
      (error: unknown) => parts.end(error as Error),
    )
    return parts
  }

  has(hash: Hash): boolean {
    return this.#wanted.has(toDisplay(hash))
  }

  /** Bytes of a block came: those behind it are on their way. */
  progress(): void {
    for (const { request, parts } of this.#wanted.values()) if (!(parts?.isFull ?? false)) request.progress()
  }

  /** @returns undefined where nobody here asked for the block. */
  take(message: StreamedMessage): Promise<void> | undefined {
    const hash = hashOf(message)
    const key = hash && toDisplay(hash)
    const wanted = key === undefined ? undefined : this.#wanted.get(key)
    if (key === undefined || wanted === undefined) return undefined
    wanted.begun = true
    return this.#take(key, wanted, message)
  }

  notFound(items: readonly InvItem[]): void {
    for (const { hash } of items)
      this.#wanted
        .get(toDisplay(hash))
        ?.request.reject(new NotFoundError(`the peer does not have block ${toDisplay(hash)}`))
  }

  rejected({ hash, code, reason }: Reject): void {
    if (hash === undefined) return
    this.#wanted
      .get(toDisplay(hash))
      ?.request.reject(
        new RejectedError(`the peer refuses block ${toDisplay(hash)}: ${reason}`, code, reason),
      )
  }

  #ask(hash: Hash, options: RequestOptions, parts: MessageQueue<BlockPart> | undefined): Wanted {
    const key = toDisplay(hash)
    if (this.#wanted.has(key)) throw new UsageError(`block ${key} was asked of this peer already`)
    const request = this.ledger.open<SmallBlock | undefined>(`getdata of block ${key}`, options)
    const wanted: Wanted = { request, parts, begun: false }
    if (request.settled) return wanted
    this.#wanted.set(key, wanted)
    request.whenSettled(() => {
      if (!wanted.begun) this.#wanted.delete(key)
    })
    this.send(hash).catch((error: unknown) => request.fail(error))
    return wanted
  }

  async #take(key: string, wanted: Wanted, message: StreamedMessage): Promise<void> {
    const { request, parts } = wanted
    if (message.command === 'block_aborted') request.reject(message.body.reason)
    else if (message.command === 'block_chunk' || message.command === 'tx_chunk')
      await this.#takePart(wanted, message.body)
    else if (message.command === 'block' && message.body.type === 'small') {
      await parts?.lend(wholeAsPart(message.body))
      request.resolve(message.body)
    } else request.resolve(undefined)
    if (message.command === 'block' || message.command === 'block_aborted') this.#wanted.delete(key)
  }

  async #takePart({ request, parts }: Wanted, part: BlockPart): Promise<void> {
    if (request.settled) return
    if (parts === undefined) {
      const reason = 'the block is above largeMessageLimit: ask for its chunks'
      request.reject(new TooLargeError(reason))
      return
    }
    request.pause()
    await parts.lend(part)
    request.progress()
  }
}

function hashOf({ command, body }: StreamedMessage): Hash | undefined {
  if (command === 'block' || command === 'block_aborted') return body.hash
  return command === 'block_chunk' || command === 'tx_chunk' ? body.blockHash : undefined
}

function wholeAsPart({ hash, raw, txOffsets }: SmallBlock): BlockChunk {
  return { blockHash: hash, chunkNumber: 1, chunkCount: 1, base: 0, bytes: raw, txOffsets }
}
