/** A thread that runs the author's function, one transaction at a time. */
import { parentPort, workerData } from 'node:worker_threads'
import type { ProcessResult } from '../process-result.js'
import { captureOutput, interceptOutput } from './capture-output.js'
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
let env: Readonly<Record<string, string>> = {}
let secrets: Readonly<Record<string, string>> = {}

interceptOutput()
const author = (await import(setup.processModule)) as { processTransaction?: ProcessTransaction }
const { processTransaction } = author
if (typeof processTransaction !== 'function') throw new Error('it exports no function processTransaction')

parentPort?.on('message', (message: ToWorker) => {
  if (message.type === 'environment') ({ env, secrets } = message)
  else void run(message, processTransaction).then((outcome) => send({ type: 'done', outcome }))
})
send({ type: 'ready' })

async function run(job: Job, call: ProcessTransaction): Promise<Outcome> {
  logs.clear()
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
