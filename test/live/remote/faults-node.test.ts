/** Faults between a node and its contracts, with real processes: whatever breaks, each record has one effect. */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { temporaryFolder } from '../../support/cleanup.js'
import { waitFor } from '../../support/wait-for.js'
import { RemoteNode } from './kit/remote-node.js'
import type { ContractProcess } from './support/contract-process.js'
import { inEachLanguage, languages, reportAbsent } from './support/each-language.js'
import { type Language, readyFolder } from './support/languages.js'
import type { Order } from './support/order.js'
import { Relay, type Stall } from './support/relay.js'
import { ServedContract } from './support/served-contract.js'

/** Some libraries ping less often after a while, or no more. */
const IDLE_MS = 30_000

/** Of a client: 10 s between two pings, 3 s for the answer, and what a busy machine needs. */
const CLIENT_FINDS_OUT_MS = 15_000
const NODE_FINDS_OUT_MS = 17_000

/** Up to twice the delay that the tests configure, and a connection. */
const BACK_MS = 1_500

/** In which the process that was lost may come back to its work. */
const GRACE_MS = 10_000

const HALT_MS = 240_000

async function startNode(): Promise<RemoteNode> {
  await Promise.all(languages().map(readyFolder))
  return RemoteNode.start(join(await temporaryFolder(), 'node'))
}

/** A client that is connected, through a relay of its own. */
interface Connected {
  readonly contract: ServedContract
  readonly relay: Relay
  readonly client: ContractProcess
}

async function connected(node: RemoteNode, language: Language, name: string): Promise<Connected> {
  const contract = await ServedContract.register(node, language, name)
  const relay = await Relay.start(node.contractPort)
  const client = await contract.connect(relay.port)
  await contract.stream()
  return { contract, relay, client }
}

/** Checks all at once; a fault has the name of its language. */
async function eachOf(all: readonly Connected[], check: (one: Connected) => Promise<void>): Promise<void> {
  await inEachLanguage(async (language) => {
    for (const one of all) if (one.contract.language === language) await check(one)
  })
}

/** A record whose client is known to work on it: what was delivered after it has an answer. */
async function begun(contract: ServedContract, order: Order): Promise<string> {
  const id = await contract.submit(order)
  await contract.until(id, 'leased')
  await contract.until(await contract.submit({ do: 'quiet' }), 'committed')
  return id
}

/** A record that comes now is worked on, once. */
async function expectWork(contract: ServedContract): Promise<void> {
  const id = await contract.submit({ do: 'ok' })
  await contract.until(id, 'committed')
  expect(await contract.outputsOf(id)).toBe(1)
}

describe('a node and its contracts', () => {
  reportAbsent()

  test(
    'F2: what a client was doing when it was killed is given to another after the grace, or at once to its heir',
    async () => {
      const node = await startNode()
      await inEachLanguage(async (language) => {
        await Promise.all([
          expectRedelivery(node, language, 'stranger'),
          expectRedelivery(node, language, 'heir'),
        ])
      })
    },
    HALT_MS,
  )

  test(
    'F3: a node that stands still is left within 15 s, and all are back and at work when it goes on',
    async () => {
      const node = await startNode()
      const all: Connected[] = []
      await inEachLanguage(async (language) => {
        all.push(await connected(node, language, 'still'))
      })
      await delay(IDLE_MS)
      expect(all.map(({ relay }) => relay.count)).toEqual(all.map(() => 1))
      node.live.program.signal('SIGSTOP')
      const stoppedMs = performance.now()
      await eachOf(all, async ({ relay }) => {
        const foundOutMs = (await relay.connectionAfter(1)) - stoppedMs
        expect(foundOutMs).toBeLessThan(CLIENT_FINDS_OUT_MS + BACK_MS)
      })
      node.live.program.signal('SIGCONT')
      await eachOf(all, async ({ contract }) => {
        await contract.stream()
        await expectWork(contract)
      })
    },
    HALT_MS,
  )

  test(
    'F3: a client that stands still is left within 17 s; another does its work, and its own result comes too late',
    async () => {
      const node = await startNode()
      await inEachLanguage(async (language) => expectTakenOver(node, language))
    },
    HALT_MS,
  )

  test(
    'F4, F5: a connection that loses all, or what the client sends, is replaced, and no half of it stays',
    async () => {
      const node = await startNode()
      await inEachLanguage(async (language) => {
        await Promise.all([expectReplaced(node, language, 'both'), expectReplaced(node, language, 'up')])
      })
    },
    HALT_MS,
  )

  test(
    'F10: a record on which a contract falls or hangs is dead after five failures, and a serial contract goes on',
    async () => {
      const node = await startNode()
      await inEachLanguage(async (language) => {
        await Promise.all([
          expectPoisonPassed(node, language, 'throw'),
          expectPoisonPassed(node, language, 'sleep'),
        ])
        await expectUnfit(node, language)
      })
    },
    HALT_MS,
  )

  test(
    'F13: a contract that gives way to nobody for 20 s keeps its stream',
    async () => {
      const node = await startNode()
      await inEachLanguage(async (language) => {
        const { contract } = await connected(node, language, 'loop')
        const before = await contract.stream()
        const id = await contract.submit({ do: 'spin', ms: 20_000 })
        const { data, deliveries } = await contract.until(id, 'committed', 90_000)
        expect(data?.end_ms).toBeGreaterThanOrEqual((data?.begin_ms ?? 0) + 19_000)
        expect(deliveries).toBe(1)
        expect((await contract.stream()).session_id).toBe(before.session_id)
      })
    },
    HALT_MS,
  )
})

