import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { status } from '@grpc/grpc-js'
import { Channel } from '../src/runtime/channel.js'
import { RemoteClient } from '../src/runtime/client.js'
import { parseConfig } from '../src/runtime/config.js'
import type { Result } from '../src/runtime/frames.js'
import { WorkerPool } from '../src/runtime/worker-pool.js'
import { ScriptedPrime } from './support/scripted-prime.js'

const PROBE = new URL('./support/probe.js', import.meta.url).href

interface Running {
  readonly prime: ScriptedPrime
  readonly client: RemoteClient
  readonly ended: Promise<number>
}

async function run(t: TestContext, settings: Record<string, string> = {}): Promise<Running> {
  const prime = new ScriptedPrime()
  await prime.start()
  const environment = Object.fromEntries(
    Object.entries({
      server_address: `127.0.0.1:${prime.port}`,
      chain_id: 'chain',
      smart_contract_id: 'contract',
      api_key: 'ID.secret',
      reconnect_delay_seconds: '0.05',
      num_workers: '2',
      ...settings,
    }).map(([name, value]) => [`REMOTE_SC_${name.toUpperCase()}`, value]),
  )
  const config = parseConfig('', environment, () => undefined)
  const pool = new WorkerPool({
    processModule: PROBE,
    size: config.numWorkers,
    memoryMb: 64,
    timeoutMs: 20_000,
    logLimitBytes: 4096,
  })
  await pool.start()
  const client = new RemoteClient(config, new Channel(config), pool)
  const ended = client.run()
  t.after(async () => {
    prime.stop()
    await client.stop()
    await pool.close()
  })
  return { prime, client, ended }
}

test('the headers come once each, and Hello says how much may be in flight', async (t) => {
  const { prime } = await run(t)
  const stream = await prime.stream()
  assert.deepEqual(stream.headers.get('x-api-key'), ['ID.secret'])
  assert.deepEqual(stream.headers.get('x-chain-id'), ['chain'])
  assert.deepEqual(stream.headers.get('x-smart-contract-id'), ['contract'])
  const hello = await stream.welcome()
  assert.equal(hello.protocol, 1)
  assert.equal(hello.max_in_flight, 2)
  assert.deepEqual(hello.held, [])
})

test('a delivery is processed and its result says so', async (t) => {
  const { prime } = await run(t)
  const stream = await prime.stream()
  await stream.welcome()
  stream.deliver('a', { print: 'hello' })
  const result = await stream.next<Result>('result')
  assert.equal(result.invocation_id, 'a')
  assert.equal(Buffer.from(result.lease_token).toString(), 'a')
  assert.equal(result.output_to_chain, true)
  assert.equal(result.logs.stdout, 'hello\n')
  const data = JSON.parse(result.data_json) as { env: Record<string, string> }
  assert.equal(data.env['SMART_CONTRACT_NAME'], 'probe')
})

test('a result without an answer goes out again on the next stream, and is not made again', async (t) => {
  const { prime } = await run(t)
  const first = await prime.stream()
  await first.welcome()
  first.deliver('a', {})
  const before = await first.next<Result>('result')
  first.refuse(status.UNAVAILABLE, 'away')
  const second = await prime.stream(1)
  const hello = await second.welcome({ kept: ['a'] })
  assert.deepEqual(
    hello.held.map(({ invocation_id }) => invocation_id),
    ['a'],
  )
  assert.deepEqual(await second.next<Result>('result'), before)
  second.acknowledge(before)
  second.refuse(status.UNAVAILABLE, 'away')
  assert.deepEqual((await (await prime.stream(2)).welcome()).held, [])
})

test('work that began goes on while the stream is away', async (t) => {
  const { prime } = await run(t)
  const first = await prime.stream()
  await first.welcome()
  first.deliver('a', { do: 'sleep', ms: 600 })
  await new Promise((resolve) => setTimeout(resolve, 50))
  first.refuse(status.UNAVAILABLE, 'away')
  const second = await prime.stream(1)
  await second.welcome({ kept: ['a'] })
  assert.equal((await second.next<Result>('result')).invocation_id, 'a')
})

test('what the node does not keep is forgotten', async (t) => {
  const { prime } = await run(t)
  const first = await prime.stream()
  await first.welcome()
  first.deliver('a', { do: 'hang' })
  first.deliver('b', {})
  await first.next('result')
  first.refuse(status.UNAVAILABLE, 'away')
  const second = await prime.stream(1)
  await second.welcome({ kept: [] })
  second.deliver('c', {})
  assert.equal((await second.next<Result>('result')).invocation_id, 'c')
  second.refuse(status.UNAVAILABLE, 'away')
  const { held } = await (await prime.stream(2)).welcome()
  assert.deepEqual(
    held.map(({ invocation_id }) => invocation_id),
    ['c'],
  )
})

