import { generateKeyPairSync } from 'node:crypto'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type Comparison, forInformation, reaches, type Row } from './row.js'
import { busyMs } from './support/busy-cores.js'
import { type ContractNode, startContractNode } from './support/contract-node.js'
import { callRate, counterCalls, startSimulator } from './support/counter-calls.js'
import { type GatewayLoad, startGatewayLoad } from './support/gateway-load.js'
import { inTurns } from './support/measure.js'
import { signatureCostMs } from './support/signature-cost.js'
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

/** What calls take of the processors, all processes together. */
class Meter {
  readonly #costsMs: number[] = []

  /** `work` resolves with how many calls it made a second, and so does this. */
  async rate(work: () => Promise<number>): Promise<number> {
    const [startMs, busyBeforeMs] = [performance.now(), busyMs()]
    const rate = await work()
    const calls = (rate * (performance.now() - startMs)) / 1_000
    this.#costsMs.push((busyMs() - busyBeforeMs) / calls)
    return rate
  }

  /** Of one call, in ms; where the machine had the least else to do. */
  get costMs(): number {
    return Math.min(...this.#costsMs)
  }
}

/**
 * Calls of the npm shim that read a key and write it, from a client's Endorse, Submit and CommitStatus to a block on disk,
 * against the same calls run for what they would write alone: without a client, signatures and a disk.
 */
export function run(): Promise<Row[]> {
  return withFolder(async (folder) => {
    const node = await startContractNode(join(folder, 'node'), [])
    const [load, simulator, calls] = await Promise.all([loadFor(node), startSimulator(), counterCalls()])
    const [committing, simulating] = [new Meter(), new Meter()]
    const commit = async (): Promise<number> => {
      await load.make(CALLS)
      return committing.rate(async () => CALLS / ((await load.submit()) / 1_000))
    }
    const simulate = (): Promise<number> =>
      simulating.rate(() => callRate(simulator.run, calls, SIMULATED_AT_ONCE, SIMULATED_MS))
    try {
      await commit()
      await simulate()
      const comparison = await inTurns(TURNS, commit, simulate)
      return rowsOf(comparison, committing.costMs, simulating.costMs)
    } finally {
      await Promise.all([load.stop(), simulator.close()])
      await node.stop()
    }
  })
}

function rowsOf(comparison: Comparison, costMs: number, simulatedMs: number): Row[] {
  const claim = `contracts: calls of the npm shim committed through the gateway, ${SUBMITTED_AT_ONCE} in flight`
  const unit = 'transactions/s'
  const cores = cpus().length
  const signedMs = signatureCostMs()
  const limits = [
    ...PUBLISHED,
    {
      ceiling: (1_000 * cores) / costMs,
      ceilingName: `all ${cores} cores, at the ${costMs.toFixed(2)} ms that a call takes of them`,
    },
    {
      ceiling: (1_000 * cores) / (simulatedMs + signedMs),
      ceilingName: `all ${cores} cores with nothing but simulation (${simulatedMs.toFixed(2)} ms) and signatures (${signedMs.toFixed(2)} ms)`,
    },
  ]
  return [
    reaches(0.5, { claim, unit, ceilingName: 'the same calls simulated', ...comparison }),
    ...limits.map((limit) =>
      forInformation({
        claim,
        unit,
        value: comparison.value,
        ratio: comparison.value / limit.ceiling,
        ...limit,
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
