import { checkpointsOf, SHARED_MAINNET_CHECKPOINTS, SHARED_TESTNET_CHECKPOINTS } from './checkpoints.js'
import { defineNetwork } from './define-network.js'
import {
  MAINNET_GENESIS,
  REGTEST_GENESIS,
  SIGNET_GENESIS,
  TESTNET4_GENESIS,
  TESTNET_GENESIS,
} from './genesis.js'

const mainnet = defineNetwork({
  name: 'btc-mainnet',
  family: 'btc',
  magic: Uint8Array.of(0xf9, 0xbe, 0xb4, 0xd9),
  port: 8333,
  genesis: MAINNET_GENESIS,
  rules: { powLimitBits: 0x1d00ffff, versionHeights: [227_931, 363_725, 388_381] },
  checkpoints: checkpointsOf(SHARED_MAINNET_CHECKPOINTS),
  minimumChainWork: 0x63c4ebd298db40af57541800n,
  dnsSeeds: [
    'seed.bitcoin.sipa.be',
    'dnsseed.bluematt.me',
    'dnsseed.bitcoin.dashjr.org',
    'seed.bitcoin.jonasschnelli.ch',
    'seed.btc.petertodd.net',
    'seed.bitcoin.sprovoost.nl',
    'dnsseed.emzy.de',
    'seed.bitcoin.wiz.biz',
  ],
})

const testnet3 = defineNetwork({
  name: 'btc-testnet3',
  family: 'btc',
  magic: Uint8Array.of(0x0b, 0x11, 0x09, 0x07),
  port: 18333,
  genesis: TESTNET_GENESIS,
  rules: {
    powLimitBits: 0x1d00ffff,
    versionHeights: [21_111, 330_776, 581_885],
    minDifficultyBlocks: true,
  },
  checkpoints: checkpointsOf(SHARED_TESTNET_CHECKPOINTS),
  minimumChainWork: 0xc59b14e264ba6c15db9n,
  dnsSeeds: [
    'testnet-seed.bitcoin.jonasschnelli.ch',
    'seed.tbtc.petertodd.net',
    'seed.testnet.bitcoin.sprovoost.nl',
  ],
})

const testnet4 = defineNetwork({
  name: 'btc-testnet4',
  family: 'btc',
  magic: Uint8Array.of(0x1c, 0x16, 0x3f, 0x28),
  port: 48333,
  genesis: TESTNET4_GENESIS,
  rules: { powLimitBits: 0x1d00ffff, versionHeights: [1, 1, 1], minDifficultyBlocks: true, bip94: true },
  dnsSeeds: ['seed.testnet4.bitcoin.sprovoost.nl', 'seed.testnet4.wiz.biz'],
})

/** The public one; others are made by `defineSignet`. */
const signet = defineNetwork({
  name: 'btc-signet',
  family: 'btc',
  magic: Uint8Array.of(0x0a, 0x03, 0xcf, 0x40),
  port: 38333,
  genesis: SIGNET_GENESIS,
  rules: { powLimitBits: 0x1e0377ae, versionHeights: [1, 1, 1] },
  minimumChainWork: 0x206e86f08e8n,
  dnsSeeds: ['seed.signet.bitcoin.sprovoost.nl'],
})

const regtest = defineNetwork({
  name: 'btc-regtest',
  family: 'btc',
  magic: Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
  port: 18444,
  genesis: REGTEST_GENESIS,
  rules: { powLimitBits: 0x207fffff, versionHeights: [1, 1, 1], noRetarget: true },
})

/** The networks of BTC. */
export const btc = { mainnet, testnet3, testnet4, signet, regtest } as const
