import type { BigBlock, BlockChunk, SmallBlock, TxChunk } from '../../blocks/block-events.js'
import { NotFoundError, P2pError, RejectedError, TooLargeError, UsageError } from '../../errors.js'
import { toDisplay, type Hash } from '../../hash.js'
import type { InvItem } from '../../wire/messages/inv.js'
import type { Reject } from '../../wire/messages/reject.js'
import { MessageQueue } from '../message-queue.js'
import type { StreamedMessage } from '../peer-message.js'
import type { PendingRequest } from './pending-request.js'
import type { RequestLedger, RequestOptions } from './request-ledger.js'

/** A part of a block that is streamed; `TxChunk`s are parts of a transaction that is larger than a chunk. */
export type BlockPart = BlockChunk | TxChunk

/** How a block is asked for. */
export interface BlockRequest extends RequestOptions {
  /** Takes the parts of a block above `largeMessageLimit`; without it, such a block is refused. Nothing is read meanwhile. */
  readonly onPart?: (part: BlockPart) => void | Promise<void>
  /** Told as bytes of the block come, with how many they are. */
  readonly onBytes?: (bytes: number) => void
}

const TOO_LARGE = 'the block is above largeMessageLimit: ask for its chunks'

interface Wanted extends Pick<BlockRequest, 'onPart' | 'onBytes'> {
  readonly request: PendingRequest<SmallBlock | BigBlock>
  /** A part is with whoever asked: the next move is not up to the peer. */
  isHeld: boolean
  /** Something of it came: the rest belongs to whoever asked, even if he has left. */
  begun: boolean
}

/** Blocks that were asked for, each named by its hash: what comes of them goes to whoever asked, and to nobody else. */
export class BlockRequests {
  readonly #wanted = new Map<string, Wanted>()
  /** A block whose first part came when nobody wanted it: whoever asks meanwhile is given the next one, from its beginning. */
  #unasked: string | undefined

  constructor(
    private readonly ledger: RequestLedger,
    private readonly send: (hash: Hash) => Promise<void>,
  ) {}

  /** A block of any size, in parts where it is large; verified when the promise resolves. */
  async fetch(hash: Hash, options: BlockRequest): Promise<SmallBlock | BigBlock> {
    return this.#ask(hash, options).request.promise
  }

  /** The whole block, which must be below the limit of large messages. */
  async get(hash: Hash, options: RequestOptions): Promise<SmallBlock> {
    const block = await this.fetch(hash, options)
    if (block.type === 'big') throw new TooLargeError(TOO_LARGE)
    return block
  }

  /** The parts of a block of any size; to be trusted when the iteration ends, and not before. */
  chunks(hash: Hash, options: RequestOptions): AsyncIterableIterator<BlockPart> {
    const left = new AbortController()
    const parts = new MessageQueue<BlockPart>(1, () => left.abort(new P2pError('left', 'nobody takes it')))
    const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
    this.fetch(hash, { ...options, signal, onPart: (part) => parts.lend(part) })
      .then((block) => (block.type === 'small' ? parts.lend(wholeAsPart(block)) : undefined))
      .then(
        () => parts.end(),
        (error: unknown) => parts.end(error as Error),
      )
    return parts
  }

  has(hash: Hash): boolean {
    return this.#wanted.has(toDisplay(hash))
  }

  /** Bytes of a block came: those behind it are on their way. */
  progress(bytes: number): void {
    for (const { request, isHeld } of this.#wanted.values()) if (!isHeld) request.progress()
    const [current] = this.#wanted.values()
    current?.onBytes?.(bytes)
  }

  /** @returns undefined where nobody here asked for the block. */
  take(message: StreamedMessage): Promise<void> | undefined {
    const hash = hashOf(message)
    const key = hash && toDisplay(hash)
    if (key === undefined) return undefined
    const wanted = this.#unasked === key ? undefined : this.#wanted.get(key)
    if (wanted === undefined) {
      this.#unasked = isEnd(message) ? undefined : key
      return undefined
    }
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

  #ask(hash: Hash, { onPart, onBytes, ...options }: BlockRequest): Wanted {
    const key = toDisplay(hash)
    if (this.#wanted.has(key)) throw new UsageError(`block ${key} was asked of this peer already`)
    const request = this.ledger.open<SmallBlock | BigBlock>(`getdata of block ${key}`, options)
    const wanted: Wanted = {
      request,
      isHeld: false,
      begun: false,
      ...(onPart && { onPart }),
      ...(onBytes && { onBytes }),
    }
    if (request.settled) return wanted
    this.#wanted.set(key, wanted)
    request.whenSettled(() => {
      if (!wanted.begun) this.#wanted.delete(key)
    })
    this.send(hash).catch((error: unknown) => request.fail(error))
    return wanted
  }

  async #take(key: string, wanted: Wanted, message: StreamedMessage): Promise<void> {
    const { request } = wanted
    if (message.command === 'block_aborted') request.reject(message.body.reason)
    else if (message.command === 'block_chunk' || message.command === 'tx_chunk')
      await this.#takePart(wanted, message.body)
    else if (message.command === 'block') request.resolve(message.body)
    if (isEnd(message)) this.#wanted.delete(key)
  }

  async #takePart(wanted: Wanted, part: BlockPart): Promise<void> {
    const { request, onPart } = wanted
    if (request.settled) return
    if (onPart === undefined) {
      request.reject(new TooLargeError(TOO_LARGE))
      return
    }
    request.pause()
    wanted.isHeld = true
    try {
      await onPart(part)
    } catch (error) {
      request.fail(error)
    }
    wanted.isHeld = false
    request.progress()
  }
}

function hashOf({ command, body }: StreamedMessage): Hash | undefined {
  if (command === 'block' || command === 'block_aborted') return body.hash
  return command === 'block_chunk' || command === 'tx_chunk' ? body.blockHash : undefined
}

const isEnd = ({ command }: StreamedMessage): boolean => command === 'block' || command === 'block_aborted'

function wholeAsPart({ hash, raw, txOffsets }: SmallBlock): BlockChunk {
  return { blockHash: hash, chunkNumber: 1, chunkCount: 1, base: 0, bytes: raw, txOffsets }
}
