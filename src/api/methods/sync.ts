import { Type as T } from '@sinclair/typebox'
import { type Caller, methods } from '../method.js'
import {
  Announcement,
  AnnouncementAnswer,
  Blocks,
  BlocksQuery,
  Headers,
  HeadersQuery,
  Offer,
  OfferAnswer,
  SyncStatus,
} from '../schemas/sync.js'

/** What nodes do for each other to stay on one chain. */
export interface SyncPort {
  status(): SyncStatus
  headers(locator: readonly string[], count: number): Headers
  blocks(hashes: readonly string[]): Promise<Blocks>
  announced(announcement: Announcement, caller: Caller): Promise<AnnouncementAnswer>
  offered(offer: Offer, caller: Caller): Promise<OfferAnswer>
}

const method = methods<{ sync: SyncPort }>()

const HASH = '1d1f0b6e3c8e5d0a9b4c7e2f6a8d3b5c0e9f7a1b2c4d6e8f0a1b3c5d7e9f1a2b'
/** A header of an easy chain, whose parent nobody has. */
const HEADER = {
  version: 1,
  height: 1,
  hash: '00edf66da10be9857797fa33e1553169e1ecb53256065213d9d154de1b04cb92',
  previous_hash: HASH,
  merkle_root: HASH,
  transaction_count: 1,
  timestamp: 1767225601000,
  bits: 536936447,
  nonce: '00000000000000b8',
}

const NODE = { ip_address: '127.0.0.1', port: 50000 }

export const sync = {
  'sync.status': method({
    summary: 'How far the chain of this node is',
    params: T.Object({}, { additionalProperties: false }),
    result: SyncStatus,
    http: 'GET /sync/status/',
    changesWith: ['blockchain.changed'],
    example: { params: {}, result: { chain_id: HASH, height: -1, tip: null, work: '0' } },
    handle: (_, { sync }) => sync.status(),
  }),
  'sync.headers': method({
    summary: 'Headers of the chain after the last one shared with the caller',
    params: HeadersQuery,
    result: Headers,
    http: 'POST /sync/headers/',
    example: { params: { locator: [], count: 2000 }, result: { headers: [] } },
    handle: ({ locator, count }, { sync }) => sync.headers(locator, count),
  }),
  'sync.blocks': method({
    summary: 'Blocks by hash, of any branch: as many of the first as one answer holds',
    params: BlocksQuery,
    result: Blocks,
    http: 'POST /sync/blocks/',
    example: { params: { hashes: [HASH] }, result: { blocks: [] } },
    handle: ({ hashes }, { sync }) => sync.blocks(hashes),
  }),
  'sync.announce': method({
    summary: 'A node tells of a new block; where it is small, with its transactions',
    params: Announcement,
    result: AnnouncementAnswer,
    http: 'POST /sync/announce/',
    example: { params: { ...NODE, header: HEADER }, result: { verdict: 'ignored' } },
    handle: (announcement, { sync }, caller) => sync.announced(announcement, caller),
  }),
  'sync.offer': method({
    summary: 'A node offers pending transactions by id, and sends those that are wanted',
    params: Offer,
    result: OfferAnswer,
    http: 'POST /sync/transactions/',
    example: { params: { ...NODE, ids: [HASH] }, result: { wanted: [HASH], later: [] } },
    handle: (offer, { sync }, caller) => sync.offered(offer, caller),
  }),
}
