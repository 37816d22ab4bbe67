import { join } from 'node:path'
import { type Row, staysUnder } from './row.js'
import { startChild } from './support/child.js'
import { CONTRACT } from './support/made-up-prime.js'
import { withFolder } from './support/with-folder.js'

const RECORDS = 100_000
const PAYLOAD_BYTES = 1_000
const IN_FLIGHT = 64
const MOST_SECONDS = 15
const MOST_MB = 100

/** A backlog drained over gRPC: the node's side in one process, its client in another, each result on disk before its answer. */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const server = await startChild('remote-drain-server', {
      folder: join(folder, 'remote'),
      records: RECORDS,
      payloadBytes: PAYLOAD_BYTES,
    })
    const residentMb = async (): Promise<number> => (await server.residentMb()) - (await server.mappedMb())
    const before = await residentMb()
    const client = await startChild('remote-drain-source', {
      port: server.url,
      records: RECORDS,
      maxInFlight: IN_FLIGHT,
      login: { apiKey: 'key', chainId: 'c'.repeat(64), contractId: CONTRACT.id },
      outputToChain: false,
    })
    const after = await residentMb()
    const seconds = Number(client.url)
    await client.stop()
    await server.stop()
    const claim = `remote contracts: ${RECORDS} records of 1 KB over gRPC, ${IN_FLIGHT} in flight, each result on disk`
    return [
      staysUnder(MOST_SECONDS, { claim, unit: 's', value: seconds }),
      staysUnder(MOST_MB, { claim: `${claim}: what the node grows`, unit: 'MB', value: after - before }),
    ]
  })
}
