import type { Json } from '../base/json.js'

/**
 * What every node of one chain must agree on. Their hash is the chain id, so two nodes with different settings are on
 * different chains by definition. Everything is an integer: it is hashed.
 */
export interface ConsensusSettings {
  /** The name of the network. */
  readonly name: string
  /** Wanted pace of blocks, in seconds. */
  readonly blockTime: number
  /** What a block's coinbase creates beyond the fees, in units (10^-8 coin). */
  readonly blockReward: number
  /** Blocks that must lie on top of a coinbase before its outputs may be spent (0: at once in the next block). */
  readonly coinbaseMaturity: number
  /** Easiest proof of work, in compact form (as in the header). */
  readonly powLimitBits: number
  /** asert: difficulty follows the pace of blocks; none: always the easiest target. */
  readonly retarget: 'asert' | 'none'
  /** Blocks ahead of (or behind) the wanted pace that double (or halve) the difficulty. */
  readonly halfLifeBlocks: number
  /** In ms since 1970: block 0 may not be older. */
  readonly genesisTime: number
  /** How far a block's timestamp may lie ahead of the validating node's clock, in ms. */
  readonly maxFutureMs: number
  /** How old a transaction without inputs may be when it is mined, in ms against the median time past. */
  readonly maxTransactionAgeMs: number
  /** Largest block, in bytes of its canonical JSON. */
  readonly maxBlockBytes: number
  /** Largest transaction, in bytes of its canonical JSON. */
  readonly maxTransactionBytes: number
  /** Most inputs, and most outputs, of one transaction. */
  readonly maxTransactionParts: number
}

/** The settings as they stand in JSON (snake_case), the form that is hashed into the chain id. */
export function settingsToJson(settings: ConsensusSettings): Record<string, Json> {
  return {
    name: settings.name,
    block_time: settings.blockTime,
    block_reward: settings.blockReward,
    coinbase_maturity: settings.coinbaseMaturity,
    pow_limit_bits: settings.powLimitBits,
    retarget: settings.retarget,
    half_life_blocks: settings.halfLifeBlocks,
    genesis_time: settings.genesisTime,
    max_future_ms: settings.maxFutureMs,
    max_transaction_age_ms: settings.maxTransactionAgeMs,
    max_block_bytes: settings.maxBlockBytes,
    max_transaction_bytes: settings.maxTransactionBytes,
    max_transaction_parts: settings.maxTransactionParts,
  }
}
