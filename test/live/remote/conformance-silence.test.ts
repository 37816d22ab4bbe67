/** What takes its time: silence, long loops, sessions of a minute. All languages wait at once. */
import { setTimeout as delay } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { describe, expect, test } from '@jest/globals'
import { waitFor } from '../../support/wait-for.js'
import { ContractProcess } from './support/contract-process.js'
import { allOf, inEachLanguage, reportAbsent } from './support/each-language.js'
import type { Language } from './support/languages.js'
import { Relay, type Stall } from './support/relay.js'
import { ScriptedPrime } from './support/scripted-prime.js'

/** Long enough for pings that a library sends ever more seldom on an idle stream. */
const IDLE_MS = 32_000
const DETECTION_MS = 15_000
const QUICK = { reconnect_delay_seconds: 0.1, max_backoff_seconds: 0.5 }

describe('a remote contract over a long time', () => {
  reportAbsent()

  test(
    '5, 8, 9, 11, 25: a silent node is noticed, a busy contract is not silent, a minute counts as healthy',
    () =>
      inEachLanguage(async (language) => {
        await allOf([
          noticesSilence(language, {}),
          noticesSilence(language, { toClient: false }),
          noticesSilence(language, { toNode: false }),
          staysWhileBusy(language),
          forgetsFailures(language, 61_000, [1000, 2000]),
          forgetsFailures(language, 55_000, [4000, 5000]),
        ])
      }),
    180_000,
  )

  test(
    '10: a client that stood still comes back with what it holds, and works on',
    () =>
      inEachLanguage(async (language) => {
        const prime = await ScriptedPrime.start()
        const client = await ContractProcess.start(language, { server_address: prime.address, ...QUICK })
        const first = await prime.session()
        first.deliver('a', { do: 'quiet' })
        const result = await first.result('a')
        client.signal('SIGSTOP')
        first.refuse(status.UNAVAILABLE, 'nothing was heard')
        await delay(2000)
        client.signal('SIGCONT')
        const second = await prime.session(1)
        expect(await second.result('a')).toEqual(result)
        second.acknowledge('a')
        await second.ask('b', { do: 'quiet' })
      }),
    60_000,
  )
})

/** 8 and 9: whatever direction falls silent on an idle stream. */
async function noticesSilence(language: Language, silent: Stall): Promise<void> {
  const prime = await ScriptedPrime.start()
  const relay = await Relay.start(prime.port)
  await ContractProcess.start(language, { server_address: relay.address, ...QUICK })
  await prime.session()
  await delay(IDLE_MS)
  expect(prime.streams).toHaveLength(1)
  relay.stall(silent)
  const start = performance.now()
  const next = await prime.stream(1, DETECTION_MS + 15_000).catch(() => undefined)
  const tookMs = (next?.openedMs ?? Infinity) - start
  if (tookMs > DETECTION_MS + 1000)
    throw new Error(`silence ${JSON.stringify(silent)} was noticed after ${tookMs} ms`)
}

/** 25: longer than a silent stream is borne with. */
async function staysWhileBusy(language: Language): Promise<void> {
  const prime = await ScriptedPrime.start()
  await ContractProcess.start(language, { server_address: prime.address, ...QUICK })
  const stream = await prime.session()
  // Not beside the others' silence: the loops take all the machine has.
  await delay(IDLE_MS + DETECTION_MS)
  const before = stream.count('heartbeat')
  stream.deliver('busy', { do: 'spin', ms: 16_000 })
  await waitFor('the result', () => stream.results.length > 0, 60_000)
  expect(stream.results[0]?.error ?? null).toBeNull()
  expect(stream.count('heartbeat') - before).toBeGreaterThanOrEqual(2)
  expect(prime.streams).toHaveLength(1)
}

/** 5 and 11: after two failures a session stands for so long; how long the client waits after it tells what it counted. */
async function forgetsFailures(
  language: Language,
  healthyMs: number,
  [least, most]: readonly [number, number],
): Promise<void> {
  const prime = await ScriptedPrime.start((stream, place) => {
    if (place < 2) stream.refuse(status.UNAVAILABLE, 'away')
  })
  const settings = { reconnect_delay_seconds: 1, max_backoff_seconds: 20 }
  await ContractProcess.start(language, { server_address: prime.address, ...settings })
  const session = await prime.session(2)
  await delay(healthyMs)
  expect(prime.streams).toHaveLength(3)
  session.refuse(status.UNAVAILABLE, 'away')
  const start = performance.now()
  const waitMs = (await prime.stream(3)).openedMs - start
  const isRight = waitMs >= least - 20 && waitMs < most + 900
  if (!isRight) throw new Error(`after ${healthyMs} ms of health it waited ${waitMs} ms`)
}
