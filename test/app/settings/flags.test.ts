import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DEFAULTS } from '../../../src/app/settings/defaults.js'
import { HelpAsked } from '../../../src/app/settings/errors.js'
import type { ProgramText } from '../../../src/app/settings/layers.js'
import { type NodeSettings, nodeSettings } from '../../../src/app/settings/node-settings.js'
import { CLIENT, DNS_SERVER } from '../../../src/app/settings/programs.js'
import { configKey, environmentName, type Setting } from '../../../src/app/settings/setting.js'
import { SETTINGS } from '../../../src/app/settings/table.js'
import { temporaryFolder } from '../../support/cleanup.js'
import { configFile } from '../../support/config-file.js'

const client = (...args: string[]) => nodeSettings(CLIENT, args, {})
const dns = (...args: string[]) => nodeSettings(DNS_SERVER, args, {})

/** Settings of contracts where none is given. */
const CONTRACTS: NodeSettings['contracts'] = {
  port: undefined,
  channel: 'mychannel',
  timeoutMs: 30_000,
  tls: undefined,
  autoDeploy: true,
  organisations: undefined,
}

/** A text each setting takes, and the part of the settings it becomes. */
const SAMPLES: Readonly<
  Record<keyof typeof SETTINGS, readonly [text: string, settings: Partial<NodeSettings>]>
> = {
  ip: ['::0:1', { ip: '::1' }],
  port: ['55000', { port: 55000 }],
  advertise: ['[::1]:7', { advertise: { ip_address: '::1', port: 7 } }],
  dir: ['some where', { dir: 'some where' }],
  nodes: ['n.json', { nodesFile: 'n.json' }],
  blockchain: ['b.json', { blockchainFile: 'b.json' }],
  blocks: ['myblocks', { blocksFolder: 'myblocks' }],
  blockTemplate: ['blk', { blockTemplate: 'blk' }],
  transactions: ['t.json', { transactionsFile: 't.json' }],
  wallets: ['w.json', { walletsFile: 'w.json' }],
  updateIntervalMs: ['1.5', { updateIntervalMs: 1500 }],
  knownNodesLimit: ['7', { knownNodesLimit: 7 }],
  dnsHost: ['Seed.Example', { seed: { host: 'seed.example', port: 42020 } }],
  dnsPort: ['42021', { seed: { host: '127.0.0.1', port: 42021 } }],
  requestTimeoutMs: ['0.25', { requestTimeoutMs: 250 }],
  maxFailures: ['4', { maxFailures: 4 }],
  profile: ['public', { profile: 'public' }],
  mine: ['pow', { mine: 'pow' }],
  rewardAddress: [`0x${'ab'.repeat(20)}`, { rewardAddress: `0x${'ab'.repeat(20)}` }],
  mineIntervalMs: ['0.5', { mineIntervalMs: 500 }],
  mineThreads: ['2', { mineThreads: 2 }],
  gatherMs: ['0.1', { gatherMs: 100 }],
  allowSubnets: [
    '10.0.0.0/8, fd00::/8',
    {
      allowSubnets: [
        { network: '10.0.0.0', prefixLength: 8 },
        { network: 'fd00::', prefixLength: 8 },
      ],
    },
  ],
  allowHosts: ['a.example,B.example', { allowHosts: ['a.example', 'b.example'] }],
  adminToken: ['12345678', { adminToken: '12345678' }],
  logLevel: ['debug', { logLevel: 'debug' }],
  contractPort: ['7052', { contracts: { ...CONTRACTS, port: 7052 } }],
  contractChannel: ['my-channel', { contracts: { ...CONTRACTS, channel: 'my-channel' } }],
  contractTimeoutMs: ['1.5', { contracts: { ...CONTRACTS, timeoutMs: 1500 } }],
  contractTls: ['some where', { contracts: { ...CONTRACTS, tls: 'some where' } }],
  contractAutoDeploy: ['off', { contracts: { ...CONTRACTS, autoDeploy: false } }],
  organisations: ['Org1MSP, B', { contracts: { ...CONTRACTS, organisations: ['Org1MSP', 'B'] } }],
}
const settings = Object.entries(SETTINGS) as [keyof typeof SETTINGS, Setting<unknown>][]
const knownTo = (program: 'client' | 'dns') =>
  settings.filter(([, { programs }]) => programs.includes(program))
const programs: readonly ProgramText[] = [CLIENT, DNS_SERVER]

describe('without any flag', () => {
  test('a client runs with the defaults', async () => {
    expect(await client()).toMatchObject({
      role: 'client',
      ip: '127.0.0.1',
      port: undefined,
      dir: undefined,
      nodesFile: 'nodes.json',
      blockchainFile: 'blockchain.json',
      blocksFolder: 'blocks',
      blockTemplate: 'block',
      transactionsFile: 'transactions.json',
      walletsFile: 'wallets.json',
      updateIntervalMs: 60_000,
      requestTimeoutMs: 5000,
      knownNodesLimit: 10,
      seed: { host: '127.0.0.1', port: 42020 },
    })
  })

  test('a seed server listens on 42020 and asks nobody', async () => {
    expect(await dns()).toMatchObject({
      role: 'dns',
      ip: '127.0.0.1',
      port: 42020,
      updateIntervalMs: 60_000,
      seed: undefined,
    })
  })
})

test.each(knownTo('client').filter(([, { programs: all }]) => !all.includes('dns')))(
  'a seed server knows no flag for its %s',
  async (_, { flag }) => {
    await expect(dns(`--${flag}`, 'x')).rejects.toThrow(flag)
  },
)

