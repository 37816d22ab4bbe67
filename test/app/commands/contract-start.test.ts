import { afterEach, expect, test } from '@jest/globals'
import { metadata } from '../../../src/app/commands/contract/metadata.js'
import { server } from '../../../src/app/commands/contract/server.js'
import { start } from '../../../src/app/commands/contract/start.js'
import { HelpAsked, SettingsError } from '../../../src/app/settings/errors.js'

const before = { ...process.env }
afterEach(() => {
  for (const name of Object.keys(process.env))
    if (!(name in before)) Reflect.deleteProperty(process.env, name)
})

const dial = ['--peer.address', 'localhost:1', '--chaincode-id-name', 'x']
const serve = ['--chaincode-address', 'localhost:0', '--chaincode-id', 'x']
const tls = { CORE_PEER_TLS_ENABLED: 'TRUE', CORE_PEER_TLS_ROOTCERT_FILE: 'package.json' }

test.each([
  [start, [], {}, 'Missing required argument: peer.address'],
  [start, ['--peer.address', 'localhost:1'], {}, 'Missing required argument: chaincode-id-name'],
  [
    start,
    ['--peer.address', ''],
    { CORE_CHAINCODE_ID_NAME: 'x' },
    'The "peer.address" program argument must be set to a legitimate value of <host>:<port>',
  ],
  [
    start,
    ['--peer.address', 'https://localhost:1', '--chaincode-id-name', 'x'],
    {},
    'The "peer.address" program argument can not be set to an "http(s)" url, use grpc(s) or omit the protocol',
  ],
  [
    start,
    dial,
    { ...tls, CORE_TLS_CLIENT_KEY_PATH: 'package.json' },
    'The client key and cert are needed when TLS is enabled, but environment variables specifying the paths to these files are missing',
  ],
  [
    start,
    dial,
    { CORE_PEER_TLS_ENABLED: 'true' },
    'CORE_PEER_TLS_ROOTCERT_FILE has to name the certificates of the peer',
  ],
  [start, [...dial, '--wrong'], {}, 'Unknown argument: wrong'],
  [start, [...dial, '--module-path', 'test'], {}, /ENOENT.*package\.json/],
  [server, ['--chaincode-address', 'localhost:0'], {}, 'Missing required argument: chaincode-id'],
  [
    server,
    [...serve, '--chaincode-tls-key-file', 'package.json'],
    {},
    'A TLS option is set but no cert is specified',
  ],
  [
    server,
    serve,
    { CORE_CHAINCODE_TLS_CERT_PATH: 'package.json' },
    'A TLS option is set but no key is specified',
  ],
  [
    server,
    [...serve, '--chaincode-tls-key-file', 'package.json', '--chaincode-tls-key-path', 'package.json'],
    {},
    'Arguments chaincode-tls-key-file and chaincode-tls-key-path are mutually exclusive',
  ],
])('$name %j fails as in Fabric: with status 1, and not as wrong usage', async (command, args, env, text) => {
  Object.assign(process.env, env)
  const failure = command.run(args)
  await expect(failure).rejects.toThrow(text)
  await expect(failure).rejects.not.toBeInstanceOf(SettingsError)
})

test.each([start, server])('$name explains itself, with the flags of Fabric', async (command) => {
  await expect(command.run(['--help'])).rejects.toThrow(HelpAsked)
  await expect(command.run(['--help'])).rejects.toThrow('grpc.keepalive_time_ms')
})

test('metadata has nothing but generate', async () => {
  await metadata.run(['show'])
  expect(process.exitCode).toBe(2)
  process.exitCode = undefined
})
