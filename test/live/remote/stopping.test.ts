/** A node, or a client, that is told to stop in the middle of its work: by a service manager, or with Ctrl-C. */
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { temporaryFolder } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { RemoteNode } from './kit/remote-node.js'
import type { ContractProcess } from './support/contract-process.js'
import { inEachLanguage, languages, reportAbsent } from './support/each-language.js'
import { type Language, readyFolder } from './support/languages.js'
import type { Order } from './support/order.js'
import { ServedContract } from './support/served-contract.js'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/** How long a node waits for results when it stops, and how long it takes at most, all in all. */
const NODE_GRACE_MS = 2000
const NODE_STOPS_MS = 4500

/** Within the node's grace, and beyond it; a client's is 30 s. */
const SHORT: Order = { do: 'ok', ms: 1200 }
const STEADY: Order = { do: 'ok', ms: 3000 }
const LONG: Order = { do: 'ok', ms: 5000 }
const QUICK: Order = { do: 'ok' }

const WORKERS = 3

/** Nobody has begun with it. */
const UNTOUCHED = { state: 'pending', deliveries: 0 }

/** What a client that has nothing left to do takes to end. */
const CLIENT_ENDS_MS = 2000

const HALT_MS = 180_000

interface Connected {
  readonly contract: ServedContract
  /** In a process group of its own. */
  readonly client: ContractProcess
}

interface Busy extends Connected {
  /** Those it works on, and those that wait. */
  readonly begun: readonly string[]
  readonly waiting: readonly string[]
}

describe('in the midst of work', () => {
  reportAbsent()

  test.each(SIGNALS)(
    'a node ends with 0 after %s, takes what is done within its grace, and when it is back each record has one output',
    async (signal) => {
      const node = await startNode()
      const clients: Connected[] = []
      await inEachLanguage(async (language) => {
        clients.push(await connected(node, language))
      })
      const all = await Promise.all(clients.map(async (each) => busy(each, [SHORT, SHORT, LONG])))
      const toldMs = performance.now()
      const { code, stdout } = await node.live.program.kill(signal)
      const tookMs = performance.now() - toldMs
      expect(code).toBe(0)
      expect(stdout).toContain('stopped')
      expect(tookMs).toBeGreaterThanOrEqual(NODE_GRACE_MS)
      expect(tookMs).toBeLessThan(NODE_STOPS_MS)
      await node.start()
      await Promise.all(all.map(async (each) => expectAllDone(node, each, [1, 1, 1])))
    },
    HALT_MS,
  )

  test.each(SIGNALS)(
    'a client ends with 0 after %s, finishes what it has, takes nothing new, and the next one does the rest',
    async (signal) => {
      const node = await startNode()
      await inEachLanguage(async (language) => {
        const each = await busy(await connected(node, language), [SHORT, STEADY, STEADY])
        const { contract, client, begun, waiting } = each
        if (signal === 'SIGINT') client.interrupt(signal)
        else client.signal(signal)
        const states = await Promise.all(begun.map(async (id) => contract.until(id, 'committed')))
        const doneMs = performance.now()
        expect(states.map(({ deliveries }) => deliveries)).toEqual([1, 1, 1])
        expect(await client.ended()).toBe(0)
        expect(performance.now() - doneMs).toBeLessThan(CLIENT_ENDS_MS)
        for (const id of waiting) expect(await contract.invocation(id)).toMatchObject(UNTOUCHED)
        expect(await contract.streams()).toEqual([])
        await contract.connect()
        await expectAllDone(node, each, [1, 1, 1])
      })
    },
    HALT_MS,
  )
})

async function startNode(): Promise<RemoteNode> {
  await Promise.all(languages().map(readyFolder))
  return RemoteNode.start(join(await temporaryFolder(), 'node'))
}

async function connected(node: RemoteNode, language: Language): Promise<Connected> {
  const contract = await ServedContract.register(node, language, 'stop')
  const start = ['setsid', ...language.start] as const
  const client = await contract.connect(undefined, { num_workers: WORKERS }, { ...language, start })
  await contract.stream()
  return { contract, client }
}

/** Has it work on all of these, and others wait. */
async function busy({ contract, client }: Connected, orders: readonly Order[]): Promise<Busy> {
  const begun = await Promise.all(orders.map(async (order) => contract.submit(order)))
  await waitFor('work on all of them', async () => {
    const states = await Promise.all(begun.map(async (id) => (await contract.invocation(id))?.state))
    return states.every((state) => state !== undefined && state !== 'pending')
  })
  const waiting = await Promise.all(Array.from({ length: 5 }, async () => contract.submit(QUICK)))
  return { contract, client, begun, waiting }
}

/** `deliveries`: of those that were begun before. */
async function expectAllDone(node: RemoteNode, all: Busy, deliveries: readonly number[]): Promise<void> {
  const { contract, begun, waiting } = all
  const ids = [...begun, ...waiting]
  const ends = await Promise.all(ids.map(async (id) => contract.until(id, 'committed')))
  expect(ends.map((end) => end.deliveries)).toEqual([...deliveries, ...waiting.map(() => 1)])
  for (const id of ids) expect(await contract.outputsOf(id)).toBe(1)
  const counts = { committed: ids.length, outputs: ids.length, problems: 0 }
  expect(await node.audit(contract.contractId)).toEqual(counts)
}
