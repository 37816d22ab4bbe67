import { describe, expect, test } from '@jest/globals'
import { sha256d, toDisplay } from '../../../src/p2p/hash.js'
import { defineNetwork } from '../../../src/p2p/networks/define-network.js'
import { hasExtendedHeaders, hasWitness } from '../../../src/p2p/networks/network.js'
import { networkNamed, networks, NETWORK_NAMES } from '../../../src/p2p/networks/networks.js'
import { defineSignet, signetMagic } from '../../../src/p2p/networks/signet.js'

const { bsv, btc } = networks
const all = [...Object.values(bsv), ...Object.values(btc)]

/** The challenge of the public signet: one of two keys has to sign. */
const PUBLIC_SIGNET_CHALLENGE = Buffer.from(
  '512103ad5e0edad18cb1f0fc0d28a3d4f1f3e445640337489abb10404f2d1e086be430210359ef5021964fe22d6f8e05b2463c9540ce96883fe3b278760f048f5189f2e6c452ae',
  'hex',
)

describe('the networks', () => {
  test.each([
    ['bsv.mainnet', bsv.mainnet, '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f'],
    ['bsv.testnet', bsv.testnet, '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943'],
    ['bsv.stn', bsv.stn, '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943'],
    ['bsv.regtest', bsv.regtest, '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206'],
    ['btc.mainnet', btc.mainnet, '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f'],
    ['btc.testnet3', btc.testnet3, '000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943'],
    ['btc.testnet4', btc.testnet4, '00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043'],
    ['btc.signet', btc.signet, '00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6'],
    ['btc.regtest', btc.regtest, '0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206'],
  ])('%s starts from the genesis that everybody knows', (_name, network, hash) => {
    expect(toDisplay(sha256d(network.genesis))).toBe(hash)
  })

  test('each has its own magic and its own name', () => {
    expect(new Set(all.map(({ magic }) => Buffer.from(magic).toString('hex'))).size).toBe(all.length)
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
  })

  test('those of BSV have the names, and so the files, of ConduitP2P', () => {
    expect(Object.values(bsv).map(({ name }) => name)).toEqual([
      'mainnet',
      'testnet',
      'scaling-testnet',
      'regtest',
    ])
  })

  test('are found by family and name, and by the names of ConduitP2P', () => {
    expect(networkNamed('bsv-mainnet')).toBe(bsv.mainnet)
    expect(networkNamed('bsv-stn')).toBe(bsv.stn)
    expect(networkNamed('btc-testnet4')).toBe(btc.testnet4)
    expect(networkNamed('mainnet')).toBe(bsv.mainnet)
    expect(networkNamed('scaling-testnet')).toBe(bsv.stn)
    expect(NETWORK_NAMES).toHaveLength(13)
    expect(() => networkNamed('ltc-mainnet')).toThrow(/no network ltc-mainnet.*bsv-mainnet/)
  })

  test('P2P-17 witnesses travel on BTC alone, P2P-3 extended headers on BSV alone', () => {
    for (const network of Object.values(bsv))
      expect([hasWitness(network), hasExtendedHeaders(network)]).toEqual([false, true])
    for (const network of Object.values(btc))
      expect([hasWitness(network), hasExtendedHeaders(network)]).toEqual([true, false])
  })

  test('P2P-20 the main network of BSV parts from BTC at 478559 and from BCH at 556767', () => {
    const at = (height: number): string | undefined => {
      const hash = bsv.mainnet.checkpoints.find((checkpoint) => checkpoint.height === height)?.hash
      return hash && toDisplay(hash)
    }
    expect(at(478559)).toBe('000000000000000000651ef99cb9fcbe0dadde1d424bd9f15ff20136191a5eec')
    expect(at(556767)).toBe('000000000000000001d956714215d96ffc00e0afda4cd0a96c96f8d802b1662b')
    expect(bsv.mainnet.foreignUserAgents).toEqual(['abc', 'cash', 'bch'])
  })
})

describe('a network of one’s own', () => {
  const definition = { ...bsv.regtest, name: 'mine' }

  test('has no checkpoints, seeds and least work unless it says so', () => {
    const { name, family, magic, port, genesis, rules } = definition
    expect(defineNetwork({ name, family, magic, port, genesis, rules })).toMatchObject({
      checkpoints: [],
      dnsSeeds: [],
      foreignUserAgents: [],
      minimumChainWork: 0n,
    })
  })

  test.each([
    ['a name that is a path', { name: '../evil' }],
    ['a magic of three bytes', { magic: new Uint8Array(3) }],
    ['port 0', { port: 0 }],
    ['a port beyond 65535', { port: 65_536 }],
    ['a genesis of 79 bytes', { genesis: new Uint8Array(79) }],
    ['a negative limit', { rules: { ...definition.rules, powLimitBits: 0x20ff_ffff } }],
    ['a limit of more than 256 bits', { rules: { ...definition.rules, powLimitBits: 0x2201_0000 } }],
    ['a limit of zero', { rules: { ...definition.rules, powLimitBits: 0x2000_0000 } }],
    ['negative work', { minimumChainWork: -1n }],
    ['a checkpoint of the genesis', { checkpoints: [{ height: 0, hash: new Uint8Array(32) }] }],
    ['a checkpoint with half a hash', { checkpoints: [{ height: 1, hash: new Uint8Array(16) }] }],
    [
      'checkpoints in the wrong order',
      { checkpoints: [2, 1].map((height) => ({ height, hash: new Uint8Array(32) })) },
    ],
  ])('is refused with %s', (_what, wrong) => {
    expect(() => defineNetwork({ ...definition, ...wrong })).toThrow(
      expect.objectContaining({ name: 'UsageError', code: 'usage' }),
    )
  })

  test('a signet has the magic that follows from its challenge', () => {
    expect(signetMagic(PUBLIC_SIGNET_CHALLENGE)).toEqual(btc.signet.magic)
    const mine = defineSignet('my-signet', Uint8Array.of(0x51))
    expect(mine.magic).not.toEqual(btc.signet.magic)
    expect(mine).toMatchObject({ family: 'btc', minimumChainWork: 0n, dnsSeeds: [] })
  })
})