test('a delivery that is here already gets its new lease and is not run again', async (t) => {
  const { prime } = await run(t)
  const stream = await prime.stream()
  await stream.welcome()
  stream.deliver('a', {})
  await stream.next('result')
  stream.send({
    delivery: {
      invocation_id: 'a',
      lease_token: Buffer.from('new'),
      attempt: 2,
      transaction_json: '{"do":"throw"}',
    },
  })
  const again = await stream.next<Result>('result', 1)
  assert.equal(Buffer.from(again.lease_token).toString(), 'new')
  assert.equal(again.error ?? null, null)
})

test('work in progress says so three times in a lease', async (t) => {
  const { prime } = await run(t)
  const stream = await prime.stream()
  await stream.welcome()
  stream.deliver('a', { do: 'sleep', ms: 700 }, 300)
  await stream.next('progress', 4)
  await stream.next('result')
})

test('a cancelled invocation gives no result', async (t) => {
  const { prime } = await run(t, { num_workers: '1' })
  const stream = await prime.stream()
  await stream.welcome()
  stream.deliver('a', { do: 'hang' })
  stream.send({ cancel: { invocation_id: 'a', reason: 'too late' } })
  stream.deliver('b', {})
  assert.equal((await stream.next<Result>('result')).invocation_id, 'b')
})

test('variables that change hold for the next delivery, without another stream', async (t) => {
  const { prime } = await run(t)
  const stream = await prime.stream()
  await stream.welcome()
  stream.send({ contract_env: { version: 2, env: { SC_ENV_NEW: '1' }, secrets: { SC_SECRET_S: 'x' } } })
  stream.deliver('a', {})
  const data = JSON.parse((await stream.next<Result>('result')).data_json) as {
    env: object
    secrets: string[]
  }
  assert.deepEqual(data.env, { SC_ENV_NEW: '1', SC_INVOCATION_ID: 'a', SC_ATTEMPT: '1' })
  assert.deepEqual(data.secrets, ['SC_SECRET_S'])
  assert.equal(prime.streams.length, 1)
})

test('stopping takes no more work, ends what has begun, and says goodbye', async (t) => {
  const { prime, client, ended } = await run(t)
  const stream = await prime.stream()
  await stream.welcome()
  stream.deliver('a', { do: 'sleep', ms: 300 })
  // Its result tells that the one before has begun.
  stream.deliver('b', {})
  stream.acknowledge(await stream.next<Result>('result'))
  const stopped = client.stop()
  assert.deepEqual(await stream.next('credit'), { max_in_flight: 0 })
  const result = await stream.next<Result>('result', 1)
  assert.equal(result.invocation_id, 'a')
  assert.ok(!stream.frames.some(({ frame }) => frame === 'goodbye'))
  stream.acknowledge(result)
  await stream.next('goodbye')
  await stream.closed
  stream.end()
  await stopped
  assert.equal(await ended, 0)
})

test('stopping does not wait longer than the grace', async (t) => {
  const { prime, client, ended } = await run(t, { shutdown_grace_seconds: '0.2' })
  const stream = await prime.stream()
  await stream.welcome()
  stream.deliver('a', { do: 'hang' })
  stream.deliver('b', {})
  await stream.next('result')
  await client.stop()
  await stream.next('goodbye')
  assert.equal(await ended, 0)
})

test('after so many failures in a row it gives up', async (t) => {
  const { prime, ended } = await run(t, { max_reconnect_attempts: '3' })
  for (const place of [0, 1, 2]) (await prime.stream(place)).refuse(status.UNAVAILABLE, 'no')
  assert.equal(await ended, 1)
  assert.equal(prime.streams.length, 3)
})

test('a refused key ends it where that is asked for', async (t) => {
  const { prime, ended } = await run(t, { exit_on_auth_error: 'true' })
  ;(await prime.stream()).refuse(status.UNAUTHENTICATED, 'invalid API key')
  assert.equal(await ended, 1)
})

test('a refused key waits the longest, and the client recovers when it is cured', async (t) => {
  const { prime } = await run(t, { max_backoff_seconds: '0.6' })
  const start = performance.now()
  ;(await prime.stream()).refuse(status.UNAUTHENTICATED, 'invalid API key')
  await (await prime.stream(1)).welcome()
  assert.ok(performance.now() - start >= 600)
})
