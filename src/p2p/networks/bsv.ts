import { checkpointsOf, SHARED_MAINNET_CHECKPOINTS, SHARED_TESTNET_CHECKPOINTS } from './checkpoints.js'
import { defineNetwork } from './define-network.js'
import { MAINNET_GENESIS, REGTEST_GENESIS, TESTNET_GENESIS } from './genesis.js'

/** User agents of BCH nodes, which have the same magic. */
const BCH_USER_AGENTS = ['abc', 'cash', 'bch']

const mainnet = defineNetwork({
  name: 'mainnet',
  family: 'bsv',
  magic: Uint8Array.of(0xe3, 0xe1, 0xf3, 0xe8),
  port: 8333,
  genesis: MAINNET_GENESIS,
  rules: {
    powLimitBits: 0x1d00ffff,
    versionHeights: [227_931, 363_725, 388_381],
    emergency: { first: 478_559, last: 504_031 },
    daaParentHeight: 504_031,
  },
  checkpoints: checkpointsOf({
    ...SHARED_MAINNET_CHECKPOINTS,
    478558: '011865af4122fe3b144e2cbeea86142e8ff2fb4107352d43',
    // BTC has another block here.
    478559: '651ef99cb9fcbe0dadde1d424bd9f15ff20136191a5eec',
    504031: '011ebf65b60d0a3de80b8175be709d653b4c1a1beeb6ab9c',
    530359: '011ada8bd08f46074f44a8f155396f43e38acf9501c49103',
    // BCH has another block here.
    556767: '01d956714215d96ffc00e0afda4cd0a96c96f8d802b1662b',
  }),
  minimumChainWork: 0xa0f3064330647e2f6c4828n,
  dnsSeeds: ['seed.bitcoinsv.io', 'seed.satoshisvision.network', 'seed.bitcoinseed.directory'],
  foreignUserAgents: BCH_USER_AGENTS,
})

const testnet = defineNetwork({
  name: 'testnet',
  family: 'bsv',
  magic: Uint8Array.of(0xf4, 0xe5, 0xf3, 0xf4),
  port: 18333,
  genesis: TESTNET_GENESIS,
  rules: {
    powLimitBits: 0x1d00ffff,
    versionHeights: [21_111, 330_776, 581_885],
    minDifficultyBlocks: true,
    daaParentHeight: 1_188_697,
  },
  checkpoints: checkpointsOf({
    ...SHARED_TESTNET_CHECKPOINTS,
    1155875: 'f17c850672894b9a75b63a1e72830bbd5f4c8889b5c1a80e7faef138',
    1188697: '170ed0918077bde7b4d36cc4c91be69fa09211f748240dabe047fb',
  }),
  minimumChainWork: 0x2a650f6ff7649485dan,
  dnsSeeds: [
    'testnet-seed.bitcoinsv.io',
    'testnet-seed.bitcoincloud.net',
    'testnet-seed.bitcoinseed.directory',
  ],
  foreignUserAgents: BCH_USER_AGENTS,
})

/** The scaling test network starts anew now and then, so that it has no checkpoints. */
const stn = defineNetwork({
  name: 'scaling-testnet',
  family: 'bsv',
  magic: Uint8Array.of(0xfb, 0xce, 0xc4, 0xf9),
  port: 9333,
  genesis: TESTNET_GENESIS,
  rules: {
    powLimitBits: 0x1d00ffff,
    versionHeights: [100_000_000, 100_000_000, 100_000_000],
    daaParentHeight: 2_200,
  },
  dnsSeeds: ['stn-seed.bitcoinsv.io', 'stn-seed.bitcoinseed.directory'],
})

const regtest = defineNetwork({
  name: 'regtest',
  family: 'bsv',
  magic: Uint8Array.of(0xda, 0xb5, 0xbf, 0xfa),
  port: 18444,
  genesis: REGTEST_GENESIS,
  rules: { powLimitBits: 0x207fffff, versionHeights: [100_000_000, 1_251, 1_351], noRetarget: true },
})

/** The networks of BSV. Their names, and so their files, are those that ConduitP2P uses. */
export const bsv = { mainnet, testnet, stn, regtest } as const
