/** Connections that die without a word, as the clients see it: whoever waits for the other end finds out in time. */
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { waitFor } from '../../support/wait-for.js'
import { ContractProcess } from './support/contract-process.js'
import { inEachLanguage, reportAbsent } from './support/each-language.js'
import { type Language, readyFolder } from './support/languages.js'
import { hasNamespaces, NetworkNamespace } from './support/network-namespace.js'
import { Relay } from './support/relay.js'
import { ScriptedPrime } from './support/scripted-prime.js'

/** Some libraries ping less often after a while, or no more. */
const IDLE_MS = 30_000

/** 10 s between two pings, 3 s for the answer, and what a busy machine needs. */
const FOUND_OUT_MS = 15_000

/** Up to twice the delay that the tests configure, and a connection. */
const BACK_MS = 1_500

/** Work that is still going on when the connection breaks. */
const WORK = { do: 'sleep', ms: 4000 } as const

const isLossy = await hasNamespaces()
const testWithNamespaces: typeof test.skip = isLossy ? test : test.skip

/** A client that has been connected through the relay for a while, and works on `long`. */
async function busy(language: Language, relay: Relay, prime: ScriptedPrime): Promise<ContractProcess> {
  const client = await ContractProcess.start(language, { server_address: relay.address })
  const stream = await prime.session()
  await delay(IDLE_MS)
  expect(prime.streams).toHaveLength(1)
  stream.deliver('long', WORK)
  await stream.ask('beside', { do: 'quiet' })
  return client
}

/** The client is back and has lost nothing. */
async function expectBack(prime: ScriptedPrime): Promise<void> {
  const { held } = await prime.streams[1]!.hello()
  expect(held.map(({ invocationId }) => invocationId)).toContain('long')
  await prime.streams[1]!.welcome()
  expect((await prime.streams[1]!.result('long')).error ?? null).toBeNull()
  prime.streams[1]!.acknowledge('long')
  await prime.streams[1]!.ask('next', { do: 'ok' })
}

async function stalled(language: Language, what: { toNode: boolean; toClient: boolean }): Promise<void> {
  const prime = await ScriptedPrime.start()
  const relay = await Relay.start(prime.port)
  await busy(language, relay, prime)
  const stalledMs = performance.now()
  relay.stall(what)
  const took = (await relay.connectionAfter(1)) - stalledMs
  expect(took).toBeLessThan(FOUND_OUT_MS + BACK_MS)
  await prime.stream(1)
  await expectBack(prime)
}

describe('a connection that dies without a word', () => {
  reportAbsent()

  test(
    'F3, F4: is left within 15 s, whether nothing gets through or the node has fallen silent',
    () =>
      inEachLanguage(async (language) => {
        await readyFolder(language)
        const both = stalled(language, { toNode: true, toClient: true })
        const silent = stalled(language, { toNode: false, toClient: true })
        await Promise.all([both, silent])
      }),
    120_000,
  )

  testWithNamespaces(
    'F4: is left within 15 s when every packet is lost',
    async () => {
      const network = await NetworkNamespace.create()
      const all = new Map<Language, { client: ContractProcess; prime: ScriptedPrime; said: number }>()
      await inEachLanguage(async (language) => {
        const prime = await ScriptedPrime.start()
        const relay = await Relay.start(prime.port, network.outside)
        const inside = { ...language, start: [...network.prefix, ...language.start] } as const
        const client = await busy(inside, relay, prime)
        all.set(language, { client, prime, said: client.output.length })
      })
      await network.lose()
      const lostMs = performance.now()
      await inEachLanguage(async (language) => {
        const { client, said } = all.get(language)!
        await waitFor('a word about the connection', () => client.output.length > said)
        expect(performance.now() - lostMs).toBeLessThan(FOUND_OUT_MS)
      })
      await network.heal()
      await inEachLanguage(async (language) => {
        const { prime } = all.get(language)!
        await prime.stream(1)
        await expectBack(prime)
      })
    },
    120_000,
  )
})
