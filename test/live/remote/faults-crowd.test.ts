/** Many clients at once: after a restart of the node, and beside one that is slow. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { Backoff } from '../../../templates/typescript/src/runtime/backoff.js'
import { temporaryFolder } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { type Contract, RemoteNode } from './kit/remote-node.js'
import { Worker, type WorkerOptions } from './kit/worker.js'

const CLIENTS = 200
/** A node takes 16 streams of one contract. */
const CONTRACTS = 20
const RECORDS = 10

/** As the templates have it, unless they are told otherwise. */
const DELAY_MS = 3000
const MAX_BACKOFF_MS = 120_000

/** The first wait is at most twice the delay. */
const BACK_MS = 2 * DELAY_MS + 10_000

const HALT_MS = 180_000

async function startNode(): Promise<RemoteNode> {
  return RemoteNode.start(join(await temporaryFolder(), 'node'))
}

function workerOf(
  node: RemoteNode,
  chainId: string,
  { contractId, apiKey }: Contract,
  more: Pick<WorkerOptions, 'work' | 'instanceId' | 'maxInFlight'> & Partial<WorkerOptions>,
): Worker {
  return new Worker({ port: node.contractPort, chainId, contractId, apiKey, ...more })
}

/** Waits as the templates do. */
function patience(): (healthyMs: number) => number {
  const backoff = new Backoff({
    reconnectDelayMs: DELAY_MS,
    maxBackoffMs: MAX_BACKOFF_MS,
    maxReconnectAttempts: 0,
  })
  return (healthyMs) => {
    backoff.noteEnd(healthyMs)
    return backoff.nextDelayMs()
  }
}

async function register(node: RemoteNode, count: number): Promise<Contract[]> {
  const contracts: Contract[] = []
  for (let at = 0; at < count; at++) contracts.push(await node.register(`crowd-${at}`))
  return contracts
}

test(
  `F7: ${CLIENTS} clients come back after a restart, not all at once, and every backlog is drained`,
  async () => {
    const node = await startNode()
    const chainId = await node.chainId()
    const contracts = await register(node, CONTRACTS)
    const work = async () => Promise.resolve({ dataJson: '{}' })
    const workers = contracts.flatMap((contract) =>
      Array.from({ length: CLIENTS / CONTRACTS }, (_, at) => {
        const own = { instanceId: `client-${at}`, maxInFlight: 10, awayMs: patience(), work }
        return workerOf(node, chainId, contract, own)
      }),
    )
    await waitFor('all to be welcomed', () => workers.every(({ welcomes }) => welcomes === 1))
    await node.killHard()
    const killedMs = performance.now()
    await node.start()
    const upMs = performance.now()
    for (let at = 0; at < CONTRACTS; at++) await node.submit(`crowd-${at}`, RECORDS)
    await waitFor('all to be back', () => workers.every(({ welcomes }) => welcomes === 2), 60_000)
    const backMs = performance.now()
    expect(backMs - Math.max(upMs, killedMs + 2 * DELAY_MS)).toBeLessThan(BACK_MS)
    const first = workers.map(({ attemptsMs }) => attemptsMs[1] ?? NaN)
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(0.9 * DELAY_MS)
    for (const { contractId } of contracts) {
      await node.untilDone(contractId, RECORDS)
      expect([...(await node.outputs(contractId)).values()]).toEqual(Array(RECORDS).fill(1))
    }
    console.log(`${CLIENTS} clients were back ${Math.round(backMs - upMs)} ms after the node`)
  },
  HALT_MS,
)

test(
  'F9: a client that takes a second for each record holds up no other, and is given no more than it takes',
  async () => {
    const node = await startNode()
    const chainId = await node.chainId()
    const [slow, fast] = [await node.register('slow'), await node.register('fast')]
    const records = 2000
    await node.submit('slow', records)
    const slowWorker = workerOf(node, chainId, slow, {
      instanceId: 'slow',
      maxInFlight: 10,
      async work() {
        await delay(1000 * (slowWorker.inFlight + 1), undefined, { ref: false })
        return {}
      },
    })
    await waitFor('the slow one to have enough', () => slowWorker.inFlight === 10)
    workerOf(node, chainId, fast, {
      instanceId: 'fast',
      maxInFlight: 50,
      work: async () => Promise.resolve({}),
    })
    const beganMs = performance.now()
    await node.submit('fast', records)
    await node.untilDone(fast.contractId, records)
    console.log(`${records} fast records beside a slow client: ${Math.round(performance.now() - beganMs)} ms`)
    expect(slowWorker.inFlight).toBeLessThanOrEqual(10)
    const { leased, committed, pending } = await node.backlog(slow.contractId)
    expect(leased).toBeLessThanOrEqual(10)
    expect(leased + committed + pending).toBe(records)
    expect(committed).toBeLessThan(records / 2)
  },
  HALT_MS,
)