/** `heir`: the process that comes next has the name of the one that was killed. */
async function expectRedelivery(
  node: RemoteNode,
  language: Language,
  who: 'stranger' | 'heir',
): Promise<void> {
  const contract = await ServedContract.register(node, language, who)
  const settings = who === 'heir' ? { instance_id: 'heir' } : {}
  const client = await contract.connect(undefined, settings)
  const first = await contract.stream()
  const id = await begun(contract, { do: 'sleep', ms: 3000 })
  await client.kill('SIGKILL')
  const killedMs = Date.now()
  await contract.connect(undefined, settings)
  const { since } = await contract.stream([first])
  const { data, deliveries } = await contract.until(id, 'committed')
  expect({ attempt: data?.attempt, deliveries }).toEqual({ attempt: 2, deliveries: 2 })
  const earliestMs = who === 'heir' ? since : Math.max(since, killedMs + GRACE_MS)
  // A shell with its programs takes its time to begin.
  const waitedMs = (data?.begin_ms ?? Infinity) - earliestMs
  expect(waitedMs).toBeLessThan(who === 'heir' ? 1500 : 2000)
}

async function expectTakenOver(node: RemoteNode, language: Language): Promise<void> {
  const contract = await ServedContract.register(node, language, 'frozen')
  const frozen = await contract.connect()
  const first = await contract.stream()
  const id = await begun(contract, { do: 'sleep', ms: 3000 })
  frozen.signal('SIGSTOP')
  const stoppedMs = performance.now()
  await waitFor('the stream to be gone', async () => (await contract.streams()).length === 0)
  expect(performance.now() - stoppedMs).toBeLessThan(NODE_FINDS_OUT_MS)
  const other = await contract.connect()
  const second = await contract.stream([first])
  const { deliveries } = await contract.until(id, 'committed')
  expect(deliveries).toBe(2)
  frozen.signal('SIGCONT')
  await waitFor('the one that stood still to be back', async () => (await contract.streams()).length === 2)
  await other.kill('SIGTERM')
  await contract.stream([first, second])
  await expectWork(contract)
  expect((await contract.invocation(id))?.deliveries).toBe(2)
}

/** Both directions, or only what the client sends. */
const STALLS: Readonly<Record<'both' | 'up', Stall>> = { both: {}, up: { toClient: false } }

async function expectReplaced(node: RemoteNode, language: Language, name: 'both' | 'up'): Promise<void> {
  const { contract, relay } = await connected(node, language, name)
  const before = await contract.stream()
  const running = await begun(contract, { do: 'sleep', ms: 4000 })
  relay.stall(STALLS[name])
  const lostMs = performance.now()
  const waiting = await contract.submit({ do: 'ok' })
  const foundOutMs = (await relay.connectionAfter(1)) - lostMs
  // What only the node can notice, it tells by ending the stream.
  expect(foundOutMs).toBeLessThan((name === 'up' ? NODE_FINDS_OUT_MS : CLIENT_FINDS_OUT_MS) + BACK_MS)
  await contract.stream([before])
  expect((await contract.until(running, 'committed')).data?.attempt).toBe(1)
  await contract.until(waiting, 'committed')
  expect(await contract.outputsOf(waiting)).toBe(1)
  // What the old connection held back comes now, and changes nothing.
  relay.resume()
  await expectWork(contract)
  expect(await contract.streams()).toHaveLength(1)
  expect(relay.count).toBe(2)
  expect((await contract.invocation(running))?.deliveries).toBe(1)
}

async function expectPoisonPassed(
  node: RemoteNode,
  language: Language,
  what: 'throw' | 'sleep',
): Promise<void> {
  const contract = await ServedContract.register(node, language, what, { execution_order: 'serial' })
  await contract.connect(undefined, { process_timeout_seconds: 1 })
  const poison = await contract.submit({ do: what, ms: 60_000 })
  const next = await contract.submit({ do: 'ok' })
  const { failures, deliveries, error } = await contract.until(poison, 'dead', 120_000)
  expect({ failures, deliveries }).toEqual({ failures: 5, deliveries: 5 })
  expect(error).not.toBeNull()
  await contract.until(next, 'committed')
}

/** What cannot be written as JSON is the same in every attempt: there is no other. */
async function expectUnfit(node: RemoteNode, language: Language): Promise<void> {
  const contract = await ServedContract.register(node, language, 'unfit')
  await contract.connect()
  const id = await contract.submit({ do: 'unfit' })
  // In bash, whatever is printed can be sent.
  const state = language.name === 'bash' ? 'committed' : 'failed'
  expect((await contract.until(id, state)).deliveries).toBe(1)
}
