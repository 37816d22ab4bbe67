import { expect, test } from '@jest/globals'
import { networkSettings } from '../../../src/app/network/network-settings.js'
import { argsOf, planNetwork } from '../../../src/app/network/plan.js'
import { SettingsError } from '../../../src/app/settings/errors.js'

test('without flags there are three nodes from port 55000 on, and a seed server on 42020', async () => {
  expect(await networkSettings([])).toEqual({
    nodes: 3,
    ip: '127.0.0.1',
    basePort: 55_000,
    dnsPort: 42_020,
    directory: 'nodes',
    updateIntervalMs: 1000,
    logLevel: 'warn',
    mine: 'interval',
    miners: 1,
    blockTime: undefined,
  })
})

test.each([
  [['--nodes', '0'], '--nodes takes a whole number from 1 to 50, not "0"'],
  [['--nodes', '51'], '--nodes takes a whole number from 1 to 50, not "51"'],
  [['--nodes', 'abc'], '--nodes takes a whole number from 1 to 50, not "abc"'],
  [['--base-port', '65534'], '--base-port 65534 leaves no room for 3 nodes below 65536'],
  [['--dns-port', '55002'], '--dns-port 55002 is a port of the nodes, which take 55000 to 55002'],
  [['--ip', 'localhost'], '--ip takes a literal address such as 127.0.0.1 or ::1, not "localhost"'],
  [['--update-interval', '0'], '--update-interval takes a number of seconds from 0.05 to 86400, not "0"'],
  [['--log-level', 'loud'], '--log-level takes trace, debug, info, warn, error, fatal, silent, not "loud"'],
  [['--mine', 'gold'], '--mine takes off, auto, interval, pow, not "gold"'],
  [['--miners', '4'], '--miners 4 are more than the 3 nodes'],
  [['--block-time', '0'], '--block-time takes a whole number from 1 to 31536000, not "0"'],
  [['--node', '3'], 'Unknown argument: node'],
  [['three'], 'takes no words, only options'],
])('%j is refused in one line', async (flags, message) => {
  const error: unknown = await networkSettings(flags).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(SettingsError)
  expect(error).toMatchObject({ message })
})

test('a node’s folder is named after its address, in a way every file system takes', async () => {
  const settings = await networkSettings([
    '--base-port',
    '0',
    '--dns-port',
    '0',
    '--directory',
    'x',
    '--nodes',
    '2',
  ])
  const { seed, clients } = await planNetwork({ ...settings, ip: '127.0.0.1' })
  for (const { port, folder } of [seed, ...clients]) expect(folder).toBe(`x/127.0.0.1_${port}`)
  expect(new Set([seed, ...clients].map(({ port }) => port)).size).toBe(3)
})

test('a client looks for as many nodes as the network has beside it, and never for fewer than by default', async () => {
  const seed = { ip_address: '127.0.0.1', port: 42020 }
  for (const [nodes, limit] of [
    ['3', '10'],
    ['11', '10'],
    ['12', '11'],
    ['50', '49'],
  ] as const) {
    const settings = await networkSettings(['--nodes', nodes, '--base-port', '0', '--dns-port', '0'])
    const { clients } = await planNetwork(settings)
    const args = argsOf(clients[0] as never, settings, seed)
    expect(args[args.indexOf('--kn_limit') + 1]).toBe(limit)
  }
})
