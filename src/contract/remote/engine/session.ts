import type { Client } from '../prime.js'
import { isSuspect } from './invocation-states.js'
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
    if (!hasRoom || hasSuspect(session)) continue
    if (!best || session.held.size < best.held.size) best = session
  }
  return best
}

/** REM-27: what might end the process is the only thing it has. */
function hasSuspect({ held }: Session): boolean {
  if (held.size !== 1) return false
  const [only] = held
  return only !== undefined && isSuspect(only.row)
}
