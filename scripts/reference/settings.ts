import type { ConsensusSettings } from '../../src/ledger/settings.js'

/** Of the reference chain: limits so low that blocks a person can read reach them. */
export const settings: ConsensusSettings = {
  name: 'reference',
  blockTime: 10,
  blockReward: 150_000_000,
  coinbaseMaturity: 2,
  powLimitBits: 0x207fffff,
  retarget: 'asert',
  halfLifeBlocks: 12,
  genesisTime: 1_767_225_600_000,
  maxFutureMs: 60_000,
  maxTransactionAgeMs: 600_000,
  maxBlockBytes: 20_000,
  maxTransactionBytes: 8_000,
  maxTransactionParts: 8,
}
