import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Finished } from '../src/runtime/worker-messages.js'
import { type PoolSettings, WorkerPool } from '../src/runtime/worker-pool.js'

const PROBE = new URL('./support/probe.js', import.meta.url).href

function newPool(t: TestContext, settings: Partial<PoolSettings> = {}): WorkerPool {
  const pool = new WorkerPool({
    processModule: PROBE,
    size: 3,
    memoryMb: 64,
    timeoutMs: 10_000,
    logLimitBytes: 4096,
    ...settings,
  })
  t.after(() => pool.close())
  return pool
}

let last = 0
async function run(pool: WorkerPool, order: object): Promise<Finished> {
  const finished = await pool.run({ invocationId: `i${++last}`, attempt: 1, txJson: JSON.stringify(order) })
  assert.ok(finished)
  return finished
}

test('a job gives its result and what it printed', async (t) => {
  const pool = newPool(t)
  await pool.start()
  const { outcome, logs } = await run(pool, { print: 'a' })
  assert.equal(outcome.error, undefined)
  assert.equal(outcome.outputToChain, true)
  assert.deepEqual(logs, { stdout: 'a\n', stderr: 'a done\n', truncated: false })
})

test('as many jobs as there are threads run at once, and their output is not mixed', async (t) => {
  const pool = newPool(t)
  await pool.start()
  const start = performance.now()
  const jobs = [1, 2, 3, 4, 5, 6].map((each) => run(pool, { do: 'sleep', ms: 400, print: `job ${each}` }))
  const finished = await Promise.all(jobs)
  const took = performance.now() - start
  assert.ok(took >= 800 && took < 2300, `took ${took} ms`)
  finished.forEach(({ logs }, at) => {
    assert.equal(logs.stdout, `job ${at + 1}\n`)
    assert.equal(logs.stderr, `job ${at + 1} done\n`)
  })
})

test('variables and secrets are those last set, with the invocation and the attempt', async (t) => {
  const pool = newPool(t)
  await pool.start()
  pool.setEnvironment({ env: { A: '1' }, secrets: { SC_SECRET_B: 'x' } })
  const finished = await pool.run({ invocationId: 'id', attempt: 4, txJson: '{}' })
  const data = JSON.parse(finished?.outcome.dataJson ?? '') as { env: object; secrets: string[] }
  assert.deepEqual(data.env, { A: '1', SC_INVOCATION_ID: 'id', SC_ATTEMPT: '4' })
  assert.deepEqual(data.secrets, ['SC_SECRET_B'])
})

for (const [order, text] of [
  ['throw', /^thrown$/],
  ['exit', /ended its own thread with code 7/],
  ['reject', /^not awaited$/],
  ['memory', /memory/],
] as const)
  test(`a job that ends in ${order} may be tried again, keeps what it printed, and the next one runs`, async (t) => {
    const pool = newPool(t, { size: 1 })
    await pool.start()
    const { outcome, logs } = await run(pool, { do: order, ms: 5000, print: 'before' })
    assert.equal(outcome.error?.kind, 'EXCEPTION')
    assert.equal(outcome.error.retryable, true)
    assert.match(outcome.error.message, text)
    assert.equal(logs.stdout, 'before\n')
    assert.equal((await run(pool, {})).outcome.error, undefined)
  })

for (const order of ['spin', 'hang'])
  test(`a job that would ${order} for ever is ended in time`, async (t) => {
    const pool = newPool(t, { size: 1, timeoutMs: 200 })
    await pool.start()
    const { outcome, logs } = await run(pool, { do: order, ms: 1e9, print: 'before' })
    assert.equal(outcome.error?.kind, 'TIMEOUT')
    assert.equal(outcome.error.retryable, true)
    assert.equal(logs.stdout, 'before\n')
    assert.equal((await run(pool, {})).outcome.error, undefined)
  })

for (const order of ['throw', 'exit', 'reject', 'memory', 'spin', 'hang'])
  test(`jobs that were given to a thread with one that ends in ${order} fail no more than they would alone`, async (t) => {
    const pool = newPool(t, { size: 1, timeoutMs: 500 })
    await pool.start()
    const orders = [{}, { print: 'b' }, { do: order, ms: 1e9 }, { print: 'd' }, {}]
    const finished = await Promise.all(orders.map((each) => run(pool, each)))
    assert.deepEqual(
      finished.map(({ outcome }) => outcome.error === undefined),
      [true, true, false, true, true],
    )
    assert.equal(finished[1]?.logs.stdout, 'b\n')
    assert.equal(finished[3]?.logs.stdout, 'd\n')
  })

