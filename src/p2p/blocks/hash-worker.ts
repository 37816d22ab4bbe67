/** Runs in a thread of its own: hashes payloads that come in slabs, which it gives back. */
import { parentPort } from 'node:worker_threads'
import type { FromThread, OpenJob, ToThread } from './hash-thread.js'
import { InlineHasher } from './payload-hasher.js'
import { TxScanner } from './tx-scanner.js'

interface Job {
  readonly scanner: TxScanner
  readonly hasher: InlineHasher
  readonly isScanned: boolean
}

const jobs = new Map<number, Job>()
const answer = (message: FromThread): void =>
  parentPort?.postMessage(message, message.type === 'taken' ? [message.memory] : [])

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
    take(job, new Uint8Array(message.memory, 0, message.length))
    answer({ ...message, type: 'taken' })
    return
  }
  jobs.delete(message.job)
  if (message.type === 'finish') answer({ type: 'done', job: message.job, digests: job.hasher.digests() })
}

function open({ job, scan, hash }: OpenJob): void {
  const scanner = new TxScanner(scan)
  const hasher = new InlineHasher(scanner, hash)
  jobs.set(job, { scanner, hasher, isScanned: hash.merkle })
}

function take({ scanner, hasher, isScanned }: Job, slice: Uint8Array): void {
  if (isScanned) scanner.push(slice)
  hasher.take(slice)
  scanner.dropBefore(hasher.txids)
}
