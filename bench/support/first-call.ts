import { setTimeout as delay } from 'node:timers/promises'
import { ApiError } from '../../src/api/errors.js'
import type { NodeApi } from '../../src/api/node-api.js'
import { NoAnswerError, type RestClient } from '../../src/rest/client.js'
import { COUNTER } from './counter-calls.js'

const TIMEOUT_MS = 30_000
const POLL_MS = 5

/** Resolves once the counter has answered a call of this node. */
export function firstCall(client: RestClient<NodeApi>): Promise<void> {
  const call = { contract: COUNTER.name, function: 'add', args: ['first'] }
  return untilAnswered(() => client.call('contracts.evaluate', call))
}

/** Asks again while nobody listens, or the answer is an error. */
export async function untilAnswered(ask: () => Promise<unknown>): Promise<void> {
  const startMs = performance.now()
  for (;;) {
    try {
      await ask()
      return
    } catch (error) {
      const isEarly = error instanceof NoAnswerError || error instanceof ApiError
      if (!isEarly || performance.now() - startMs > TIMEOUT_MS) throw error
      await delay(POLL_MS)
    }
  }
}
