import { describe, expect, test } from '@jest/globals'
import { SettingsError } from '../../../src/app/settings/errors.js'
import { nodeSettings } from '../../../src/app/settings/node-settings.js'
import { CLIENT } from '../../../src/app/settings/programs.js'
import { configFile } from '../../support/config-file.js'

const client = (...args: string[]) => nodeSettings(CLIENT, args, {})

describe('a mistake is one line that names the culprit', () => {
  test.each<[string[], string]>([
    [['--prot', '1'], 'prot'],
    [['--block-temp', 'x'], 'block-temp'],
    [['--p', '1', '--nonsense'], 'nonsense'],
    [['-p5'], 'p5'],
    [['-bfx'], 'bfx'],
    [['--__proto__', '1'], 'proto'],
    [['--constructor', '1'], 'constructor'],
    [['--no-port'], 'no-port'],
    [['word'], 'takes no words'],
    [['-p', '1', 'word'], 'takes no words'],
    [['--', 'word'], 'takes no words'],
    [['-p'], 'following: p'],
    [['-p', '--ip', '127.0.0.1'], 'following: p'],
    [['--port', 'abc'], '--port'],
    [['--port', ''], '--port'],
    [['--port='], '--port'],
    [['--port', '-1'], '--port'],
    [['--port', '65536'], '--port'],
    [['--port', '1.5'], '--port'],
    [['--port', '1e3'], '--port'],
    [['--port', '0x10'], '--port'],
    [['--port', ' 5'], '--port'],
    [['--port', 'NaN'], '--port'],
    [['-dp', '0'], '--dns_port'],
    [['-i', 'localhost'], '--ip'],
    [['-i', '127.1'], '--ip'],
    [['-i', 'fe80::1%eth0'], '--ip'],
    [['-di', 'http://x'], '--dns_ip'],
    [['-di', '1.2.3'], '--dns_ip'],
    [['-di', 'a b'], '--dns_ip'],
    [['-di', 'x/y'], '--dns_ip'],
    [['-k', '0'], '--kn_limit'],
    [['-k', '1001'], '--kn_limit'],
    [['-u', '0'], '--upd_int'],
    [['-u', '-5'], '--upd_int'],
    [['-u', 'Infinity'], '--upd_int'],
    [['--request-timeout', '0'], '--request-timeout'],
    [['--max-failures', '0'], '--max-failures'],
    [['--advertise', '127.0.0.1'], '--advertise'],
    [['--advertise', '::1:80'], '--advertise'],
    [['--advertise', 'localhost:80'], '--advertise'],
    [['--advertise', '127.0.0.1:0'], '--advertise'],
    [['--advertise', '127.0.0.1:99999'], '--advertise'],
    [['--profile', 'prod'], '--profile'],
    [['--log-level', 'loud'], '--log-level'],
    [['--allow-subnet', '10.0.0.0/33'], '--allow-subnet'],
    [['--allow-subnet', '10.0.0.0/8,,'], '--allow-subnet'],
    [['--allow-host', 'http://x'], '--allow-host'],
    [['--admin-token', 'short'], '--admin-token'],
    [['--admin-token', 'with a blank'], '--admin-token'],
    [['-n', '../x'], '--nodes'],
    [['-n', '..'], '--nodes'],
    [['-bf', '/etc'], '--blocks'],
    [['-bt', 'a/b'], '--block_temp'],
    [['-bt', 'block1'], '--block_temp'],
    [['-d', ''], '--dir'],
  ])('%j', async (args, culprit) => {
    const error: unknown = await client(...args).catch((fault: unknown) => fault)
    expect(error).toBeInstanceOf(SettingsError)
    expect((error as Error).message).toContain(culprit)
    expect((error as Error).message).not.toContain('\n')
  })

  test.each([
    [
      ['-n', 'x', '-b', 'x'],
      ['--nodes', '--blockchain'],
    ],
    [
      ['-n', 'x.json', '-b', 'X.JSON'],
      ['--nodes', '--blockchain'],
    ],
    [
      ['-bf', 'wallets.json'],
      ['--wallets', '--blocks'],
    ],
    [
      ['-n', 'lock'],
      ['--nodes', 'lock'],
    ],
    [
      ['-w', 'node_state.json'],
      ['--wallets', 'node_state.json'],
    ],
  ])('%j: two things cannot have one name in the data folder', async (args, culprits) => {
    for (const culprit of culprits) await expect(client(...args)).rejects.toThrow(culprit)
  })

  test('in the environment or the config file is named by its place', async () => {
    await expect(nodeSettings(CLIENT, [], { TERRARIUM_PORT: 'x' })).rejects.toThrow(
      'TERRARIUM_PORT takes a whole number',
    )
    const path = await configFile({ port: 'x' })
    await expect(client('--config', path)).rejects.toThrow(`port in ${path} takes a whole number`)
  })

  test.each([
    ['{', 'JSON'],
    ['[]', 'no JSON object'],
    ['{"port":1,"port":2}', 'twice'],
    ['{"prot":1}', '"prot"'],
    ['{"request-timeout":1}', '"request-timeout"'],
    ['{"__proto__":1}', '"__proto__"'],
    ['{"port":true}', 'port'],
    ['{"port":null}', 'port'],
    ['{"port":{}}', 'port'],
    ['{"config":"x"}', '"config"'],
  ])('a config file of %s is named with its fault', async (text, fault) => {
    const path = await configFile(text)
    await expect(client('--config', path)).rejects.toThrow(path)
    await expect(client('--config', path)).rejects.toThrow(fault)
  })

  test('a config file that is not there is named', async () => {
    await expect(client('--config', '/nowhere/x.json')).rejects.toThrow('/nowhere/x.json')
  })

  test('a secret is not told back', async () => {
    await expect(client('--admin-token', 'sec ret')).rejects.not.toThrow('sec ret')
  })
})
