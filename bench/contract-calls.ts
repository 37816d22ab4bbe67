import type { Call } from '../src/contract/call.js'
import { Organisation } from '../src/contract/identity/organisation.js'
import { openContractDoor } from '../src/contract/peer/contract-door.js'
import { ContractExecutor } from '../src/contract/peer/executor.js'
import { openGrpcPort } from '../src/contract/peer/grpc-port.js'
import { openSimulation } from '../src/contract/peer/open-simulation.js'
import { LiveContracts } from '../src/contract/peer/live-contracts.js'
import { DEFAULT_CONTRACT_PEER_SETTINGS } from '../src/contract/peer/settings.js'
import { makeProposal } from '../src/contract/proposal/make-proposal.js'
import { MemoryWorld } from '../src/contract/simulation/memory-world.js'
import { reaches, type Row } from './row.js'
import { BareResponder } from './support/bare-responder.js'
import { inTurns } from './support/measure.js'
import { startCounter } from './support/shim-process.js'

const LEVELS = [8, 64]
const TURNS = 10
const TURN_MS = 700
const WARM_UP_MS = 2_000
const KEYS = 1_000
const CONTRACT = { name: 'counter', id: 'counter:1.0', version: '1.0', initRequired: false, collections: [] }

type RunCall = (call: Call) => Promise<unknown>

interface Contender {
  readonly run: RunCall
  close(): Promise<void>
}

/** Calls that read one key and write it, in the npm shim's own process: through the node, and through the least that answers. */
export async function run(): Promise<Row[]> {
  const calls = await makeCalls()
  const [node, bare] = await Promise.all([startNode(), startBare()])
  try {
    for (const { run } of [node, bare]) await rate(run, calls, 64, WARM_UP_MS)
    const rows: Row[] = []
    for (const level of LEVELS) rows.push(await compare(node.run, bare.run, calls, level))
    return rows
  } finally {
    await Promise.all([node.close(), bare.close()])
  }
}

async function compare(node: RunCall, bare: RunCall, calls: readonly Call[], level: number): Promise<Row> {
  const comparison = await inTurns(
    TURNS,
    () => rate(node, calls, level, TURN_MS),
    () => rate(bare, calls, level, TURN_MS),
  )
  return reaches(0.8, {
    claim: `contracts: calls of the npm shim that read and write a key, ${level} in flight`,
    unit: 'calls/s',
    ceilingName: 'bare responder with a Map',
    ...comparison,
  })
}

/** Calls a second, so many at once. */
async function rate(run: RunCall, calls: readonly Call[], inFlight: number, ms: number): Promise<number> {
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

/** Made before they are needed: both contenders are given the same. */
async function makeCalls(): Promise<readonly Call[]> {
  const nowMs = Date.now()
  const organisation = await Organisation.create('Org1MSP', nowMs)
  const identity = await organisation.issue({ commonName: 'user' }, nowMs)
  return Array.from({ length: KEYS }, (_, n) =>
    makeProposal({
      channelId: 'mychannel',
      identity,
      contract: CONTRACT.name,
      args: [Buffer.from('add'), Buffer.from(`key${n}`)],
      timestampMs: nowMs,
    }),
  )
}

async function startNode(): Promise<Contender> {
  const { maxMessageBytes } = DEFAULT_CONTRACT_PEER_SETTINGS
  const port = await openGrpcPort({ host: '127.0.0.1', port: 0, maxMessageBytes, maxConnections: 10 })
  const live = new LiveContracts({ sharedIds: false, now: Date.now })
  openContractDoor(port, live)
  const world = new MemoryWorld()
  const executor = new ContractExecutor({
    openSnapshot: () => world.snapshot(),
    definitions: () => () => CONTRACT,
    simulate: openSimulation(world.privateValues),
    requireMember: () => undefined,
    processes: live,
  })
  const stop = startCounter(CONTRACT.id, port.port)
  await live.waitFor(CONTRACT.id, 30_000)
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

async function startBare(): Promise<Contender> {
  const responder = new BareResponder()
  const stop = startCounter(CONTRACT.id, await responder.listen())
  return {
    run: (call) => responder.run(call),
    async close() {
      await stop()
      responder.close()
    },
  }
}
