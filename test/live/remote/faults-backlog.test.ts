/** F6: a client that is away for a while and finds a long backlog when it is back. The figures are those wanted, scaled. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { afterThisTest, temporaryFolder } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { expectVerified } from '../live-node.js'
import { type Contract, RemoteNode } from './kit/remote-node.js'
import { Worker, type WorkerOptions } from './kit/worker.js'
import { residentKb } from './support/resident-kb.js'

/** Ten minutes, and leases of a minute, thirty times as fast; a tenth of 100,000 records. */
const OUTAGE_MS = 20_000
const LEASE_MS = 2000
const RECORDS = 10_000

const IN_FLIGHT = 50
/** Done before the outage. */
const EARLY = 500
/** Sent when the client is back. */
const LATE = 500

/** Little, so that what is not needed any more goes at once, and who keeps it runs out. */
const HEAP = { NODE_OPTIONS: '--max-old-space-size=80' }
/** A node may grow so much while it hands out all that waited. */
const GROWTH_KB = 50_000

const LOOK_MS = 200
const HALT_MS = 240_000

/** What a worker was given, in order. */
interface Given {
  readonly seq: number
  readonly attempt: number
}

test(
  `F6: of ${RECORDS} records that came while its client was away each is worked on once, the oldest first`,
  async () => {
    const node = await RemoteNode.start(join(await temporaryFolder(), 'node'), undefined, HEAP)
    const contract = await node.register('away', { lease_ms: LEASE_MS })
    const chainId = await node.chainId()
    const given: Given[] = []
    const early = await node.submit('away', EARLY + IN_FLIGHT)
    await leaveInTheMiddle(workerOf(node, chainId, contract, given, EARLY))
    const known = given.length

    const leftMs = performance.now()
    const during = await node.submit('away', RECORDS)
    await waitFor('all to wait', async () => {
      const { pending, leased } = await node.backlog(contract.contractId)
      return leased === 0 && pending === IN_FLIGHT + RECORDS
    })
    await delay(Math.max(0, OUTAGE_MS - (performance.now() - leftMs)))

    const watch = new Watch(node, contract.contractId)
    const backMs = performance.now()
    const worker = workerOf(node, chainId, contract, given)
    const late = await node.submit('away', LATE)
    const total = early.length + during.length + late.length
    await waitFor('the backlog to be drained', () => worker.committed === total - EARLY, 120_000)
    const drainedMs = performance.now() - backMs
    const { grownKb, peaks } = await watch.end()
    console.log(`${total - EARLY} records in ${Math.round(drainedMs)} ms; the node grew by ${grownKb} KB`)

    expectOldestFirst(given, known)
    expect(peaks).toEqual([])
    expect(grownKb).toBeLessThan(GROWTH_KB)
    await node.untilDone(contract.contractId, total)
    const outputs = await node.outputs(contract.contractId)
    expect(outputs).toEqual(new Map([...early, ...during, ...late].map((id) => [id, 1])))
    await node.killHard()
    await expectVerified(node.folder)
  },
  HALT_MS,
)

/** `stopsAt`: how many it answers; what it is given after that it works on for ever. */
function workerOf(
  node: RemoteNode,
  chainId: string,
  { contractId, apiKey }: Contract,
  given: Given[],
  stopsAt = Infinity,
): Worker {
  const own = { port: node.contractPort, chainId, contractId, apiKey, maxInFlight: IN_FLIGHT }
  const work: WorkerOptions['work'] = async ({ seq, attempt }) => {
    given.push({ seq, attempt })
    return given.length > stopsAt ? new Promise(() => undefined) : Promise.resolve({})
  }
  return new Worker({ ...own, instanceId: `until-${stopsAt}`, work })
}

async function leaveInTheMiddle(worker: Worker): Promise<void> {
  await waitFor('work that goes on', () => worker.committed === EARLY && worker.inFlight === IN_FLIGHT)
  worker.stop()
}

/** Whatever was given for the first time came in the order of the chain; what was begun before came before all that. */
function expectOldestFirst(given: readonly Given[], known: number): void {
  const first = given.filter(({ attempt }) => attempt === 1).map(({ seq }) => seq)
  expect(first).toEqual(first.map((_, at) => at + 1))
  const again = given.slice(known, known + IN_FLIGHT)
  expect(again).toEqual(Array.from({ length: IN_FLIGHT }, (_, at) => ({ seq: EARLY + at + 1, attempt: 2 })))
  expect(given).toHaveLength(first.length + IN_FLIGHT)
}

/** Looks at a node while it drains a backlog. */
class Watch {
  readonly #node: RemoteNode
  readonly #contractId: string
  readonly #watching: Promise<void>
  /** Where fewer were done than before. */
  readonly #peaks: string[] = []
  #beganKb = 0
  #mostKb = 0
  #isOver = false

  constructor(node: RemoteNode, contractId: string) {
    this.#node = node
    this.#contractId = contractId
    this.#watching = this.#watch()
    afterThisTest(() => this.end())
  }

  async end(): Promise<{ readonly grownKb: number; readonly peaks: readonly string[] }> {
    this.#isOver = true
    await this.#watching
    return { grownKb: this.#mostKb - this.#beganKb, peaks: this.#peaks }
  }

  async #watch(): Promise<void> {
    let before = 0
    while (!this.#isOver) {
      const { committed, leased } = await this.#node.backlog(this.#contractId)
      const kb = await residentKb(this.#node.live.program.pid, 'RssAnon')
      this.#beganKb ||= kb
      this.#mostKb = Math.max(this.#mostKb, kb)
      if (committed < before) this.#peaks.push(`${committed} done after ${before}`)
      if (leased > IN_FLIGHT) this.#peaks.push(`${leased} leased`)
      before = committed
      await delay(LOOK_MS)
    }
  }
}
