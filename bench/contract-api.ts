import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ALICE } from '../test/contract/support/certificates.js'
import { ContractPeer } from './support/contract-peer.js'
import { median } from './support/measure.js'
import { reaches, type Row, staysUnder } from './row.js'

const IN_FLIGHT = 64
const MEASURE_MS = 1_500
const ROUNDS = 5

interface Contender {
  readonly child: ChildProcess
  readonly measure: () => Promise<{ readonly rate: number; readonly cpuMs: number }>
}

/** Calls that read a key and write it, in a contract on `terrarium/contract` and in the same one on Fabric's packages. */
export async function run(): Promise<Row[]> {
  const peer = new ContractPeer(ALICE)
  const address = await peer.open()
  const fabric = await start(peer, address, 'fabric')
  const ours = await start(peer, address, 'ours')
  try {
    const rates: [number[], number[]] = [[], []]
    const costs: [number[], number[]] = [[], []]
    for (let round = -1; round < ROUNDS; round++) {
      for (const [i, contender] of [fabric, ours].entries()) {
        const { rate, cpuMs } = await contender.measure()
        if (round < 0) continue
        rates[i]?.push(rate)
        costs[i]?.push(cpuMs)
      }
    }
    return rowsOf(rates.map(median), costs.map(median))
  } finally {
    fabric.child.kill()
    ours.child.kill()
    peer.close()
  }
}

function rowsOf([fabricRate = NaN, rate = NaN]: number[], [fabricCost = NaN, cost = NaN]: number[]): Row[] {
  return [
    reaches(1.5, {
      claim: `contract: calls of GET and PUT, ${IN_FLIGHT} in flight`,
      value: rate,
      unit: 'calls/s',
      ceiling: fabricRate,
      ceilingName: 'fabric-shim with fabric-contract-api',
      ratio: rate / fabricRate,
    }),
    staysUnder(Number((fabricCost / 1.5).toFixed(3)), {
      claim: "contract: such a call's share of the contract's processor",
      value: cost,
      unit: 'ms',
      ceiling: fabricCost,
      ceilingName: 'fabric-shim with fabric-contract-api',
      ratio: cost / fabricCost,
    }),
  ]
}

async function start(peer: ContractPeer, address: string, api: 'fabric' | 'ours'): Promise<Contender> {
  const arrived = peer.accept()
  const path = fileURLToPath(new URL('support/contract-server.js', import.meta.url))
  const child = fork(path, [JSON.stringify({ address, api })])
  const stream = await arrived
  const cpuMs = async (): Promise<number> => {
    child.send('cpu')
    const [used] = (await once(child, 'message')) as [number]
    return used
  }
  return {
    child,
    measure: async () => {
      const before = await cpuMs()
      const startMs = performance.now()
      const rate = await peer.measure(stream, IN_FLIGHT, MEASURE_MS)
      const calls = (rate * (performance.now() - startMs)) / 1_000
      return { rate, cpuMs: ((await cpuMs()) - before) / calls }
    },
  }
}
