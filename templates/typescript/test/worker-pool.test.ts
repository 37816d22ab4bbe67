import assert from 'node:assert/strict'
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

test('a module that cannot be loaded refuses the start', async (t) => {
  const pool = newPool(t, { processModule: 'data:text/javascript,throw new Error("broken")' })
  await assert.rejects(pool.start(), /broken/)
})
