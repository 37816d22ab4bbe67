import { generateKeyPairSync, type KeyObject, randomBytes, sign, verify } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { SignatureCheck } from '../src/ledger/signature-checks.js'
import { VerifyPool } from '../src/verification/verify-pool.js'
import { forInformation, reaches, type Row } from './row.js'
import { inTurns } from './support/measure.js'

const PAIRS = 9
const CHECKS = 4000
const KEYS = 100
const SPKI_PREFIX_BYTES = 12

interface RawCheck {
  readonly key: KeyObject
  readonly message: Buffer
  readonly signature: Buffer
}

const raw: RawCheck[] = []
const checks: SignatureCheck[] = []

/** Signatures verified a second, against a loop of nothing but node:crypto's verify with imported keys. */
export async function run(): Promise<Row[]> {
  makeChecks()
  const rows = [await measure(0, CHECKS, 0.6)]
  const cores = availableParallelism()
  for (const threads of new Set([1, Math.max(1, cores - 1)])) rows.push(await measure(threads, CHECKS))
  // How many must there be for threads to be worth the way? Waiting for each group before the next is asked for.
  for (const group of [4, 8, 16, 100]) {
    for (const threads of [0, 1]) rows.push(await measure(threads, group))
  }
  return rows
}

async function measure(threads: number, group: number, target?: number): Promise<Row> {
  const pool = new VerifyPool({
    threads,
    onThreadDeath: (error) => {
      throw error
    },
  })
  const ours = async (): Promise<number> => {
    const startMs = performance.now()
    for (let i = 0; i < CHECKS; i += group) await pool.verifyAll(checks.slice(i, i + group))
    return (1000 * CHECKS) / (performance.now() - startMs)
  }
  await ours()
  const comparison = await inTurns(PAIRS, ours, rawLoop)
  await pool.close()
  const where = threads === 0 ? 'calling thread alone' : `calling thread and ${threads} more`
  const claim = `signatures, ${group} at a time, ${where}`
  const row = { claim, unit: 'verifies/s', ceilingName: 'node:crypto on one thread', ...comparison }
  return target === undefined ? forInformation(row) : reaches(target, row)
}

function rawLoop(): Promise<number> {
  const startMs = performance.now()
  for (const { key, message, signature } of raw) verify(null, message, key, signature)
  return Promise.resolve((1000 * CHECKS) / (performance.now() - startMs))
}

function makeChecks(): void {
  const keys = Array.from({ length: KEYS }, () => generateKeyPairSync('ed25519'))
  for (let i = 0; i < CHECKS; i++) {
    const { publicKey, privateKey } = keys[i % KEYS] as (typeof keys)[number]
    const message = randomBytes(32)
    const signature = sign(null, message, privateKey)
    raw.push({ key: publicKey, message, signature })
    const der = publicKey.export({ format: 'der', type: 'spki' })
    checks.push({
      publicKey: der.subarray(SPKI_PREFIX_BYTES).toString('hex'),
      message,
      signature: signature.toString('hex'),
    })
  }
}
