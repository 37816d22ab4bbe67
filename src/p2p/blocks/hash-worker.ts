/** Runs in a thread of its own: hashes payloads that come in slabs of shared memory. */
import { parentPort } from 'node:worker_threads'
import type { FromThread, OpenJob, ToThread } from './hash-thread.js'
import { InlineHasher } from './payload-hasher.js'
import { TxScanner } from './tx-scanner.js'

interface Job {
  readonly slabs: readonly Uint8Array[]
  readonly scanner: TxScanner
  readonly hasher: InlineHasher
  readonly isScanned: boolean
}

const jobs = new Map<number, Job>()
const answer = (message: FromThread): void => parentPort?.postMessage(message)

parentPort?.on('message', (message: ToThread) => {
  try {
    handle(message)
  } catch (error) {
    jobs.delete(message.job)
    answer({ type: 'failed', job: message.job, reason: error instanceof Error ? error.message : String(error) })
  }
})

function handle(message: ToThread): void {
  if (message.type === 'open') {
    open(message)
    return
  }
  const job = jobs.get(message.job)
  if (!job) return
  if (message.type === 'slab') {
    take(job, message.slab, message.length)
    answer({ type: 'taken', job: message.job, slab: message.slab })
    return
  }
  jobs.delete(message.job)
  if (message.type === 'finish') answer({ type: 'done', job: message.job, digests: job.hasher.digests() })
}

function open({ job, slabs, scan, hash }: OpenJob): void {
  const scanner = new TxScanner(scan)
  const hasher = new InlineHasher(scanner, hash)
  jobs.set(job, { slabs: slabs.map((slab) => new Uint8Array(slab)), scanner, hasher, isScanned: hash.merkle })
}

function take({ slabs, scanner, hasher, isScanned }: Job, slab: number, length: number): void {
  const slice = slabs[slab]?.subarray(0, length) ?? new Uint8Array(0)
  if (isScanned) scanner.push(slice)
  hasher.take(slice)
  scanner.dropBefore(hasher.txids)
}
