import type { Static, TSchema } from '@sinclair/typebox'
import {
  AnnouncementAnswer,
  Blocks,
  Headers,
  OfferAnswer as OfferAnswerSchema,
  SyncStatus,
} from '../api/schemas/sync.js'
import { compile, type Validator } from '../api/validator.js'
import type { Json } from '../base/json.js'
import type { Block, BlockHeader } from '../ledger/block.js'
import { decodeBlock } from '../ledger/decode-block.js'
import { decodeHeaderJson } from '../ledger/decode-header.js'
import { encodeHeaderJson } from '../ledger/encode-block.js'
import { encodeTransaction } from '../ledger/encode-transaction.js'
import { RuleError } from '../ledger/rule-error.js'
import type { Transaction } from '../ledger/transaction.js'
import { PeerError, type PeerCalls } from '../nodes/peer-call.js'
import { keyOf, type NodeRecord, urlOf } from '../nodes/record.js'
import type { Channels, JsonMap } from './channel.js'
import type { AnnouncedVerdict, OfferAnswer, Peer, PeerStatus } from './peer.js'

const statusOf = reader(SyncStatus)
const headersOf = reader(Headers)
const blocksOf = reader(Blocks)
const verdictOf = reader(AnnouncementAnswer)
const offerAnswerOf = reader(OfferAnswerSchema)

/** Another node, reached over REST, or told of news over the connection by which it follows us. */
export class RestPeer implements Peer {
  readonly key: string
  readonly #url: string
  readonly #calls: Pick<PeerCalls, 'call'>
  readonly #self: NodeRecord
  readonly #channels: Channels | undefined

  /** @param self this node, named in what it tells. */
  constructor(record: NodeRecord, self: NodeRecord, calls: Pick<PeerCalls, 'call'>, channels?: Channels) {
    this.key = keyOf(record)
    this.#channels = channels
    this.#url = `${urlOf(record)}/sync`
    this.#calls = calls
    this.#self = self
  }

  async status(): Promise<PeerStatus> {
    const { value } = await this.#calls.call({ method: 'GET', url: `${this.#url}/status/` })
    return readStatus(value)
  }

  async headers(locator: readonly string[], count: number): Promise<readonly BlockHeader[]> {
    const { headers } = headersOf(await this.#post('headers', { locator, count }))
    return decoded(() => headers.map((header) => decodeHeaderJson(header as Json)))
  }

  async blocks(hashes: readonly string[]): Promise<readonly Block[]> {
    const { blocks } = blocksOf(await this.#post('blocks', { hashes }))
    return decoded(() => blocks.map((block) => decodeBlock(block as Json)))
  }

  async announce(
    header: BlockHeader,
    transactions: readonly Transaction[] | undefined,
  ): Promise<AnnouncedVerdict> {
    const body = {
      ...this.#self,
      header: encodeHeaderJson(header),
      ...(transactions ? { transactions: transactions.map(encodeTransaction) } : {}),
    }
    return verdictOf(await this.#tell('announce', body)).verdict
  }

  async offer(ids: readonly string[]): Promise<OfferAnswer> {
    const answer = offerAnswerOf(await this.#tell('transactions', { ...this.#self, ids }))
    const { wanted, later, is_behind: isBehind } = answer
    return { wanted, later, ...(isBehind ? { isBehind } : {}) }
  }

  async send(transactions: readonly Transaction[]): Promise<void> {
    const body = { ...this.#self, transactions: transactions.map(encodeTransaction) }
    offerAnswerOf(await this.#tell('transactions', body))
  }

  get isFollowed(): boolean {
    return this.#channels?.isFollowed(this.key) ?? false
  }

  async #tell(path: 'announce' | 'transactions', body: JsonMap): Promise<Json> {
    const channel = this.#channels?.find(this.key)
    if (!channel) return this.#post(path, body)
    try {
      return await channel.call(path === 'announce' ? 'sync.announce' : 'sync.offer', body)
    } catch {
      return this.#post(path, body)
    }
  }

  async #post(path: string, body: unknown): Promise<Json> {
    const { value } = await this.#calls.call({ method: 'POST', url: `${this.#url}/${path}/`, body })
    return value
  }
}

/** @throws {PeerError} when it is none */
export function readStatus(value: Json): PeerStatus {
  const { chain_id: chainId, height, tip, work } = statusOf(value)
  return { chainId, height, tip: tip ?? undefined, work: BigInt(`0x${work}`) }
}

/** Reads an answer of one shape. */
function reader<S extends TSchema>(schema: S): (value: Json) => Static<S> {
  const faultOf: Validator = compile(schema)
  return (value) => {
    const fault = faultOf(value)
    if (fault) throw new PeerError('misbehaved', `its answer is wrong: ${fault.message}`)
    return value
  }
}

function decoded<T>(decode: () => T): T {
  try {
    return decode()
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw new PeerError('misbehaved', `its answer breaks ${error.rule}: ${error.message}`)
  }
}
