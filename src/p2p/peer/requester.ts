import { EventEmitter } from 'node:events'
import type { BigBlock, SmallBlock } from '../blocks/block-events.js'
import type { Hash } from '../hash.js'
import type { Headers } from '../wire/messages/headers.js'
import type { InvItem } from '../wire/messages/inv.js'
import type { PeerEvents } from './peer-events.js'
import type { BlockPart, BlockRequest } from './requests/block-requests.js'
import type { HeadersRequest } from './requests/headers-requests.js'
import type { RequestOptions } from './requests/request-ledger.js'
import type { AddressList, Requests } from './requests/requests.js'

/**
 * What can be asked of a peer. Every method throws a UsageError at once in low mode and before the handshake; what it returns
 * rejects with a RequestTimeoutError, with the reason of the signal, and with a PeerDisconnectedError when the peer leaves.
 */
export abstract class Requester extends EventEmitter<PeerEvents> {
  /** @throws {UsageError} where there are no requests to make */
  protected abstract get asked(): Requests

  /** What follows the first hash of the locator that the peer knows; empty where it knows no more. */
  getHeaders(request: HeadersRequest): Promise<Headers> {
    return this.asked.headers(request)
  }

  /**
   * A whole block below `largeMessageLimit`. Handlers are not told of it.
   * @throws {TooLargeError} rejects with it for a larger one: see {@link getBlockChunks}
   */
  getBlock(hash: Hash, options: RequestOptions = {}): Promise<SmallBlock> {
    return this.asked.block(hash, options)
  }

  /**
   * A block of any size: whole where it is below `largeMessageLimit`, in parts to `onPart` where it is above. Verified when
   * the promise resolves. Handlers are not told of it.
   */
  fetchBlock(hash: Hash, request: BlockRequest = {}): Promise<SmallBlock | BigBlock> {
    return this.asked.blocks.fetch(hash, request)
  }

  /** Whether a block was asked for that has not come yet, even if nobody waits for it any more. */
  owesBlock(hash: Hash): boolean {
    return this.asked.blocks.has(hash)
  }

  /** The parts of a block of any size, as fast as they are taken; verified when the iteration ends without an error. */
  getBlockChunks(hash: Hash, options: RequestOptions = {}): AsyncIterableIterator<BlockPart> {
    return this.asked.blockChunks(hash, options)
  }

  /** A transaction by its id, as it came, witnesses included. */
  getTx(hash: Hash, options: RequestOptions = {}): Promise<Uint8Array> {
    return this.asked.tx(hash, options)
  }

  /** Addresses of other nodes. */
  getAddr(options: RequestOptions = {}): Promise<AddressList> {
    return this.asked.addresses(options)
  }

  /** The transactions that wait for a block. Many nodes disconnect whoever asks. */
  mempool(options: RequestOptions = {}): Promise<readonly InvItem[]> {
    return this.asked.mempool(options)
  }

  /** Milliseconds to the peer and back. */
  ping(options: RequestOptions = {}): Promise<number> {
    return this.asked.ping(options)
  }
}
