import type { SessionReport } from '../sessions.js'
import type { Refusal } from './refusal.js'

/** Hears what becomes of streams. Nothing of it holds a key or a secret. */
export interface SessionTeller {
  began(session: SessionReport): void
  /** `reason` is for people. */
  ended(session: SessionReport, reason: string): void
  /** A stream or a call that got no further than its headers or its first frame. */
  refused(address: string, refusal: Refusal): void
  /** Something of the node itself went wrong. */
  fault(error: unknown, session: SessionReport): void
}
