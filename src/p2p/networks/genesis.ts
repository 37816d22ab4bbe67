/** The first headers of the networks, 80 bytes each. */

const MERKLE_ROOT = '3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a'
const TESTNET4_MERKLE_ROOT = '4e7b2b9128fe0291db0693af2ae418b767e657cd407e80cb1434221eaea7a07a'

/** `rest` is time, bits and nonce as they travel. */
const genesis = (rest: string, merkleRoot = MERKLE_ROOT): Uint8Array =>
  new Uint8Array(Buffer.from(`01000000${'00'.repeat(32)}${merkleRoot}${rest}`, 'hex'))

export const MAINNET_GENESIS = genesis('29ab5f49ffff001d1dac2b7c')
export const TESTNET_GENESIS = genesis('dae5494dffff001d1aa4ae18')
export const REGTEST_GENESIS = genesis('dae5494dffff7f2002000000')
export const TESTNET4_GENESIS = genesis('046f3566ffff001dbb0c7817', TESTNET4_MERKLE_ROOT)
export const SIGNET_GENESIS = genesis('008f4d5fae77031e8ad22203')
