import type { Tables } from '../src/contract/remote/engine/tables.js'
import type { Client, Delivery, Outcome } from '../src/contract/remote/prime.js'
import { forInformation, reaches, type Row, staysUnder } from './row.js'
import { anonymousBytes } from './support/anonymous-bytes.js'
import { bareRate, inTables } from './support/bare-commits.js'
import { CONTRACT, madeUpPrime, madeUpRecords } from './support/made-up-prime.js'
import { percentile } from './support/measure.js'

const RECORDS = 100_000
const PAYLOAD_BYTES = 1_000
const IN_FLIGHT = 64
const MOST_SECONDS = 15
const ROUNDS = 2
interface Drained {
  readonly seconds: number
  readonly commitMs: readonly number[]
  readonly grownBytes: number
}

/**
 * How fast a prime hands a backlog out and takes the results, each on the disk before it is acknowledged, with a client
 * in the same process; beside it the same rows written to the same store, as many at once, by nobody in particular.
 */
export async function run(): Promise<Row[]> {
  const [drains, withOutputs, bare] = [[], [], []] as [Drained[], Drained[], number[]]
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(await inTables((tables) => bareRate(tables, RECORDS, IN_FLIGHT)))
    drains.push(await inTables((tables) => drain(tables, false)))
    withOutputs.push(await inTables((tables) => drain(tables, true)))
  }
  const [best, output] = [drains, withOutputs].map(fastest) as [Drained, Drained]
  const ceiling = Math.max(...bare)
  const ceilingName = 'the same rows written to the same store'
  const claim = `remote contracts: backlog of ${RECORDS} records of 1 KB drained, ${IN_FLIGHT} in flight, each result on disk`
  const rate = RECORDS / best.seconds
  const outputRate = RECORDS / output.seconds
  return [
    reaches(0.6, { claim, unit: 'records/s', value: rate, ceiling, ceilingName, ratio: rate / ceiling }),
    staysUnder(MOST_SECONDS, { claim, unit: 's', value: best.seconds }),
    staysUnder(20, {
      claim: 'remote contracts: result until its answer, p99',
      unit: 'ms',
      value: percentile(best.commitMs, 0.99),
    }),
    staysUnder(100, {
      claim: 'remote contracts: memory that the drain takes',
      unit: 'MB',
      value: Math.max(...drains.map(({ grownBytes }) => grownBytes)) / 1e6,
    }),
    forInformation({
      claim: `${claim}, each with an output`,
      unit: 'records/s',
      value: outputRate,
      ceiling,
      ceilingName,
      ratio: outputRate / ceiling,
    }),
  ]
}

function fastest(drains: readonly Drained[]): Drained | undefined {
  return [...drains].sort((a, b) => a.seconds - b.seconds)[0]
}

async function drain(tables: Tables, outputToChain: boolean): Promise<Drained> {
  const prime = madeUpPrime(tables, madeUpRecords(RECORDS, PAYLOAD_BYTES))
  const commitMs: number[] = []
  let done = 0
  let mostBytes = 0
  const before = anonymousBytes()
  const start = performance.now()
  await new Promise<void>((resolve, reject) => {
    const client = clientThat((delivery) => {
      const sentMs = performance.now()
      prime.finish(client.sessionId, resultOf(delivery, outputToChain)).then(() => {
        commitMs.push(performance.now() - sentMs)
        done += 1
        if (done % 1000 === 0) mostBytes = Math.max(mostBytes, anonymousBytes())
        if (done === RECORDS) resolve()
      }, reject)
    })
    prime.attach(client, IN_FLIGHT, [])
    prime.start(client.sessionId)
  })
  const seconds = (performance.now() - start) / 1000
  await prime.close()
  return { seconds, commitMs, grownBytes: mostBytes - before }
}

function clientThat(deliver: (delivery: Delivery) => void): Client {
  return {
    sessionId: 'session',
    contractId: CONTRACT.id,
    instanceId: 'instance',
    deliver,
    cancel: () => undefined,
    supersede: () => undefined,
  }
}

function resultOf({ invocationId, leaseToken }: Delivery, outputToChain: boolean): Outcome {
  return {
    invocationId,
    leaseToken,
    dataJson: '{"status":"success","data":"your result data"}',
    outputToChain,
    outputTag: undefined,
    error: undefined,
    logs: undefined,
    durationMs: 1,
    heapJson: {},
  }
}
