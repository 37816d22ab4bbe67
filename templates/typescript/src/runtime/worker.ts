/** A thread that runs the author's function, one transaction at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { ProcessResult } from '../process-result.js'
import { captureOutput, interceptOutput } from './capture-output.js'
import { Claims } from './claims.js'
import { LogBuffer } from './log-buffer.js'
import { exceptionOf, type Outcome, outcomeOf } from './outcome.js'
import type { FromWorker, Job, ToWorker, WorkerSetup } from './worker-messages.js'

type ProcessTransaction = (
  txJson: string,
  envVars: Record<string, string>,
  secrets: Record<string, string>,
) => Promise<ProcessResult>

const setup = workerData as WorkerSetup
const logs = new LogBuffer(setup.logLimitBytes, setup.logs)
const claims = new Claims(setup.claims)
const queue: { readonly number: bigint; readonly job: Job }[] = []
let isWorking = false
let env: Readonly<Record<string, string>> = {}
let secrets: Readonly<Record<string, string>> = {}

interceptOutput()
const author = (await import(setup.processModule)) as { processTransaction?: ProcessTransaction }
const { processTransaction } = author
if (typeof processTransaction !== 'function') throw new Error('it exports no function processTransaction')

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'environment') ({ env, secrets } = message)
  else {
    message.jobs.forEach((job, at) => queue.push({ number: message.first + BigInt(at), job }))
    if (!isWorking) void work(processTransaction)
  }
})
send({ type: 'ready' })

/** Each result leaves before the next job begins, which may end the thread. */
async function work(call: ProcessTransaction): Promise<void> {
  isWorking = true
  let isTakenBack = false
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    isTakenBack = !claims.begin(next.number)
    if (isTakenBack) continue
    logs.clear()
    const outcome = await run(next.job, call)
    send({ type: 'done', outcome, logs: logs.read() })
    // What a job left behind and nobody caught ends the thread here, not while the next one runs.
    await nextTurn()
  }
  isWorking = false
  if (isTakenBack) send({ type: 'ready' })
}

async function run(job: Job, call: ProcessTransaction): Promise<Outcome> {
  const variables = { ...env, SC_INVOCATION_ID: job.invocationId, SC_ATTEMPT: String(job.attempt) }
  try {
    return outcomeOf(await captureOutput(logs, async () => call(job.txJson, variables, { ...secrets })))
  } catch (error) {
    return exceptionOf(error)
  }
}

function send(message: FromWorker): void {
  parentPort?.postMessage(message)
}
