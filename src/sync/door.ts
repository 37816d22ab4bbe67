import { ApiError } from '../api/errors.js'
import type { Caller } from '../api/method.js'
import type { SyncPort } from '../api/methods/sync.js'
import type {
  Announcement,
  AnnouncementAnswer,
  Blocks,
  Headers,
  Offer,
  OfferAnswer,
  SyncStatus,
} from '../api/schemas/sync.js'
import type { Json } from '../base/json.js'
import type { Blockchain } from '../chain/blockchain.js'
import { blockBytes } from '../ledger/check-block.js'
import { decodeHeaderJson } from '../ledger/decode-header.js'
import { decodeTransaction } from '../ledger/decode-transaction.js'
import { encodeBlock, encodeHeaderJson } from '../ledger/encode-block.js'
import { RuleError } from '../ledger/rule-error.js'
import { canonicalRecord, keyOf, type NodeRecord } from '../nodes/record.js'
import type { BlockRelay } from './block-relay.js'
import type { ChainSync } from './chain-sync.js'
import { headersAfter } from './locator.js'
import type { SyncSettings } from './settings.js'
import type { TransactionRelay } from './transaction-relay.js'

export interface SyncDoorOptions {
  readonly blockchain: Blockchain
  readonly sync: ChainSync
  readonly blocks: BlockRelay
  readonly transactions: TransactionRelay
  readonly settings: SyncSettings
}

/** Answers what other nodes ask, and hears what they tell. */
export class SyncDoor implements SyncPort {
  readonly #options: SyncDoorOptions

  constructor(options: SyncDoorOptions) {
    this.#options = options
  }

  status(): SyncStatus {
    const { blockchain } = this.#options
    return {
      chain_id: blockchain.chain.id,
      height: blockchain.height(),
      tip: blockchain.tip()?.hash ?? null,
      work: blockchain.work().toString(16),
    }
  }

  headers(locator: readonly string[], count: number): Headers {
    const headers = headersAfter(this.#options.blockchain.index, locator, count)
    return { headers: headers.map(encodeHeaderJson) }
  }

  /** Ends before the first block that is not held, and before the answer gets too long. */
  async blocks(hashes: readonly string[]): Promise<Blocks> {
    const { blockchain, settings } = this.#options
    const blocks: Record<string, Json>[] = []
    let bytes = 0
    for (const hash of hashes) {
      const block = await blockchain.block(hash)
      if (!block) break
      bytes += blockBytes(block)
      if (blocks.length > 0 && bytes > settings.maxAnswerBytes) break
      blocks.push(encodeBlock(block))
    }
    return { blocks }
  }

  async announced(announcement: Announcement, caller: Caller): Promise<AnnouncementAnswer> {
    const { blocks } = this.#options
    if (this.#isOfAnotherChain(caller)) return { verdict: 'ignored' }
    const key = keyOfCaller(announcement, caller)
    return this.#judged(key, async () => {
      const header = decodeHeaderJson(announcement.header)
      const transactions = announcement.transactions?.map((each) => decodeTransaction(each))
      return { verdict: await blocks.announced(key, header, transactions) }
    })
  }

  async offered(offer: Offer, caller: Caller): Promise<OfferAnswer> {
    const { transactions } = this.#options
    const key = keyOfCaller(offer, caller)
    if (key === undefined || this.#isOfAnotherChain(caller)) return { wanted: [], later: [] }
    return this.#judged(key, async () => {
      const sent = offer.transactions?.map((each) => decodeTransaction(each)) ?? []
      if (sent.length > 0) await transactions.received(key, sent)
      const { wanted, later, isBehind } = transactions.offered(key, offer.ids ?? [])
      return { wanted: [...wanted], later: [...later], ...(isBehind ? { is_behind: true } : {}) }
    })
  }

  /** What breaks a rule is told to the caller, and held against it. */
  async #judged<T>(key: string | undefined, job: () => Promise<T>): Promise<T> {
    const { sync } = this.#options
    try {
      return await job()
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      const state = key === undefined ? undefined : sync.book.find(key)
      if (state) sync.book.punish(state, `it sends what breaks ${error.rule}`)
      throw new ApiError('INVALID_PARAMS', error.message, { rule: error.rule })
    }
  }

  #isOfAnotherChain({ chainId }: Caller): boolean {
    return chainId !== undefined && chainId !== this.#options.blockchain.chain.id
  }
}

/** Undefined where the call does not come from the address it names: nobody else is to answer for it. */
function keyOfCaller({ ip_address, port }: NodeRecord, { ipAddress }: Caller): string | undefined {
  const record = canonicalRecord({ ip_address, port })
  return ipAddress === undefined || ipAddress === record.ip_address ? keyOf(record) : undefined
}
