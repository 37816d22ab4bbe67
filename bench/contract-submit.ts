import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { forInformation, reaches, type Row } from './row.js'
import { type ContractNode, startContractNode } from './support/contract-node.js'
import { callRate, counterCalls, startSimulator } from './support/counter-calls.js'
import { type GatewayLoad, startGatewayLoad } from './support/gateway-load.js'
import { inTurns } from './support/measure.js'
import { withFolder } from './support/with-folder.js'

const TURNS = 6
const CALLS = 3_000
const SIMULATED_AT_ONCE = 64
/** More, for while a block is put on the chain those that are handed in wait. */
const SUBMITTED_AT_ONCE = 256
const SIMULATED_MS = 1_500

/** What Fabric 2.5 was measured to do with calls that read a key and write it: by others, on other machines. */
const PUBLISHED = [
  { ceiling: 2_544, ceilingName: 'Fabric 2.5, contract in Go, three servers (published)' },
  { ceiling: 372, ceilingName: 'Fabric 1.4, contract on Node (published)' },
]

/**
 * Calls of the npm shim that read a key and write it, from a client's Endorse, Submit and CommitStatus to a block on disk,
 * against the same calls run for what they would write.
 */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const node = await startContractNode(join(folder, 'node'), [])
    const [load, simulator, calls] = await Promise.all([loadFor(node), startSimulator(), counterCalls()])
    try {
      const simulate = (): Promise<number> => callRate(simulator.run, calls, SIMULATED_AT_ONCE, SIMULATED_MS)
      await load.rate(CALLS)
      await simulate()
      return rowsOf(await inTurns(TURNS, () => load.rate(CALLS), simulate))
    } finally {
      await Promise.all([load.stop(), simulator.close()])
      await node.stop()
    }
  })
}

function rowsOf(comparison: Awaited<ReturnType<typeof inTurns>>): Row[] {
  const claim = `contracts: calls of the npm shim committed through the gateway, ${SUBMITTED_AT_ONCE} in flight`
  const unit = 'transactions/s'
  return [
    reaches(0.5, { claim, unit, ceilingName: 'the same calls simulated', ...comparison }),
    ...PUBLISHED.map(({ ceiling, ceilingName }) =>
      forInformation({
        claim,
        unit,
        value: comparison.value,
        ceiling,
        ceilingName,
        ratio: comparison.value / ceiling,
      }),
    ),
  ]
}

async function loadFor({ client }: ContractNode): Promise<GatewayLoad> {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const issued = await client.call('contracts.issue', {
    name: 'load',
    public_key: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  })
  return startGatewayLoad({
    port: issued.door?.port ?? 0,
    channelId: issued.channel,
    mspId: issued.msp_id,
    certificate: issued.certificate,
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    inFlight: SUBMITTED_AT_ONCE,
  })
}
