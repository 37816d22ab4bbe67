/** How a client comes, stays, is refused and goes: behaviours of the conformance list, by number, in every language. */
import { status } from '@grpc/grpc-js'
import { describe, expect, test } from '@jest/globals'
import { waitFor } from '../../support/wait-for.js'
import { API_KEY, ContractProcess } from './support/contract-process.js'
import { inEachLanguage, reportAbsent } from './support/each-language.js'
import { type PrimeStream, ScriptedPrime } from './support/scripted-prime.js'

const REQUIRED = ['server_address', 'chain_id', 'smart_contract_id', 'api_key']

describe('a session of a remote contract', () => {
  reportAbsent()

  test('1: a required field that is missing ends the program with 2 and its name', () =>
    inEachLanguage(async (language) => {
      for (const field of REQUIRED) {
        const settings = { server_address: 'localhost:1', [field]: undefined }
        const client = await ContractProcess.start(language, settings)
        expect(await client.ended()).toBe(2)
        expect(client.output).toContain(field)
      }
    }))

  test('1: a field with a wrong value ends the program with 2 and its name', () =>
    inEachLanguage(async (language) => {
      const settings = { server_address: 'localhost:1', num_workers: 'many' }
      const client = await ContractProcess.start(language, settings)
      expect(await client.ended()).toBe(2)
      expect(client.output).toContain('num_workers')
    }))

  test('1: ten are worked on at once unless the file says otherwise, and the environment wins over the file', () =>
    inEachLanguage(async (language) => {
      const prime = await ScriptedPrime.start()
      const settings = { server_address: prime.address, num_wrokers: 3 }
      const first = await ContractProcess.start(language, settings)
      expect((await (await prime.stream()).hello()).maxInFlight).toBe(10)
      await waitFor('a warning about the unknown field', () => first.output.includes('num_wrokers'))
      await first.kill('SIGKILL')
      const file = { server_address: prime.address, num_workers: 3 }
      const second = await ContractProcess.start(language, file)
      expect((await (await prime.stream(1)).hello()).maxInFlight).toBe(3)
      await second.kill('SIGKILL')
      await ContractProcess.start(language, file, { REMOTE_SC_NUM_WORKERS: '4' })
      expect((await (await prime.stream(2)).hello()).maxInFlight).toBe(4)
    }))

  test('2: the three headers come exactly once, and Hello names language and process', () =>
    inEachLanguage(async (language) => {
      const prime = await ScriptedPrime.start()
      await ContractProcess.start(language, { server_address: prime.address })
      const stream = await prime.stream()
      expect(stream.headers.get('x-api-key')).toEqual([API_KEY])
      expect(stream.headers.get('x-smart-contract-id')).toEqual(['contract'])
      expect(stream.headers.get('x-chain-id')).toEqual(['chain'])
      const hello = await stream.hello()
      expect(hello).toMatchObject({ protocol: 1, language: language.name, held: [] })
      expect(hello.instanceId).not.toBe('')
    }))

  test('3: a refusal is told with its text, waits the longest, and ends when it is cured', () =>
    inEachLanguage(async (language) => {
      const refusals = [
        [status.UNAUTHENTICATED, 'invalid API key'],
        [status.PERMISSION_DENIED, 'this key is for another'],
        [status.NOT_FOUND, 'unknown smart contract'],
        [status.FAILED_PRECONDITION, 'missing chain ID'],
      ] as const
      const prime = await ScriptedPrime.start((stream, place) => {
        const refusal = refusals[place]
        if (refusal) stream.refuse(refusal[0], refusal[1])
      })
      const settings = { reconnect_delay_seconds: 0.05, max_backoff_seconds: 0.8 }
      const client = await ContractProcess.start(language, { server_address: prime.address, ...settings })
      const cured = await prime.session(refusals.length)
      for (const gap of gaps(prime.streams)) expect(gap).toBeGreaterThanOrEqual(790)
      for (const [, text] of refusals) expect(client.output).toContain(text)
      expect(client.output).toMatch(/error/i)
      cured.deliver('a', { do: 'ok' })
      await cured.result('a')
    }))

  test('4: the wait doubles from the base to the ceiling, and a part of up to the base is added by chance', () =>
    inEachLanguage(async (language) => {
      const prime = await ScriptedPrime.start((stream) => stream.refuse(status.UNAVAILABLE, 'away'))
      const settings = { reconnect_delay_seconds: 0.2, max_backoff_seconds: 1 }
      await ContractProcess.start(language, { server_address: prime.address, ...settings })
      await prime.stream(6)
      const waits = gaps(prime.streams).slice(0, 6)
      const least = [200, 400, 800, 1000, 1000, 1000]
      waits.forEach((wait, at) => {
        expect(wait).toBeGreaterThanOrEqual((least[at] ?? 0) - 10)
        // A connection takes a while on a machine that is busy; a doubling too many would take longer.
        expect(wait).toBeLessThan((least[at] ?? 0) + 200 + 700)
      })
      const spread = new Set(waits.slice(3).map((wait) => Math.round(wait)))
      expect(spread.size).toBeGreaterThan(1)
    }))

  test('6: it gives up after the number of failures given, and never when that is 0', () =>
    inEachLanguage(async (language) => {
      const prime = await ScriptedPrime.start((stream) => stream.refuse(status.UNAVAILABLE, 'away'))
      const settings = {
        server_address: prime.address,
        reconnect_delay_seconds: 0.02,
        max_backoff_seconds: 0.05,
      }
      const three = await ContractProcess.start(language, { ...settings, max_reconnect_attempts: 3 })
      expect(await three.ended()).toBeGreaterThan(0)
      expect(prime.streams).toHaveLength(3)
      const endless = await ContractProcess.start(language, settings)
      await prime.stream(30)
      expect(endless.isRunning).toBe(true)
    }))

  test('6: a node that is not there is a failure like any other', () =>
    inEachLanguage(async (language) => {
      const settings = { reconnect_delay_seconds: 0.02, max_reconnect_attempts: 2 }
      const client = await ContractProcess.start(language, { server_address: '127.0.0.1:1', ...settings })
      expect(await client.ended()).toBeGreaterThan(0)
    }))

  test('7: a node that stops in good order, or dies, is found again at the same address', () =>
    inEachLanguage(async (language) => {
      const first = await ScriptedPrime.start()
      const client = await ContractProcess.start(language, { server_address: first.address })
      const stream = await first.session()
      stream.send({ drain: { graceMs: 1000, reconnectAfterMs: 300 } })
      stream.refuse(status.UNAVAILABLE, 'shutting down')
      await first.session(1)
      first.stop()
      const second = await ScriptedPrime.start(undefined, first.port)
      expect((await (await second.session()).ask('a', { do: 'ok' })).error ?? null).toBeNull()
      expect(client.isRunning).toBe(true)
    }))

  test('23: the same process keeps its name, tells what it holds, and sends a result again that was not answered', () =>
    inEachLanguage(async (language) => {
      const prime = await ScriptedPrime.start()
      await ContractProcess.start(language, { server_address: prime.address })
      const first = await prime.stream()
      const { instanceId } = await first.welcome()
      first.deliver('done', { do: 'ok' })
      const before = await first.result('done')
      first.deliver('running', { do: 'sleep', ms: 1500 })
      await waitFor('the work to begin', async () => {
        await first.ask(`beside-${performance.now()}`, { do: 'quiet' })
        return true
      })
      first.refuse(status.UNAVAILABLE, 'away')
      const second = await prime.stream(1)
      const hello = await second.welcome()
      expect(hello.instanceId).toBe(instanceId)
      expect(hello.held.map(({ invocationId }) => invocationId).sort()).toEqual(['done', 'running'])
      expect(await second.result('done')).toEqual(before)
      second.acknowledge('done')
      second.acknowledge((await second.result('running')).invocationId)
      second.refuse(status.UNAVAILABLE, 'away')
      expect((await (await prime.session(2)).hello()).held).toEqual([])
    }))

  test('23: what the node does not keep is forgotten, and no result of it is sent', () =>
    inEachLanguage(async (language) => {
      const prime = await ScriptedPrime.start()
      await ContractProcess.start(language, { server_address: prime.address })
      const first = await prime.session()
      first.deliver('lost', { do: 'ok' })
      await first.result('lost')
      first.refuse(status.UNAVAILABLE, 'away')
      const second = await prime.stream(1)
      await second.welcome([])
      await second.ask('next', { do: 'ok' })
      expect(second.results.map(({ invocationId }) => invocationId)).toEqual(['next'])
      second.refuse(status.UNAVAILABLE, 'away')
      expect((await (await prime.session(2)).hello()).held).toEqual([])
    }))

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    test(`24: ${signal} lets what has begun end, waits for the answer, says goodbye, and ends with 0`, () =>
      inEachLanguage(async (language) => {
        const prime = await ScriptedPrime.start()
        const client = await ContractProcess.start(language, { server_address: prime.address })
        const stream = await prime.session()
        stream.deliver('a', { do: 'sleep', ms: 1000 })
        await stream.ask('b', { do: 'quiet' })
        client.signal(signal)
        await waitFor('credit 0', () => stream.frames.some(({ credit }) => credit?.maxInFlight === 0))
        await stream.result('a')
        expect(stream.has('goodbye')).toBe(false)
        stream.acknowledge('a')
        await waitFor('goodbye', () => stream.has('goodbye'))
        stream.end()
        expect(await client.ended()).toBe(0)
      }))

  test('24: the grace is not exceeded, and a second signal ends it at once', () =>
    inEachLanguage(async (language) => {
      const prime = await ScriptedPrime.start()
      const settings = { server_address: prime.address, shutdown_grace_seconds: 1 }
      const patient = await ContractProcess.start(language, settings)
      const first = await prime.session()
      first.deliver('a', { do: 'sleep', ms: 60_000 })
      await first.ask('b', { do: 'quiet' })
      const start = performance.now()
      expect(await patient.kill('SIGTERM')).not.toBeNull()
      expect(performance.now() - start).toBeLessThan(8000)
      const hasty = await ContractProcess.start(language, { server_address: prime.address })
      const second = await prime.session(1)
      second.deliver('a', { do: 'sleep', ms: 60_000 })
      await second.ask('b', { do: 'quiet' })
      hasty.signal('SIGTERM')
      await waitFor('credit 0', () => second.has('credit'))
      const again = performance.now()
      await hasty.kill('SIGTERM')
      expect(performance.now() - again).toBeLessThan(3000)
    }))
})

/** Between one stream and the next, in ms. */
function gaps(streams: readonly PrimeStream[]): number[] {
  return streams.slice(1).map(({ openedMs }, at) => openedMs - (streams[at]?.openedMs ?? 0))
}