describe.each(programs)('every flag of $name', ({ program, ...text }) => {
  const own = knownTo(program)

  test.each(own)('%s, long and short, with a blank or an equals sign', async (name, { flag, short }) => {
    const [value, expected] = SAMPLES[name]
    const forms = [
      [`--${flag}`, value],
      [`--${flag}=${value}`],
      ...(short === undefined ? [] : [[`-${short}`, value], [`-${short}=${value}`]]),
    ]
    for (const args of forms)
      expect(await nodeSettings({ program, ...text }, args, {})).toMatchObject(expected)
  })

  test.each(own)('%s comes from the environment and from a config file as well', async (name, setting) => {
    const [value, expected] = SAMPLES[name]
    expect(await nodeSettings({ program, ...text }, [], { [environmentName(setting)]: value })).toMatchObject(
      expected,
    )
    const config = await configFile({ [configKey(setting)]: value })
    expect(await nodeSettings({ program, ...text }, ['--config', config], {})).toMatchObject(expected)
    expect(await nodeSettings({ program, ...text }, [], { TERRARIUM_CONFIG: config })).toMatchObject(expected)
  })
})

test('the original command lines mean what they say', async () => {
  expect(await dns('--port', '42020')).toMatchObject({ port: 42020 })
  expect(await client('-p', '55000', '-bf', 'blocks', '-bt', 'block')).toMatchObject({
    port: 55000,
    blocksFolder: 'blocks',
    blockTemplate: 'block',
    blockchainFile: 'blockchain.json',
    transactionsFile: 'transactions.json',
  })
  expect(
    await client('-i', '10.0.0.1', '-di', '10.0.0.2', '-dp', '42021', '-d', 'x', '-b', 'y'),
  ).toMatchObject({ ip: '10.0.0.1', seed: { host: '10.0.0.2', port: 42021 }, dir: 'x', blockchainFile: 'y' })
})

describe('precedence', () => {
  const NUMERIC = ['upd_int', 'kn_limit', 'max-failures', 'request-timeout'] as const
  const KEYS = {
    upd_int: 'updateIntervalMs',
    kn_limit: 'knownNodesLimit',
    'max-failures': 'maxFailures',
    'request-timeout': 'requestTimeoutMs',
  } as const
  const given = fc.option(fc.integer({ min: 1, max: 100 }), { nil: undefined })

  test('is flag, environment, config file, default', async () => {
    const folder = await temporaryFolder()
    const fallback = await client()
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...NUMERIC),
        given,
        given,
        given,
        async (flag, onLine, inEnvironment, inFile) => {
          const path = join(folder, 'config.json')
          await writeFile(path, JSON.stringify(inFile === undefined ? {} : { [configKey({ flag })]: inFile }))
          const environment =
            inEnvironment === undefined ? {} : { [environmentName({ flag })]: String(inEnvironment) }
          const args = ['--config', path, ...(onLine === undefined ? [] : [`--${flag}`, String(onLine)])]
          const found = await nodeSettings(CLIENT, args, environment)
          const wanted = onLine ?? inEnvironment ?? inFile
          const unit = flag === 'upd_int' || flag === 'request-timeout' ? 1000 : 1
          expect(found).toEqual({
            ...fallback,
            ...(wanted === undefined ? {} : { [KEYS[flag]]: wanted * unit }),
          })
        },
      ),
      { numRuns: 50 },
    )
  })

  test('of a flag given twice: the later counts, whatever its form, as --help says', async () => {
    expect((await client('-p', '1', '-p', '2')).port).toBe(2)
    expect((await client('--port', '1', '-p', '2')).port).toBe(2)
    expect((await client('-p', '2', '--port=1')).port).toBe(1)
    expect((await client('--block_temp', 'a', '-bt', 'b')).blockTemplate).toBe('b')
    expect(await help(CLIENT)).toContain('given twice counts as given last')
  })

  test('an invalid value below one that wins does not matter', async () => {
    expect((await nodeSettings(CLIENT, ['-p', '5'], { TERRARIUM_PORT: 'junk' })).port).toBe(5)
  })

  test('other variables of the environment are none of ours', async () => {
    expect(await nodeSettings(CLIENT, [], { PORT: '1', IP: 'x', TERRARIUM_NOTHING: '1' })).toEqual(
      await client(),
    )
  })
})

describe('--help', () => {
  test.each(programs)(
    'of $name names every flag, its short form and its default',
    async ({ program, ...text }) => {
      const shown = await help({ program, ...text })
      for (const [, { flag, short }] of knownTo(program)) {
        expect(shown).toMatch(new RegExp(`--${flag}\\b`))
        if (short !== undefined) expect(shown).toMatch(new RegExp(`-${short}\\b`))
      }
      expect(shown).toContain(String(DEFAULTS.node.default_update_interval))
      expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110)
    },
  )

  test('is -h as well, whatever else is given', async () => {
    await expect(client('-h')).rejects.toBeInstanceOf(HelpAsked)
    await expect(client('-p', '5', '--help')).rejects.toBeInstanceOf(HelpAsked)
  })

  test('and --version ask for a text, and are no mistake', async () => {
    await expect(client('--version')).rejects.toMatchObject({
      message: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown,
    })
  })
})

async function help(text: ProgramText): Promise<string> {
  const asked: unknown = await nodeSettings(text, ['--help'], {}).catch((error: unknown) => error)
  return (asked as Error).message
}
