import type { SmallBlock } from '../../blocks/block-events.js'
import type { Hash } from '../../hash.js'
import type { MessageBodies } from '../../wire/codec.js'
import { wholeBlockType, wholeTxType, type InvItem } from '../../wire/messages/inv.js'
import type { Headers } from '../../wire/messages/headers.js'
import type { Reject } from '../../wire/messages/reject.js'
import type { PeerSettings } from '../options.js'
import type { PeerMessage } from '../peer-message.js'
import { BlockRequests, type BlockPart } from './block-requests.js'
import { HeadersRequests, type HeadersRequest } from './headers-requests.js'
import { Lane } from './lane.js'
import { MempoolRequests } from './mempool-requests.js'
import { Pings } from './pings.js'
import { RequestLedger, type RequestOptions } from './request-ledger.js'
import { TxRequests } from './tx-requests.js'

/** Addresses of other nodes, as `addr` or `addrv2` told them. */
export type AddressList = MessageBodies['addr'] | MessageBodies['addrv2']

/** Sends a message; resolves when more may follow. */
export type SendMessage = <C extends keyof MessageBodies>(command: C, body: MessageBodies[C]) => Promise<void>

/** What is asked of one peer, and what it answers. */
export class Requests {
  readonly blocks: BlockRequests
  readonly #ledger: RequestLedger
  readonly #headers: HeadersRequests
  readonly #txs: TxRequests
  readonly #pings: Pings
  readonly #mempool: MempoolRequests
  readonly #addresses: Lane<AddressList>

  constructor(
    { clock, requestTimeoutMs, network, protocolVersion }: PeerSettings,
    private readonly send: SendMessage,
    /** Is told of headers that nobody asked for. */
    private readonly onUnasked: (headers: Headers) => void,
  ) {
    this.#ledger = new RequestLedger(clock, requestTimeoutMs)
    this.#headers = new HeadersRequests(
      this.#ledger,
      network,
      (locator) => send('getheaders', locator),
      protocolVersion,
    )
    const ask = (type: number) => (hash: Hash) => send('getdata', [{ type, hash }])
    this.blocks = new BlockRequests(this.#ledger, ask(wholeBlockType(network.family)))
    this.#txs = new TxRequests(this.#ledger, network, ask(wholeTxType(network.family)))
    this.#pings = new Pings(this.#ledger, clock, (nonce) => send('ping', { nonce }))
    this.#mempool = new MempoolRequests(
      this.#ledger,
      () => send('mempool', {}),
      (options) => this.#pings.ask(options),
    )
    this.#addresses = new Lane(this.#ledger)
  }

  /** How many are not answered yet. */
  get size(): number {
    return this.#ledger.size
  }

  /** Whether any transaction was asked for. */
  get wantsTx(): boolean {
    return this.#txs.size > 0
  }

  headers(request: HeadersRequest): Promise<Headers> {
    return this.#headers.ask(request)
  }

  block(hash: Hash, options: RequestOptions): Promise<SmallBlock> {
    return this.blocks.get(hash, options)
  }

  blockChunks(hash: Hash, options: RequestOptions): AsyncIterableIterator<BlockPart> {
    return this.blocks.chunks(hash, options)
  }

  tx(hash: Hash, options: RequestOptions): Promise<Uint8Array> {
    return this.#txs.get(hash, options)
  }

  addresses(options: RequestOptions): Promise<AddressList> {
    return this.#addresses.ask('getaddr', options, () => this.send('getaddr', undefined))
  }

  mempool(options: RequestOptions): Promise<readonly InvItem[]> {
    return this.#mempool.ask(options)
  }

  ping(options: RequestOptions): Promise<number> {
    return this.#pings.ask(options)
  }

  /** Looks at every message but blocks, in the order of the wire. @throws {ProtocolError} for a malformed answer */
  observe(message: PeerMessage): void {
    if (message.command === 'headers' && !this.#headers.observe(message.body)) this.onUnasked(message.body)
    else if (message.command === 'tx') this.#txs.observe(message.body.raw)
    else if (message.command === 'big_tx') this.#txs.observeBig(message.body)
    else if (message.command === 'pong') this.#pings.observe(message.body.nonce)
    else if (message.command === 'inv') this.#mempool.observe(message.body)
    else if (message.command === 'addr' || message.command === 'addrv2')
      this.#addresses.current?.resolve(message.body)
    else if (message.command === 'notfound') this.#notFound(message.body)
    else if (message.command === 'reject') this.#rejected(message.body)
  }

  /** The peer has left: everything that is not answered fails. */
  close(error: Error): void {
    this.#ledger.close(error)
  }

  #notFound(items: readonly InvItem[]): void {
    this.blocks.notFound(items)
    this.#txs.notFound(items)
  }

  #rejected(reject: Reject): void {
    this.blocks.rejected(reject)
    this.#txs.rejected(reject)
  }
}
