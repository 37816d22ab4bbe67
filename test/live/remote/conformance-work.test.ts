/** What becomes of work: behaviours of the conformance list, by number, in every language. */
import { status } from '@grpc/grpc-js'
import { describe, expect, test } from '@jest/globals'
import { AckStatus, ErrorKind, type Result } from '../../../src/contract/wire/remote.js'
import { waitFor } from '../../support/wait-for.js'
import { API_KEY, ContractProcess, type Settings } from './support/contract-process.js'
import { inEachLanguage, reportAbsent } from './support/each-language.js'
import type { Language } from './support/languages.js'
import type { Answer, Order } from './support/order.js'
import { type PrimeStream, ScriptedPrime } from './support/scripted-prime.js'

const LOG_LIMIT = 65_536

interface Working {
  readonly prime: ScriptedPrime
  readonly client: ContractProcess
  readonly stream: PrimeStream
}

describe('the work of a remote contract', () => {
  reportAbsent()

  test('16: a result says whether it goes on the chain', () =>
    inEachLanguage(async (language) => {
      const { stream } = await working(language)
      const output = await stream.ask('a', { do: 'ok', n: 7 })
      expect(output.outputToChain).toBe(true)
      expect(answerIn(output)).toMatchObject({ n: 7, attempt: 1, invocation: 'a' })
      expect((await stream.ask('b', { do: 'quiet' })).outputToChain).toBe(false)
    }))

  test('17: as many run at once as there are workers, and never more', () =>
    inEachLanguage(async (language) => {
      const { stream } = await working(language, { num_workers: 3 })
      // The first runs wake up what sleeps until it is needed.
      await Promise.all(['x', 'y', 'z'].map((each) => stream.ask(each, { do: 'sleep', ms: 300 })))
      const ids = Array.from({ length: 9 }, (_, at) => `job-${at}`)
      const results = await Promise.all(ids.map((id) => stream.ask(id, { do: 'sleep', ms: 700 })))
      expect(mostAtOnce(results.map(answerIn))).toBe(3)
    }))

  test('19: work in progress says so three times in a lease', () =>
    inEachLanguage(async (language) => {
      const { stream } = await working(language)
      stream.deliver('a', { do: 'sleep', ms: 2500 }, { leaseMs: 1200 })
      await stream.result('a')
      expect(stream.count('progress')).toBeGreaterThanOrEqual(4)
      expect(stream.count('progress')).toBeLessThanOrEqual(8)
      const token = stream.frames.find(({ progress }) => progress)?.progress?.leaseToken
      expect(Buffer.from(token ?? []).toString()).toBe('a')
    }))

  test('20: an error of the author is final, an exception or too long a time is not', () =>
    inEachLanguage(async (language) => {
      const { stream } = await working(language, { process_timeout_seconds: 1 })
      const business = (await stream.ask('a', { do: 'error' })).error
      expect(business).toMatchObject({ kind: ErrorKind.BUSINESS, retryable: false })
      expect(business?.message).toContain('the contract says no')
      const exception = (await stream.ask('b', { do: 'throw' })).error
      expect(exception).toMatchObject({ kind: ErrorKind.EXCEPTION, retryable: true })
      const late = (await stream.ask('c', { do: 'sleep', ms: 60_000 })).error
      expect(late).toMatchObject({ kind: ErrorKind.TIMEOUT, retryable: true })
      expect((await stream.ask('d', { do: 'ok' })).error ?? null).toBeNull()
    }))

  test('20: what cannot be a result fails for good, what is no object is wrapped, and the stream lives on', () =>
    inEachLanguage(async (language) => {
      const { prime, stream } = await working(language)
      const big = (await stream.ask('big', { do: 'big', bytes: 6_000_000 })).error
      expect(big).toMatchObject({ kind: ErrorKind.BAD_OUTPUT, retryable: false })
      if (language.name === 'bash') {
        expect(answerIn(await stream.ask('text', { do: 'text' }))).toEqual({ rawResponse: 'not an object' })
      } else {
        const unfit = (await stream.ask('unfit', { do: 'unfit' })).error
        expect(unfit).toMatchObject({ kind: ErrorKind.BAD_OUTPUT, retryable: false })
      }
      expect((await stream.ask('c', { do: 'ok' })).error ?? null).toBeNull()
      expect(prime.streams).toHaveLength(1)
    }))

  test('21: output is kept apart by invocation', () =>
    inEachLanguage(async (language) => {
      const { stream } = await working(language)
      const ids = ['first', 'second', 'third', 'fourth']
      const results = await Promise.all(
        ids.map((text) => stream.ask(text, { do: 'print', text, lines: 5, ms: 40 })),
      )
      results.forEach((result, at) => {
        const all = `${result.logs?.stdout}${result.logs?.stderr}`
        const lines = all.split('\n').filter((line) => line.trim() !== '')
        expect(lines).toHaveLength(10)
        for (const line of lines) expect(line).toContain(`${ids[at]} `)
        if (!language.hasOneLog) {
          expect(result.logs?.stdout).toContain(`${ids[at]} out 4`)
          expect(result.logs?.stderr).toContain(`${ids[at]} err 4`)
        }
      })
    }))

  test('21: of too much output the beginning and the end are kept, with a mark, within 64 KiB', () =>
    inEachLanguage(async (language) => {
      const { stream } = await working(language)
      const text = 'x'.repeat(1000)
      const { logs } = await stream.ask('a', { do: 'print', text, lines: 200 })
      const all = `${logs?.stdout}${logs?.stderr}`
      expect(logs?.truncated).toBe(true)
      expect(Buffer.byteLength(all)).toBeLessThanOrEqual(LOG_LIMIT)
      expect(Buffer.byteLength(all)).toBeGreaterThan(LOG_LIMIT * 0.9)
      expect(all).toContain('out 0')
      expect(all).toContain('err 199')
    }))

  test('21: neither the key nor a secret is in anything the client prints', () =>
    inEachLanguage(async (language) => {
      const { client, stream } = await working(language)
      stream.setEnvironment({}, { SC_SECRET_WORD: 'never-to-be-seen' }, 2)
      const result = await stream.ask('a', { do: 'env' })
      await stream.ask('b', { do: 'throw' })
      stream.refuse(status.UNAUTHENTICATED, 'invalid API key')
      await waitFor('the refusal to be told', () => client.output.includes('invalid API key'))
      for (const seen of [client.output, JSON.stringify(result)]) {
        expect(seen).not.toContain(API_KEY)
        expect(seen).not.toContain('never-to-be-seen')
      }
    }))

  test('22: variables and secrets have their names, and a change holds from the next delivery on', () =>
    inEachLanguage(async (language) => {
      const { prime, stream } = await working(language)
      const documented = ['TZ', 'ENVIRONMENT', 'INTERNAL_ID', 'DRAGONCHAIN_ID', 'DRAGONCHAIN_ENDPOINT']
      const env = Object.fromEntries([...documented, 'SMART_CONTRACT_ID'].map((name) => [name, 'v']))
      stream.setEnvironment({ ...env, SC_ENV_VALUE: 'old' }, { SC_SECRET_WORD: 's' }, 2)
      const before = JSON.parse((await stream.ask('a', { do: 'env' })).dataJson) as Names
      expect(before.env).toEqual(
        expect.arrayContaining([...Object.keys(env), 'SC_INVOCATION_ID', 'SC_ATTEMPT']),
      )
      expect(before).toMatchObject({ secrets: ['SC_SECRET_WORD'], value: 'old' })
      stream.setEnvironment({ ...env, SC_ENV_VALUE: 'new' }, {}, 3)
      const after = JSON.parse((await stream.ask('b', { do: 'env' })).dataJson) as Names
      expect(after).toMatchObject({ secrets: [], value: 'new' })
      expect(prime.streams).toHaveLength(1)
    }))

  test('19: a delivery that is here already gets its new lease and is not run again', () =>
    inEachLanguage(async (language) => {
      const { stream } = await working(language)
      stream.deliver('a', { do: 'ok' })
      const first = await stream.result('a')
      stream.deliver('a', { do: 'throw' }, { attempt: 2, token: 'new' })
      const second = await stream.result('a', 1)
      expect(Buffer.from(second.leaseToken).toString()).toBe('new')
      expect(answerIn(second)).toEqual(answerIn(first))
    }))

  test('19: a cancelled invocation gives no result, and the others go on', () =>
    inEachLanguage(async (language) => {
      const { stream } = await working(language, { num_workers: 2 })
      stream.deliver('a', { do: 'sleep', ms: 1500 })
      await stream.ask('b', { do: 'quiet' })
      stream.send({ cancel: { invocationId: 'a', reason: 'too late' } })
      const slow: Order = { do: 'sleep', ms: 2000 }
      await stream.ask('c', slow)
      expect(stream.results.map(({ invocationId }) => invocationId)).toEqual(['b', 'c'])
    }))

  test('15: a result that is refused or stale is not sent again', () =>
    inEachLanguage(async (language) => {
      const { prime, stream } = await working(language)
      for (const [id, answer] of [
        ['a', AckStatus.STALE],
        ['b', AckStatus.REJECTED],
        ['c', AckStatus.ALREADY_COMMITTED],
      ] as const) {
        stream.deliver(id, { do: 'ok' })
        await stream.result(id)
        stream.acknowledge(id, answer)
      }
      await stream.ask('d', { do: 'quiet' })
      stream.refuse(status.UNAVAILABLE, 'away')
      const next = await prime.session(1)
      expect((await next.hello()).held).toEqual([])
    }))
})

interface Names {
  readonly env: readonly string[]
  readonly secrets: readonly string[]
  readonly value: string
}

async function working(language: Language, settings: Settings = {}): Promise<Working> {
  const prime = await ScriptedPrime.start()
  const client = await ContractProcess.start(language, { server_address: prime.address, ...settings })
  return { prime, client, stream: await prime.session() }
}

function answerIn({ dataJson }: Result): Answer {
  return JSON.parse(dataJson) as Answer
}

/** How many of the answers were being worked out at the same time. */
function mostAtOnce(answers: readonly Answer[]): number {
  const counts = answers.map(({ begin_ms: at }) =>
    answers.filter((each) => each.begin_ms <= at && at < each.end_ms),
  )
  return Math.max(...counts.map(({ length }) => length))
}
