import { type Static, Type as T } from '@sinclair/typebox'
import { NodeRecord } from './node.js'

/** Bounds of one message between nodes; a node that asks for more is refused. */
export const MAX_HEADERS = 2000
export const MAX_BLOCKS = 128
export const MAX_LOCATOR = 128
export const MAX_IDS = 1000

const Hash = T.String({ pattern: '^[0-9a-f]{64}$', description: '64 hex digits.' })

/** Content is judged by the rules of the chain, not by a schema. */
const Content = (description: string) => T.Object({}, { additionalProperties: true, description })

const Header = Content('Header of a block, as in its file.')
const Transaction = Content('A transaction, as in blocks.')

export const SyncStatus = T.Object(
  {
    chain_id: Hash,
    height: T.Integer({ minimum: -1, maximum: 0xffffffff }),
    tip: T.Union([Hash, T.Null()], { description: 'Hash of the last block; null before block 0.' }),
    work: T.String({
      pattern: '^[0-9a-f]{1,64}$',
      description: 'Hashes that the chain stands for, in hex.',
    }),
  },
  { additionalProperties: false },
)
export type SyncStatus = Static<typeof SyncStatus>

export const HeadersQuery = T.Object(
  {
    locator: T.Array(Hash, {
      maxItems: MAX_LOCATOR,
      description:
        'Hashes of a branch, the latest first: the answer starts after the first that the chain holds.',
    }),
    count: T.Integer({ minimum: 1, maximum: MAX_HEADERS }),
  },
  { additionalProperties: false },
)
export const Headers = T.Object({ headers: T.Array(Header) }, { additionalProperties: false })
export type Headers = Static<typeof Headers>

export const BlocksQuery = T.Object(
  { hashes: T.Array(Hash, { minItems: 1, maxItems: MAX_BLOCKS }) },
  { additionalProperties: false },
)
export const Blocks = T.Object(
  { blocks: T.Array(Content('A block, as in its file.')) },
  { additionalProperties: false },
)
export type Blocks = Static<typeof Blocks>

export const Announcement = T.Object(
  {
    ...NodeRecord.properties,
    header: Header,
    transactions: T.Optional(T.Array(Transaction, { description: 'All of the block, where they are few.' })),
  },
  { additionalProperties: false },
)
export type Announcement = Static<typeof Announcement>

export const AnnouncementAnswer = T.Object(
  {
    verdict: T.Union(
      (['known', 'taken', 'wanted', 'orphan', 'ignored'] as const).map((verdict) => T.Literal(verdict)),
      {
        description:
          'known: held already; taken: it is being checked; wanted: it will be fetched; orphan: its parent is unknown, so ' +
          'headers will be fetched; ignored: not now',
      },
    ),
  },
  { additionalProperties: false },
)
export type AnnouncementAnswer = Static<typeof AnnouncementAnswer>

export const Offer = T.Object(
  {
    ...NodeRecord.properties,
    ids: T.Optional(T.Array(Hash, { maxItems: MAX_IDS })),
    transactions: T.Optional(
      T.Array(Transaction, { maxItems: MAX_IDS, description: 'Those of which the node said it wants them.' }),
    ),
  },
  { additionalProperties: false },
)
export type Offer = Static<typeof Offer>

export const OfferAnswer = T.Object(
  {
    wanted: T.Array(Hash, { description: 'To be sent now.' }),
    later: T.Array(Hash, { description: 'Promised by another node; to be offered again if that one fails.' }),
    is_behind: T.Optional(
      T.Boolean({ description: 'This node is fetching blocks yet: all are to be offered again later.' }),
    ),
  },
  { additionalProperties: false },
)
export type OfferAnswer = Static<typeof OfferAnswer>
