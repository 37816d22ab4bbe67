import { bytesOf } from '../../ledger/payload/binary.js'
import { compareUtf8 } from '../../ledger/text.js'
import { requireKey, type Session } from './session.js'
import type { StateResult } from './state-requests.js'

/** Composite keys begin with U+0000, so a range that starts here has none. */
const FIRST_SIMPLE_KEY = '\u0001'

/** A range as it is asked for; `start` may be a bookmark. */
export interface KeyRange {
  readonly start: string
  readonly end: string
}

/** @throws {StateRequestError} where a bound is no possible key */
export function keyRange(start: string, end: string): KeyRange {
  return { start: requireKey(start === '' ? FIRST_SIMPLE_KEY : start), end: requireKey(end) }
}

/** The entries of a range as they were before the call. It depends on as many of them as are taken. */
export function* readRange(session: Session, namespace: string, range: KeyRange): Generator<StateResult> {
  const { start, end } = range
  // The record keeps the range as a payload may hold it; this one is empty whatever is in the state.
  if (end !== '' && compareUtf8(start, end) >= 0) return
  const { record, snapshot } = session
  const open = record.openRange(namespace, start, end)
  for (const { key, value, version } of snapshot.worldRange(namespace, start, end)) {
    record.addToRange(open, key, version)
    yield { namespace, key, value: bytesOf(value) }
  }
  open.exhausted = true
}
