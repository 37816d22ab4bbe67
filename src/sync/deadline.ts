import { PeerError } from '../nodes/peer-call.js'
import type { Sleep } from '../time/sleep.js'

/** The outcome of a call to a node, or its failure when it takes longer than `ms`. @throws {PeerError} */
export async function deadline<T>(call: Promise<T>, ms: number, sleep: Sleep): Promise<T> {
  const answered = new AbortController()
  const late = sleep(ms, answered.signal).then(() => {
    if (answered.signal.aborted) return new Promise<never>(() => undefined)
    throw new PeerError('unreachable', `no answer within ${ms} ms`)
  })
  try {
    return await Promise.race([call, late])
  } finally {
    answered.abort()
  }
}
