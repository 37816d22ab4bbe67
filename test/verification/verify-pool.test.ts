import { afterEach, beforeAll, expect, test } from '@jest/globals'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { SignatureCheck } from '../../src/ledger/signature-checks.js'
import { workerModule } from '../../src/threads/worker-module.js'
import { VerifyPool } from '../../src/verification/verify-pool.js'
import { signedChecks, spoiled } from './signed-checks.js'

let pools: VerifyPool[] = []
let folders: string[] = []
const checks = signedChecks(300)

beforeAll(() => {
  if (!workerModule('verification/verify-worker.js'))
    throw new Error('build first: threads run what is in dist/')
})

afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.close()))
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })))
  pools = []
  folders = []
})

function poolOf(threads: number, onThreadDeath = failOn, module?: URL): VerifyPool {
  const pool = new VerifyPool({ threads, onThreadDeath, module })
  pools.push(pool)
  return pool
}

function failOn(error: Error): void {
  throw error
}

/** A module that threads can run. */
async function moduleOf(text: string): Promise<URL> {
  const folder = await mkdtemp(join(tmpdir(), 'terrarium-'))
  folders.push(folder)
  await writeFile(join(folder, 'worker.mjs'), `import { parentPort } from 'node:worker_threads'\n${text}`)
  return pathToFileURL(join(folder, 'worker.mjs'))
}

const identity: SignatureCheck = {
  publicKey: `01${'00'.repeat(31)}`,
  message: new Uint8Array(32),
  signature: `01${'00'.repeat(63)}`,
}

test.each([0, 1, 3])(
  'TX-22: with %d threads valid signatures pass and one wrong one among many is refused',
  async (threads) => {
    const pool = poolOf(threads)
    await pool.verifyAll([])
    for (const count of [1, 7, 8, 9, 64, 65, 300]) {
      const some = checks.slice(0, count)
      await pool.verifyAll(some)
      for (const wrong of new Set([0, Math.floor(count / 2), count - 1])) {
        const all = some.map((check, i) => (i === wrong ? spoiled(check) : check))
        await expect(pool.verifyAll(all)).rejects.toMatchObject({ rule: 'TX-22' })
      }
    }
  },
)

test('TX-22: a key of small order is refused, here and on threads', async () => {
  const pool = poolOf(1)
  await expect(pool.verifyAll([identity])).rejects.toMatchObject({ rule: 'TX-22' })
  await expect(pool.verifyAll([...checks, identity])).rejects.toMatchObject({ rule: 'TX-22' })
})

test('what is asked for at the same time is answered each for itself', async () => {
  const pool = poolOf(1)
  const asked = checks.map((check, i) => pool.verifyAll([i % 3 === 0 ? spoiled(check) : check]))
  const settled = await Promise.allSettled(asked)
  expect(settled.map(({ status }) => status === 'rejected')).toEqual(checks.map((_, i) => i % 3 === 0))
})

test('a thread that dies is reported, and what it held is verified on the calling thread', async () => {
  const deaths: Error[] = []
  const module = await moduleOf(`parentPort.on('message', () => { throw new Error('out of luck') })`)
  const pool = poolOf(1, (error) => deaths.push(error), module)
  const [first, ...others] = checks as [SignatureCheck, ...SignatureCheck[]]
  await pool.verifyAll(checks)
  await expect(pool.verifyAll([...others, spoiled(first)])).rejects.toMatchObject({ rule: 'TX-22' })
  expect(deaths.length).toBeGreaterThan(0)
  expect(deaths[0]?.message).toBe('out of luck')
})

test('a thread that ends without a word is reported, too, and after three deaths no more are started', async () => {
  const deaths: Error[] = []
  const module = await moduleOf(`parentPort.on('message', () => process.exit(3))`)
  const pool = poolOf(1, (error) => deaths.push(error), module)
  for (let i = 0; i < 6; i++) await pool.verifyAll(checks)
  expect(deaths).toHaveLength(3)
  expect(deaths[0]?.message).toContain('3')
})

test('what a pool is asked after it was closed is verified on the calling thread', async () => {
  const pool = poolOf(2)
  const during = pool.verifyAll(checks)
  await pool.close()
  await during
  await pool.verifyAll(checks)
  await expect(pool.verifyAll([...checks, identity])).rejects.toMatchObject({ rule: 'TX-22' })
})

test('verifying a thousand signatures on the calling thread lets timers run in between', async () => {
  const pool = poolOf(0)
  let ticks = 0
  const timer = setInterval(() => (ticks += 1), 1)
  await pool.verifyAll([...checks, ...checks, ...checks, ...checks])
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(10)
})
