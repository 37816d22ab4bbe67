import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Config, ConfigError, loadConfig, parseConfig } from '../src/runtime/config.js'

const REQUIRED = 'server_address: "host:1"\nchain_id: 0123\nsmart_contract_id: c\napi_key: k\n'

function parsed(text: string, environment: Record<string, string> = {}): Config {
  return parseConfig(text, environment, () => assert.fail('a warning'))
}

test('what is not given has the value of the documentation', () => {
  const { instanceId, ...config } = parsed(REQUIRED)
  assert.match(instanceId, /^[0-9a-f-]{36}$/)
  assert.deepEqual(config, {
    serverAddress: 'host:1',
    chainId: '0123',
    smartContractId: 'c',
    apiKey: 'k',
    useTls: false,
    tlsCertPath: undefined,
    numWorkers: 10,
    reconnectDelayMs: 3000,
    maxBackoffMs: 120_000,
    maxReconnectAttempts: 0,
    shutdownGraceMs: 30_000,
    processTimeoutMs: 60_000,
    exitOnAuthError: false,
    logLimitBytes: 65_536,
    workerMemoryMb: 512,
  })
})

for (const field of ['server_address', 'chain_id', 'smart_contract_id', 'api_key'])
  test(`${field} must be given`, () => {
    const text = REQUIRED.replace(new RegExp(`^${field}:.*$`, 'm'), '')
    assert.throws(
      () => parsed(text),
      (error) => error instanceof ConfigError && error.message.startsWith(field),
    )
    assert.doesNotThrow(() => parsed(text, { [`REMOTE_SC_${field.toUpperCase()}`]: 'x' }))
  })

test('the environment wins over the file', () => {
  const config = parsed(`${REQUIRED}num_workers: 3`, {
    REMOTE_SC_NUM_WORKERS: '4',
    REMOTE_SC_USE_TLS: 'true',
  })
  assert.equal(config.numWorkers, 4)
  assert.equal(config.useTls, true)
})

test('what is empty in the environment is not given there', () => {
  assert.equal(parsed(`${REQUIRED}num_workers: 3`, { REMOTE_SC_NUM_WORKERS: '' }).numWorkers, 3)
})

test('an unknown field is a warning that names it', () => {
  const warnings: string[] = []
  parseConfig(`${REQUIRED}num_wrokers: 3`, {}, (text) => warnings.push(text))
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /num_wrokers/)
})

for (const wrong of [
  'num_workers: 0',
  'num_workers: many',
  'num_workers: 1.5',
  'use_tls: perhaps',
  'api_key: [k]',
])
  test(`${wrong} is refused by the name of the field`, () => {
    const [field = ''] = wrong.split(':')
    const text = REQUIRED.replace(new RegExp(`^${field}:.*$`, 'm'), '') + wrong
    assert.throws(() => parsed(text), new RegExp(field))
  })

test('a file that is not there or not YAML is refused', () => {
  assert.throws(() => loadConfig('nowhere.yaml', {}, () => undefined), ConfigError)
  assert.throws(() => parsed('a: ['), ConfigError)
  assert.throws(() => parsed('- a'), ConfigError)
})

test('the configuration of the template has all it needs', () => {
  assert.equal(loadConfig('config.yaml', {}, () => assert.fail('a warning')).serverAddress, 'localhost:50051')
})
