import { type Static, Type as T } from '@sinclair/typebox'

const MAX_U32 = 0xffffffff

/** The hash of a block or the id of a transaction. */
export const Hash = T.String({ pattern: '^[0-9a-f]{64}$', description: '64 lower-case hex digits' })

export const Address = T.String({
  pattern: '^0x[0-9a-f]{40}$',
  description: 'an address: 0x and 40 lower-case hex digits',
})

export const Height = T.Integer({ minimum: 0, maximum: MAX_U32, description: 'a height' })

export const Index = T.Integer({ minimum: 0, maximum: MAX_U32, description: 'an index, counted from 0' })

export const Count = T.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** 100,000,000 units are one coin. */
export const Amount = T.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'in units of 10^-8 coin',
})

export const Timestamp = T.Integer({
  minimum: 0,
  maximum: 8_640_000_000_000_000,
  description: 'milliseconds since 1970-01-01T00:00:00Z',
})

/** Names a block: 64 hex digits are a hash, even where all are decimal; a shorter number is a height. */
export const Bid = T.Union([
  T.Integer({ minimum: 0, maximum: MAX_U32, description: 'a height' }),
  T.String({ pattern: '^[0-9a-f]{64}$', description: 'the hash of a block' }),
  T.Literal('last', { description: '"last"' }),
])
export type Bid = Static<typeof Bid>

/** Names a transaction within its block: 64 hex digits are an id, a shorter number is an index. */
export const Tid = T.Union([
  T.Integer({ minimum: 0, maximum: MAX_U32, description: 'an index within the block' }),
  T.String({ pattern: '^[0-9a-f]{64}$', description: 'the id of a transaction' }),
])
export type Tid = Static<typeof Tid>

export const BlockReference = T.Object({ hash: Hash, height: Height }, { additionalProperties: false })
export type BlockReference = Static<typeof BlockReference>
