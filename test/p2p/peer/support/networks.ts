import type { Network } from '../../../../src/p2p/networks/network.js'

const genesis = Buffer.from(
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4adae5494dffff7f2002000000',
  'hex',
)

export const bsv: Network = {
  name: 'regtest',
  family: 'bsv',
  magic: Uint8Array.of(0xda, 0xb5, 0xbf, 0xfa),
  port: 18_444,
  genesis: Uint8Array.from(genesis),
  rules: { powLimitBits: 0x207fffff, versionHeights: [0, 0, 0], noRetarget: true },
  checkpoints: [],
  minimumChainWork: 0n,
  dnsSeeds: [],
  foreignUserAgents: ['abc', 'cash', 'bch'],
}

export const btc: Network = {
  ...bsv,
  family: 'btc',
  magic: Uint8Array.of(0xfa, 0xbf, 0xb5, 0xda),
  foreignUserAgents: [],
}
