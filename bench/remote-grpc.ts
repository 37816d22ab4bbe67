import { join } from 'node:path'
import { forInformation, type Row, staysUnder } from './row.js'
import { bareRate, inTables } from './support/bare-commits.js'
import { type Child, startChild } from './support/child.js'
import { CONTRACT } from './support/made-up-prime.js'
import { withFolder } from './support/with-folder.js'

const RECORDS = 100_000
const PAYLOAD_BYTES = 1_000
const IN_FLIGHT = 64
const MOST_SECONDS = 15
const MOST_MB = 100
const CORES = 2

interface Drain {
  readonly seconds: number
  readonly grownMb: number
  /** Of the node and its client. */
  readonly cpuMs: number
}

/**
 * A backlog drained over gRPC: the node's side in one process, its client in another, each result on disk before its answer.
 * Beside it the same rows written by nobody in particular, and what two cores could do that never wait.
 */
export async function run(): Promise<Row[]> {
  const bare = await inTables((tables) => bareRate(tables, RECORDS, IN_FLIGHT))
  const { seconds, grownMb, cpuMs } = await withFolder(drain)
  const claim = `remote contracts: ${RECORDS} records of 1 KB over gRPC, ${IN_FLIGHT} in flight, each result on disk`
  const value = RECORDS / seconds
  const ceilings = {
    'the same rows written to the same store': bare,
    'two cores that never wait': (CORES * 1000 * RECORDS) / cpuMs,
  }
  return [
    staysUnder(MOST_SECONDS, { claim, unit: 's', value: seconds }),
    ...Object.entries(ceilings).map(([ceilingName, ceiling]) =>
      forInformation({ claim, unit: 'records/s', value, ceiling, ceilingName, ratio: value / ceiling }),
    ),
    staysUnder(MOST_MB, { claim: `${claim}: what the node grows`, unit: 'MB', value: grownMb }),
  ]
}

async function drain(folder: string): Promise<Drain> {
  const server = await startChild('remote-drain-server', {
    folder: join(folder, 'remote'),
    records: RECORDS,
    payloadBytes: PAYLOAD_BYTES,
  })
  const [beforeMb, beforeMs] = [await residentMb(server), await server.cpuMs()]
  const client = await startChild('remote-drain-source', {
    port: server.url,
    records: RECORDS,
    maxInFlight: IN_FLIGHT,
    login: { apiKey: 'key', chainId: 'c'.repeat(64), contractId: CONTRACT.id },
    outputToChain: false,
  })
  const grownMb = (await residentMb(server)) - beforeMb
  const cpuMs = (await server.cpuMs()) - beforeMs + (await client.cpuMs())
  await client.stop()
  await server.stop()
  return { seconds: Number(client.url), grownMb, cpuMs }
}

/** Without the pages of files, which the system maps and drops as it likes. */
async function residentMb(child: Child): Promise<number> {
  return (await child.residentMb()) - (await child.mappedMb())
}
