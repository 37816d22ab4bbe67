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

describe('a connection that dies without a word', () => {
  reportAbsent()

  testWithCable(
    `F4: is left within 15 s when every packet is lost${WITHOUT}`,
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
