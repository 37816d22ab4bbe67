import type { Client } from '../prime.js'
import type { Live } from './lease.js'

/** A stream of a client that is taken in. */
export interface Session {
  readonly client: Client
  /** What it is ready to work on at once. */
  maxInFlight: number
  isStarted: boolean
  /** What it works on. */
  readonly held: Set<Live>
}

/** The one with room that has the least to do. */
export function freest(sessions: Iterable<Session>, window: number): Session | undefined {
  let best: Session | undefined
  for (const session of sessions) {
    const hasRoom = session.isStarted && session.held.size < Math.min(session.maxInFlight, window)
    if (hasRoom && (!best || session.held.size < best.held.size)) best = session
  }
  return best
}
