/** Connections that die without a word, as the clients see it: whoever waits for the other end finds out in time. */
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { waitFor } from '../../support/wait-for.js'
import { ContractProcess } from './support/contract-process.js'
import { inEachLanguage, reportAbsent } from './support/each-language.js'
import type { Language } from './support/languages.js'
import { hasNamespaces, NetworkNamespace } from './support/network-namespace.js'
import { Relay } from './support/relay.js'
import { ScriptedPrime } from './support/scripted-prime.js'

/** Some libraries ping less often after a while, or no more. */
const IDLE_MS = 30_000

/** 10 s between two pings, 3 s for the answer, and what a busy machine needs. */
const FOUND_OUT_MS = 15_000

/** Work that is still going on when the connection breaks. */
const WORK = { do: 'sleep', ms: 4000 } as const

const hasCable = await hasNamespaces()
const testWithCable: typeof test.skip = hasCable ? test : test.skip
const WITHOUT = hasCable ? '' : ' (nobody lets us have a network namespace here)'

/** A client that has been connected through the relay for a while, and works on `long`. */
async function busy(language: Language, relay: Relay, prime: ScriptedPrime): Promise<void> {
  await ContractProcess.start(language, { server_address: relay.address })
  const stream = await prime.session()
  await delay(IDLE_MS)
  expect(prime.streams).toHaveLength(1)
  stream.deliver('long', WORK)
  await stream.ask('beside', { do: 'quiet' })
}

/** Waits until the client has given its connection up. */
async function left(network: NetworkNamespace, relay: Relay): Promise<void> {
  await waitFor('the connection to be left', async () => {
    await delay(100)
    return !(await network.isConnectedTo(relay.port))
  })
}

/** The client is back and has lost nothing. */
async function expectBack(prime: ScriptedPrime): Promise<void> {
  const stream = await prime.stream(1)
  const { held } = await stream.welcome()
  expect(held.map(({ invocationId }) => invocationId)).toContain('long')
  expect((await stream.result('long')).error ?? null).toBeNull()
  stream.acknowledge('long')
  await stream.ask('next', { do: 'ok' })
}

describe('a connection that dies without a word', () => {
  reportAbsent()

  testWithCable(
    `F4: is left within 15 s when every packet is lost${WITHOUT}`,
    async () => {
      const network = await NetworkNamespace.create()
      const all = new Map<Language, { relay: Relay; prime: ScriptedPrime }>()
      await inEachLanguage(async (language) => {
        const prime = await ScriptedPrime.start()
        const relay = await Relay.start(prime.port, network.outside)
        await busy({ ...language, start: [...network.prefix, ...language.start] }, relay, prime)
        expect(await network.isConnectedTo(relay.port)).toBe(true)
        all.set(language, { relay, prime })
      })
      await network.lose()
      const lostMs = performance.now()
      await Promise.all([...all.values()].map(({ relay }) => left(network, relay)))
      expect(performance.now() - lostMs).toBeLessThan(FOUND_OUT_MS)
      await network.heal()
      await Promise.all([...all.values()].map(({ prime }) => expectBack(prime)))
    },
    120_000,
  )
})
