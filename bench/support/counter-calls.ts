import type { Call } from '../../src/contract/call.js'
import { Organisation } from '../../src/contract/identity/organisation.js'
import { openContractDoor } from '../../src/contract/peer/contract-door.js'
import { ContractExecutor } from '../../src/contract/peer/executor.js'
import { openGrpcPort } from '../../src/contract/peer/grpc-port.js'
import { LiveContracts } from '../../src/contract/peer/live-contracts.js'
import { openSimulation } from '../../src/contract/peer/open-simulation.js'
import { DEFAULT_CONTRACT_PEER_SETTINGS } from '../../src/contract/peer/settings.js'
import { makeProposal } from '../../src/contract/proposal/make-proposal.js'
import { MemoryWorld } from '../../src/contract/simulation/memory-world.js'
import { startCounter } from './shim-process.js'

/** The contract of bench/support/counter, as it is deployed. */
export const COUNTER = {
  name: 'counter',
  id: 'counter:1.0',
  version: '1.0',
  initRequired: false,
  collections: [],
}

const KEYS = 1_000

export type RunCall = (call: Call) => Promise<unknown>

export interface Contender {
  readonly run: RunCall
  close(): Promise<void>
}

/** Calls of the counter, each with a key of its own. */
export async function counterCalls(): Promise<readonly Call[]> {
  const nowMs = Date.now()
  const organisation = await Organisation.create('Org1MSP', nowMs)
  const identity = await organisation.issue({ commonName: 'user' }, nowMs)
  return Array.from({ length: KEYS }, (_, n) =>
    makeProposal({
      channelId: 'mychannel',
      identity,
      contract: COUNTER.name,
      args: [Buffer.from('add'), Buffer.from(`key${n}`)],
      timestampMs: nowMs,
    }),
  )
}

/** Calls a second, so many at once. */
export async function callRate(
  run: RunCall,
  calls: readonly Call[],
  inFlight: number,
  ms: number,
): Promise<number> {
  const start = performance.now()
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    while (performance.now() - start < ms) {
      const call = calls[next++ % calls.length]
      if (call) await run(call)
      done += 1
    }
  }
  await Promise.all(Array.from({ length: inFlight }, work))
  return done / ((performance.now() - start) / 1_000)
}

/** The node's side of calls up to what a call would write, and the counter on the npm shim in a process of its own. */
export async function startSimulator(): Promise<Contender> {
  const { maxMessageBytes } = DEFAULT_CONTRACT_PEER_SETTINGS
  const port = await openGrpcPort({ host: '127.0.0.1', port: 0, maxMessageBytes, maxConnections: 10 })
  const live = new LiveContracts({ sharedIds: false, now: Date.now })
  openContractDoor(port, live)
  const world = new MemoryWorld()
  const executor = new ContractExecutor({
    openSnapshot: () => world.snapshot(),
    definitions: () => () => COUNTER,
    simulate: openSimulation(world.privateValues),
    requireMember: () => undefined,
    processes: live,
  })
  const stop = startCounter(COUNTER.id, port.port)
  await live.waitFor(COUNTER.id, 30_000)
  return {
    async run(call) {
      const { response } = await executor.execute(call)
      if (response.status !== 200) throw new Error(response.message)
    },
    async close() {
      await stop()
      await port.close(1_000)
    },
  }
}