test('jobs do not wait behind a long one while there may be more threads', async (t) => {
  const pool = newPool(t, { size: 2 })
  await pool.start()
  const long = pool.run({ invocationId: 'long', attempt: 1, txJson: '{"do":"hang"}' })
  const others = await Promise.all([run(pool, {}), run(pool, {}), run(pool, {})])
  assert.ok(others.every(({ outcome }) => outcome.error === undefined))
  pool.cancel('long')
  assert.equal(await long, undefined)
})

test('the time of a job begins when it does, not while it waits for others', async (t) => {
  const pool = newPool(t, { size: 1, timeoutMs: 1000 })
  await pool.start()
  const start = performance.now()
  const jobs = [1, 2, 3, 4].map(() => run(pool, { do: 'sleep', ms: 350 }))
  for (const { outcome } of await Promise.all(jobs)) assert.equal(outcome.error, undefined)
  assert.ok(performance.now() - start > 1000)
})

test('what a job left behind fails no other job', async (t) => {
  const pool = newPool(t, { size: 1, timeoutMs: 500 })
  await pool.start()
  for (const order of ['leave rejection', 'leave spin']) {
    const finished = await Promise.all([run(pool, { do: order, ms: 1e9 }), run(pool, {}), run(pool, {})])
    for (const { outcome } of finished) assert.equal(outcome.error, undefined)
  }
})

test('each job begins once, however often it is taken from one thread and given to another', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'worker-pool-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const note = join(folder, 'begun')
  const pool = newPool(t, { size: 3 })
  await pool.start()
  const orders = Array.from({ length: 60 }, (_, at) => ({ note, do: 'sleep', ms: at % 4 === 0 ? 30 : 0 }))
  await Promise.all(orders.map((each) => run(pool, each)))
  const begun = readFileSync(note, 'utf8').trim().split('\n')
  assert.equal(begun.length, 60)
  assert.equal(new Set(begun).size, 60)
})

test('a busy loop does not hold up this thread', async (t) => {
  const pool = newPool(t)
  await pool.start()
  const job = run(pool, { do: 'spin', ms: 500 })
  let longest = 0
  for (let before = performance.now(), end = before + 400; before < end;) {
    await new Promise((resolve) => setTimeout(resolve, 10))
    longest = Math.max(longest, performance.now() - before)
    before = performance.now()
  }
  await job
  assert.ok(longest < 250, `held up for ${longest} ms`)
})

test('a cancelled job gives nothing, whether it waits or runs', async (t) => {
  const pool = newPool(t, { size: 1 })
  await pool.start()
  const running = pool.run({ invocationId: 'running', attempt: 1, txJson: '{"do":"hang"}' })
  const waiting = pool.run({ invocationId: 'waiting', attempt: 1, txJson: '{}' })
  pool.cancel('waiting')
  pool.cancel('running')
  assert.equal(await running, undefined)
  assert.equal(await waiting, undefined)
  assert.equal((await run(pool, {})).outcome.error, undefined)
})

test('a job that waits behind another is cancelled without it', async (t) => {
  const pool = newPool(t, { size: 1 })
  await pool.start()
  const first = run(pool, { do: 'sleep', ms: 200 })
  const second = pool.run({ invocationId: 'second', attempt: 1, txJson: '{}' })
  // By now both are with the thread.
  await new Promise((resolve) => setImmediate(resolve))
  pool.cancel('second')
  assert.equal(await second, undefined)
  assert.equal((await first).outcome.error, undefined)
})

test('a thread that ends before its first job fails a job, for the next thread would end so too', async (t) => {
  const module =
    'setImmediate(() => process.exit(3)); export const processTransaction = () => new Promise(() => 0)'
  const pool = newPool(t, { processModule: `data:text/javascript,${module}` })
  await pool.start()
  const { outcome } = await run(pool, {})
  assert.equal(outcome.error?.kind, 'EXCEPTION')
})

test('a module that cannot be loaded refuses the start', async (t) => {
  const pool = newPool(t, { processModule: 'data:text/javascript,throw new Error("broken")' })
  await assert.rejects(pool.start(), /broken/)
})
