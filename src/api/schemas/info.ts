import { type Static, Type as T } from '@sinclair/typebox'

/** Largest reward per block that keeps amounts within integers both sides of JSON agree on. */
const MAX_REWARD_COINS = 1_000_000

/** Seconds; a year is longer than any test of patience. */
export const MAX_BLOCK_TIME = 31_536_000

const Count = T.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** What a node says about its chain. */
export const BlockchainInfo = T.Object(
  {
    name: T.String({
      minLength: 1,
      maxLength: 64,
      // No control characters, and no half of a surrogate pair: the name is hashed as UTF-8.
      pattern: '^[^\\p{Cc}\\p{Cs}]+$',
      description: 'Name of the network.',
    }),
    height: T.Integer({
      minimum: -1,
      maximum: 0xffffffff,
      description: 'Height of the last block; -1 before block 0.',
    }),
    total_transactions: Count,
    total_addresses: Count,
    block_time: T.Integer({
      minimum: 1,
      maximum: MAX_BLOCK_TIME,
      description: 'Wanted pace of blocks, in seconds.',
    }),
    block_reward: T.Number({
      minimum: 0,
      maximum: MAX_REWARD_COINS,
      format: 'coins',
      description: 'Reward of a block, in coins with at most eight decimals.',
    }),
  },
  { additionalProperties: false },
)
export type BlockchainInfo = Static<typeof BlockchainInfo>

/** The keys that define the chain; the others follow from its blocks. */
export const CONSENSUS_KEYS = ['name', 'block_time', 'block_reward'] as const
export const DERIVED_KEYS = ['height', 'total_transactions', 'total_addresses'] as const
